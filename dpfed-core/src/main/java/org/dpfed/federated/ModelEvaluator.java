package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Evaluates released parameters on held-out data. {@code Dl4jEvaluator} supports the usual output
 * layers; implement this interface for other layers or metrics.
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
