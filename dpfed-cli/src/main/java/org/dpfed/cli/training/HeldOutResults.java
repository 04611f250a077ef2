package org.dpfed.cli.training;

import java.util.List;
import java.util.Optional;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.PredictionSummary;
import org.dpfed.federated.ModelEvaluation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model does on held-out data, beside the metrics of all of them.
 *
 * @param predictions beside what is true
 * @param sites metrics of each site; empty where the data name none
 */
record HeldOutResults(Optional<PredictionSummary> predictions, List<OfSite> sites) {
  /** Of a run that has nothing to judge. */
  static final HeldOutResults NONE = new HeldOutResults(Optional.empty(), List.of());

  /** Metrics on the rows of one site. */
  record OfSite(HeldOutSite site, ModelEvaluation evaluation) {
    /** Such as {@code 60 rows of 3 units}. */
    String size() {
      return "%d rows of %d %s"
          .formatted(evaluation.examples(), site.units(), site.units() == 1 ? "unit" : "units");
    }
  }

  /**
   * @param parameters of the model
   */
  static HeldOutResults of(Dl4jEvaluator evaluator, HeldOut heldOut, INDArray parameters) {
    return new HeldOutResults(
        evaluator.predictions(parameters),
        heldOut.sites().stream()
            .map(site -> new OfSite(site, evaluator.evaluate(parameters, rows(site))))
            .toList());
  }

  private static int[] rows(HeldOutSite site) {
    return site.rows().stream().mapToInt(Integer::intValue).toArray();
  }
}
