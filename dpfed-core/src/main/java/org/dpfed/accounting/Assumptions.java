package org.dpfed.accounting;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must be true of a run for the cost of its events to be what it is said to be. */
final class Assumptions {
  private Assumptions() {}

  static List<String> of(PrivacyTerms terms) {
    Set<String> found = new LinkedHashSet<>();
    if (Double.isFinite(terms.noiseMultiplier())) {
      found.add("each Gaussian event bounds one client's contribution by its clip norm");
    }
    for (DpEvent event : terms.others().keySet()) {
      found.add(of(event));
    }
    if (!terms.empty()) {
      found.add("the noise is drawn afresh from a secret, secure source with full tails");
    }
    return List.copyOf(found);
  }

  private static String of(DpEvent event) {
    if (event instanceof DpEvent.PoissonSampled) {
      return "each client joins each round independently with the sampling probability, in secret";
    } else if (event instanceof DpEvent.TruncatedPoissonSampled) {
      return "each client joins each round independently, in secret, and a cohort above the maximum"
          + " is cut to a uniformly random part";
    } else if (event instanceof DpEvent.SampledWithoutReplacement) {
      return "each cohort is a uniformly random set of fixed size, in secret";
    } else if (event instanceof DpEvent.ApproximateDp) {
      return "each local mechanism has the (epsilon, delta) that it claims";
    }
    return "every client that was counted on adds its share of the noise";
  }
}
