package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Receives each finished round, on the thread of the run. */
@FunctionalInterface
public interface RoundListener {
  /**
   * A round was charged, released and applied.
   *
   * @param metrics of this round
   * @param parameters a copy of the global parameters after it, shape {@code [d]}; the next round
   *     overwrites it
   */
  void onRound(RoundMetrics metrics, INDArray parameters);
}
