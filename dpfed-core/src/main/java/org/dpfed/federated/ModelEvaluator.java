package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Judges released parameters on held-out data. */
@FunctionalInterface
public interface ModelEvaluator {
  /**
   * How well the model with these parameters does.
   *
   * @param parameters a copy, shape {@code [d]}, that is not valid after the call
   */
  ModelEvaluation evaluate(INDArray parameters);
}
