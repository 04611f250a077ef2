package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Judges released parameters on held-out data. */
@FunctionalInterface
public interface ModelEvaluator {
  /**
   * How well the model with these parameters does.
   *
   * @param parameters shape {@code [d]}; unchanged
   */
  ModelEvaluation evaluate(INDArray parameters);
}
