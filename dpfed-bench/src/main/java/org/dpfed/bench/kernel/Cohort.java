package org.dpfed.bench.kernel;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One round's arrays: what clients trained, the global weights, the sum. Views are made once, since
 * making one takes ND4J longer than a pass over a small model.
 *
 * @param trained shape {@code [clients, d]}
 * @param rows the rows of {@code trained}, shape {@code [d]} each
 * @param deltas the same rows, shape {@code [1, d]} each
 * @param global shape {@code [1, d]}
 * @param sum shape {@code [d]}
 */
record Cohort(
    INDArray trained, List<INDArray> rows, List<INDArray> deltas, INDArray global, INDArray sum)
    implements AutoCloseable {

  static Cohort of(int clients, int dimension) {
    INDArray global = Nd4j.rand(DataType.FLOAT, 1, dimension).muli(0.1);
    INDArray trained = Nd4j.createUninitialized(DataType.FLOAT, clients, dimension);
    List<INDArray> rows = IntStream.range(0, clients).mapToObj(trained::getRow).toList();
    rows.forEach(row -> row.assign(global.getRow(0)).addi(0.01));
    List<INDArray> deltas = rows.stream().map(row -> row.reshape(1, dimension)).toList();
    return new Cohort(trained, rows, deltas, global, Nd4j.zeros(DataType.FLOAT, dimension));
  }

  @Override
  public void close() {
    trained.close();
    global.close();
    sum.close();
  }
}
