package org.dpfed.bench.training;

import java.util.List;
import java.util.stream.LongStream;
import org.dpfed.federated.FederatedDataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * The same clients, with their images in another shape.
 *
 * @param images rows of pixels
 * @param shape of one example
 */
record ShapedImages(FederatedDataset images, List<Long> shape) implements FederatedDataset {
  @Override
  public String unit() {
    return images.unit();
  }

  @Override
  public int population() {
    return images.population();
  }

  @Override
  public int examples(int id) {
    return images.examples(id);
  }

  @Override
  public DataSet client(int id) {
    DataSet examples = images.client(id);
    INDArray rows = examples.getFeatures();
    long[] shaped =
        LongStream.concat(LongStream.of(rows.size(0)), shape.stream().mapToLong(Long::longValue))
            .toArray();
    return new org.nd4j.linalg.dataset.DataSet(rows.reshape(shaped), examples.getLabels());
  }
}
