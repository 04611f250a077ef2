package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The outcome of a run.
 *
 * @param parameters of the trained model, shape {@code [d]}; owned by the caller
 * @param report what the run did and what it promises
 */
public record TrainingResult(INDArray parameters, TrainingReport report) {}
