package org.dpfed.federated;

import java.util.OptionalDouble;

/**
 * How well a model does on held-out data. Computed from released parameters, so it costs the
 * training clients nothing; whether the held-out data may be spoken of is its owner's business.
 *
 * @param examples how many examples were evaluated
 * @param loss mean loss of the network's own loss function
 * @param accuracy share of examples whose class was right
 * @param rocAuc area under the ROC curve, for binary tasks
 */
public record ModelEvaluation(int examples, double loss, double accuracy, OptionalDouble rocAuc) {}
