package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Judges released parameters on held-out data. {@code Dl4jEvaluator} does so for the usual output
 * layers; for others, and for other metrics, write one.
 */
@FunctionalInterface
public interface ModelEvaluator {
  /**
   * How well the model with these parameters does.
   *
   * @param parameters a copy, shape {@code [d]}, that is not valid after the call
   * @return metrics of your choice
   */
  ModelEvaluation evaluate(INDArray parameters);
}
