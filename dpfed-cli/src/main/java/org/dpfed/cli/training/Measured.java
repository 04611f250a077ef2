package org.dpfed.cli.training;

import java.util.Optional;
import org.dpfed.dl4j.PersonalEvaluation;
import org.dpfed.dl4j.PredictionSummary;

/**
 * What a report says of a model on held-out data beside the metrics that the library reports.
 *
 * @param predictions beside what is true, of a classifier
 * @param personal how held-out clients do with personal layers of their own
 */
record Measured(Optional<PredictionSummary> predictions, Optional<PersonalEvaluation> personal) {
  /** Of a run that failed. */
  static final Measured NOTHING = new Measured(Optional.empty(), Optional.empty());
}
