package org.dpfed.federated;

import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Clients whose only example is their own number. */
record NumberedClients(int population) implements FederatedDataset {
  @Override
  public String unit() {
    return "device";
  }

  @Override
  public int examples(int id) {
    return 1;
  }

  @Override
  public DataSet client(int id) {
    return new org.nd4j.linalg.dataset.DataSet(
        Nd4j.createFromArray(new float[][] {{id}}), Nd4j.createFromArray(new float[][] {{1}}));
  }

  static int number(DataSet examples) {
    return (int) examples.getFeatures().getFloat(0);
  }
}
