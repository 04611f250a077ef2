package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** How clients train. Makes one {@link Worker} for each thread that trains clients. */
public interface ClientTrainer {

  /** Length of a delta: the number of parameters that clients train. */
  long dimension();

  /** The parameters that round 0 starts from, shape {@code [d]}; a fresh array for the caller. */
  INDArray initialParameters();

  /** A worker for the calling thread, to be closed by the caller. */
  Worker newWorker();

  /**
   * Trains one client after another, on one thread. What one client leaves behind must not reach
   * the next: the result depends on the arguments alone.
   */
  interface Worker extends AutoCloseable {
    /**
     * Trains from the global parameters on one client's examples.
     *
     * @param globalParameters shape {@code [d]}; unchanged
     * @param examples the client's data, never empty; unchanged
     * @param seed of everything random in local training: order of examples, dropout
     */
    ClientUpdate train(INDArray globalParameters, DataSet examples, long seed);

    /** Frees what the worker holds. */
    @Override
    void close();
  }
}
