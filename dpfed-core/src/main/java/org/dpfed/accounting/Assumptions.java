package org.dpfed.accounting;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must be true of a run for the cost of its events to be what it is said to be. */
final class Assumptions {
  static final String FIXED_GROUPS =
      "clients are split into groups beforehand, one for each band, and round t samples from group"
          + " t mod bands";

  static final String ONCE_IN_EACH_TREE = "no client joins more than one round of each tree";

  private Assumptions() {}

  static String participation(Participation participation) {
    return participation.attainable() == 1
        ? "no client joins more than one round"
        : "no client joins more than "
            + participation.attainable()
            + " rounds, whose indices differ by at least "
            + participation.minSeparation();
  }

  static List<String> of(PrivacyTerms terms) {
    Set<String> found = new LinkedHashSet<>();
    if (Double.isFinite(terms.noiseMultiplier())) {
      found.add("each Gaussian event bounds one client's contribution by its clip norm");
    }
    found.addAll(terms.conditions());
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
