package org.dpfed.federated;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** Trains clients. Creates one {@link Worker} for each training thread. */
public interface ClientTrainer {

  /** Length of a delta: the number of parameters that clients train. */
  long dimension();

  /**
   * Number of parameters of each layer, in the order of the delta; together {@link #dimension}.
   * Clipping per layer divides the clip norm over them. One layer unless overridden.
   */
  default int[] layerSizes() {
    return new int[] {Math.toIntExact(dimension())};
  }

  /** The parameters that round 0 starts from, float of shape {@code [d]}; copied by the caller. */
  INDArray initialParameters();

  /**
   * What must be true of this trainer for a guarantee to hold, one sentence each; a run adds them
   * to its guarantee. A trainer whose {@link #initialParameters} come from earlier training says
   * here that they were not trained on these clients.
   */
  default List<String> assumptions() {
    return List.of();
  }

  /**
   * Checks that clients can be trained as {@link Worker} promises. A run calls it once, before the
   * first round and before anything is charged. Does nothing unless overridden.
   *
   * @param rounds how many the run will have
   * @throws IllegalArgumentException when they cannot; the message says what to change
   */
  default void check(int rounds) {}

  /**
   * What is trained and how, in one line: a run is resumed only with a trainer that says the same.
   * Class and layers unless overridden.
   */
  default String identity() {
    return "%s of layers %s".formatted(getClass().getName(), Arrays.toString(layerSizes()));
  }

  /**
   * What training computes on made-up examples, as a hash of its bits: where two processes give
   * another one, they would train a client to other bits. Empty unless overridden.
   */
  default String arithmetic() {
    return "";
  }

  /** Sentences about behaviour that users may not expect; logged when a run starts. */
  default List<String> notes() {
    return List.of();
  }

  /** A worker for the calling thread, to be closed by the caller. */
  Worker newWorker();

  /**
   * Trains one client after another, on one thread. No state may pass from one client to the next:
   * the result depends only on the arguments. A worker that throws, or returns anything other than
   * a delta, is closed and replaced; its client contributes zero. So does one that takes too long:
   * its thread is interrupted, and should end soon.
   */
  interface Worker extends AutoCloseable {
    /**
     * Trains from the global parameters on one client's examples.
     *
     * @param globalParameters a copy, shape {@code [d]}, that this call may change; not valid after
     *     it
     * @param examples the client's data, never empty; unchanged
     * @param seed of everything random in local training: order of examples, dropout
     */
    ClientUpdate train(INDArray globalParameters, DataSet examples, long seed);

    /**
     * As {@link #train(INDArray, DataSet, long)}, for trainers that do something else in later
     * rounds, such as a smaller learning rate. Ignores the round unless overridden.
     *
     * @param round from 0
     */
    default ClientUpdate train(INDArray globalParameters, DataSet examples, int round, long seed) {
      return train(globalParameters, examples, seed);
    }

    /** Frees what the worker holds. What it throws is ignored. */
    @Override
    void close();
  }
}
