package org.dpfed.accounting;

/**
 * What each event amounts to as {@link PrivacyTerms}: compositions are taken apart, trees and
 * matrices become the Gaussian of their sensitivity, and several Gaussians on one sample become one
 * Gaussian on it. Events with no proven bound are refused by name.
 */
final class NormalForm {
  private NormalForm() {}

  static PrivacyTerms add(PrivacyTerms terms, DpEvent event, long count) {
    if (event instanceof DpEvent.Gaussian gaussian) {
      return terms.plusGaussian(gaussian.noiseMultiplier(), count);
    } else if (event instanceof DpEvent.NonPrivate) {
      return terms.plusNonPrivate();
    } else if (event instanceof DpEvent.SelfComposed repeated) {
      return add(terms, repeated.event(), Math.multiplyExact(count, repeated.count()));
    } else if (event instanceof DpEvent.Composed composed) {
      PrivacyTerms sum = terms;
      for (DpEvent part : composed.events()) {
        sum = add(sum, part, count);
      }
      return sum;
    } else if (event instanceof DpEvent.PoissonSampled
        || event instanceof DpEvent.TruncatedPoissonSampled
        || event instanceof DpEvent.SampledWithoutReplacement
        || event instanceof AmplifiedBandedMechanism) {
      return addSampled(terms, event, count);
    }
    return addUnsampled(terms, event, count);
  }

  private static PrivacyTerms addUnsampled(PrivacyTerms terms, DpEvent event, long count) {
    double sensitivity;
    double noiseMultiplier;
    String condition;
    if (event instanceof TreeAggregation tree) {
      noiseMultiplier = tree.noiseMultiplier();
      sensitivity = Math.sqrt((double) tree.squaredSensitivity());
      condition = Assumptions.participation(tree.participation());
    } else if (event instanceof RestartedTreeAggregation trees) {
      noiseMultiplier = trees.noiseMultiplier();
      sensitivity = Math.sqrt((double) trees.squaredSensitivity());
      condition = Assumptions.ONCE_IN_EACH_TREE;
    } else if (event instanceof MatrixMechanism matrix) {
      noiseMultiplier = matrix.noiseMultiplier();
      sensitivity = matrix.sensitivity();
      condition = Assumptions.participation(matrix.participation());
    } else {
      return terms.plusOther(event, count);
    }
    requireFixedPopulation(terms, event);
    return terms.plusGaussian(noiseMultiplier / sensitivity, count).onCondition(condition);
  }

  private static PrivacyTerms addSampled(PrivacyTerms terms, DpEvent event, long count) {
    if (event instanceof DpEvent.PoissonSampled sampled) {
      return addPoisson(terms, sampled, count);
    } else if (event instanceof DpEvent.TruncatedPoissonSampled sampled) {
      double z = sampledNoiseMultiplier(event, sampled.event());
      return addSample(
          terms,
          new DpEvent.TruncatedPoissonSampled(
              sampled.samplingProbability(),
              sampled.population(),
              sampled.maxCohort(),
              new DpEvent.Gaussian(z)),
          z,
          count);
    } else if (event instanceof DpEvent.SampledWithoutReplacement sampled) {
      return addFixedSize(terms, sampled, count);
    } else if (event instanceof AmplifiedBandedMechanism banded) {
      DpEvent.PoissonSampled each =
          new DpEvent.PoissonSampled(
              banded.samplingProbability(), new DpEvent.Gaussian(banded.noiseMultiplier()));
      return addPoisson(terms, each, Math.multiplyExact(count, banded.compositions()))
          .onCondition(Assumptions.FIXED_GROUPS);
    }
    throw new IllegalStateException(event + " is no sample");
  }

  private static PrivacyTerms addPoisson(
      PrivacyTerms terms, DpEvent.PoissonSampled sampled, long count) {
    double probability = sampled.samplingProbability();
    if (probability == 1) {
      return add(terms, sampled.event(), count);
    }
    if (sampled.event() instanceof DpEvent.PoissonSampled inner) {
      double both = probability * inner.samplingProbability();
      return addPoisson(terms, new DpEvent.PoissonSampled(both, inner.event()), count);
    }
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    return addSample(
        terms, new DpEvent.PoissonSampled(probability, new DpEvent.Gaussian(z)), z, count);
  }

  private static PrivacyTerms addFixedSize(
      PrivacyTerms terms, DpEvent.SampledWithoutReplacement sampled, long count) {
    requireFixedPopulation(terms, sampled);
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    DpEvent gaussian = new DpEvent.Gaussian(z);
    return sampled.cohort() == sampled.population()
        ? add(terms, gaussian, count)
        : addSample(
            terms,
            new DpEvent.SampledWithoutReplacement(sampled.population(), sampled.cohort(), gaussian),
            z,
            count);
  }

  private static PrivacyTerms addSample(
      PrivacyTerms terms, DpEvent sample, double noiseMultiplier, long count) {
    return noiseMultiplier == 0 ? terms.plusNonPrivate() : terms.plusOther(sample, count);
  }

  /** The one Gaussian that {@code event}, run on the sample of {@code sampling}, amounts to. */
  private static double sampledNoiseMultiplier(DpEvent sampling, DpEvent event) {
    if (event instanceof DpEvent.Gaussian gaussian) {
      return gaussian.noiseMultiplier();
    } else if (event instanceof DpEvent.NonPrivate) {
      return 0;
    } else if (event instanceof DpEvent.SelfComposed repeated) {
      return sampledNoiseMultiplier(sampling, repeated.event())
          / Math.sqrt((double) repeated.count());
    } else if (event instanceof DpEvent.Composed composed) {
      double all = Double.POSITIVE_INFINITY;
      for (DpEvent part : composed.events()) {
        all = PrivacyTerms.together(all, sampledNoiseMultiplier(sampling, part), 1);
      }
      if (Double.isFinite(all)) {
        return all;
      }
    }
    throw new UnsupportedOperationException(
        "no proven bound for " + event + " inside " + sampling + "; sample Gaussian events only");
  }

  private static void requireFixedPopulation(PrivacyTerms terms, DpEvent event) {
    if (terms.relation() == NeighbouringRelation.ADD_OR_REMOVE_ONE) {
      throw new UnsupportedOperationException(
          event
              + " has no guarantee under "
              + terms.relation()
              + ", which changes the population's size; account for it under "
              + NeighbouringRelation.ZERO_OUT
              + " or "
              + NeighbouringRelation.REPLACE_ONE);
    }
  }
}
