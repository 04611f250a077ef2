package org.dpfed.bench.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One round's arrays: what clients trained, the global weights, the sum.
 *
 * @param trained shape {@code [clients, d]}
 * @param global shape {@code [d]}
 * @param sum shape {@code [d]}
 */
record Cohort(INDArray trained, INDArray global, INDArray sum) implements AutoCloseable {

  static Cohort of(int clients, int dimension) {
    INDArray global = Nd4j.rand(DataType.FLOAT, dimension).muli(0.1);
    INDArray trained = Nd4j.createUninitialized(DataType.FLOAT, clients, dimension);
    for (int k = 0; k < clients; k++) {
      trained.getRow(k).assign(global).addi(0.01);
    }
    return new Cohort(trained, global, Nd4j.zeros(DataType.FLOAT, dimension));
  }

  int clients() {
    return (int) trained.size(0);
  }

  @Override
  public void close() {
    trained.close();
    global.close();
    sum.close();
  }
}
