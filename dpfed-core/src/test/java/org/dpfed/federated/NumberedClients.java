package org.dpfed.federated;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clients whose only example is their own number.
 *
 * @param lent counts the data sets that were not given back
 */
record NumberedClients(int population, AtomicInteger lent) implements FederatedDataset {
  NumberedClients(int population) {
    this(population, new AtomicInteger());
  }

  @Override
  public String unit() {
    return "device";
  }

  @Override
  public Optional<byte[]> identity(int id) {
    return Optional.of(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
  }

  @Override
  public int examples(int id) {
    return 1;
  }

  @Override
  public DataSet client(int id) {
    lent.incrementAndGet();
    return new org.nd4j.linalg.dataset.DataSet(
        Nd4j.createFromArray(new float[][] {{id}}), Nd4j.createFromArray(new float[][] {{1}}));
  }

  @Override
  public void release(DataSet examples) {
    examples.getFeatures().close();
    examples.getLabels().close();
    lent.decrementAndGet();
  }

  static int number(DataSet examples) {
    return (int) examples.getFeatures().getFloat(0);
  }
}
