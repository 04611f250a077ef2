package org.dpfed.cli.training;

import java.util.List;
import java.util.Optional;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.PersonalEvaluation;
import org.dpfed.dl4j.PredictionSummary;
import org.dpfed.federated.ModelEvaluation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model does on held-out data, beside the metrics of all of them.
 *
 * @param predictions beside what is true
 * @param sites metrics of each site that is shown; empty where the data name none
 * @param sitesNotShown why there are none although the data name sites
 * @param personal how held-out clients do with personal layers of their own, of the last model of a
 *     network that has some
 * @param personalNotShown why that is not shown although the network has some
 */
record HeldOutResults(
    Optional<PredictionSummary> predictions,
    List<OfSite> sites,
    Optional<String> sitesNotShown,
    Optional<PersonalEvaluation> personal,
    Optional<String> personalNotShown) {
  /** Of a run that has nothing to judge. */
  static final HeldOutResults NONE =
      new HeldOutResults(
          Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Metrics on the rows of one site. */
  record OfSite(HeldOutSite site, ModelEvaluation evaluation) {}

  /**
   * @param parameters of the model
   */
  static HeldOutResults of(Dl4jEvaluator evaluator, HeldOut heldOut, INDArray parameters) {
    return new HeldOutResults(
        evaluator.predictions(parameters),
        heldOut.sites().shown().stream()
            .map(site -> new OfSite(site, evaluator.evaluate(parameters, rows(site))))
            .toList(),
        heldOut.sites().notShown(),
        Optional.empty(),
        Optional.empty());
  }

  /** These with how clients do, where they are as many as results by site need. */
  HeldOutResults with(PersonalEvaluation ofClients) {
    boolean areFew = HeldOutSites.areFew(ofClients.clients());
    return new HeldOutResults(
        predictions,
        sites,
        sitesNotShown,
        areFew ? Optional.empty() : Optional.of(ofClients),
        areFew
            ? Optional.of(
                "results of personal layers are not shown: they need %d or more held-out clients with two rows or more"
                    .formatted(HeldOutSites.FEWEST))
            : Optional.empty());
  }

  private static int[] rows(HeldOutSite site) {
    return site.rows().stream().mapToInt(Integer::intValue).toArray();
  }
}
