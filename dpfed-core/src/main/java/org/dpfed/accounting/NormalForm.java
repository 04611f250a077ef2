package org.dpfed.accounting;

import java.util.List;

/**
 * Converts events to {@link PrivacyTerms}: flattens compositions, replaces correlated noise by the
 * Gaussian of its sensitivity, and merges several Gaussians on one sample into one. Refuses events
 * without a proven bound, by name.
 */
final class NormalForm {
  /** More noise on a sample is taken for this much, which costs no less. */
  private static final double MOST_NOISE = 1e12;

  /** Rarer participation is taken for this, which costs no less. */
  private static final double LEAST_PROBABILITY = 1e-100;

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
    } else if (event instanceof CorrelatedNoise noise) {
      requireFixedPopulation(terms, noise);
      return terms
          .plusGaussian(noise.noiseMultiplier() / noise.sensitivity(), count)
          .onCondition(noise.participationRule());
    } else if (event instanceof DpEvent.ApproximateDp any) {
      return terms.plusOther(new Term.AnyMechanism(any.epsilon(), any.delta()), count);
    } else if (event instanceof DiscreteGaussianSum sum) {
      return terms.plusOther(new Term.DiscreteGaussianNoise(sum), count);
    } else if (event instanceof SkellamSum sum) {
      return terms.plusOther(new Term.SkellamNoise(sum), count);
    }
    return addSampled(terms, event, count);
  }

  private static PrivacyTerms addSampled(PrivacyTerms terms, DpEvent event, long count) {
    if (event instanceof DpEvent.PoissonSampled sampled) {
      return addPoisson(terms, sampled, count);
    } else if (event instanceof DpEvent.TruncatedPoissonSampled sampled) {
      return addTruncated(terms, sampled, count);
    } else if (event instanceof DpEvent.SampledWithoutReplacement sampled) {
      return addFixedSize(terms, sampled, count);
    } else if (event instanceof AmplifiedBandedMechanism banded) {
      DpEvent.PoissonSampled each =
          new DpEvent.PoissonSampled(
              banded.samplingProbability(), new DpEvent.Gaussian(banded.roundNoiseMultiplier()));
      return addPoisson(terms, each, Math.multiplyExact(count, banded.compositions()))
          .onCondition(banded.fixedGroups());
    }
    throw new UnsupportedEventException(
        event,
        event instanceof DpEvent.RoundOf
            ? "is one round of a run that only has a cost as a whole; compose the run"
            : "has no proven bound",
        List.of());
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
    return PrivacyTerms.isNoiseless(z)
        ? terms.plusNonPrivate()
        : terms.plusOther(
            new Term.PoissonSample(Math.max(LEAST_PROBABILITY, probability), z), count);
  }

  private static PrivacyTerms addTruncated(
      PrivacyTerms terms, DpEvent.TruncatedPoissonSampled sampled, long count) {
    boolean oneMore = terms.relation() == NeighbouringRelation.ADD_OR_REMOVE_ONE;
    if (sampled.maxCohort() >= sampled.population() + (oneMore ? 1 : 0)) {
      return addPoisson(
          terms, new DpEvent.PoissonSampled(sampled.samplingProbability(), sampled.event()), count);
    }
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    return PrivacyTerms.isNoiseless(z)
        ? terms.plusNonPrivate()
        : terms.plusOther(
            new Term.TruncatedPoissonSample(
                Math.max(LEAST_PROBABILITY, sampled.samplingProbability()),
                sampled.population(),
                sampled.maxCohort(),
                z),
            count);
  }

  private static PrivacyTerms addFixedSize(
      PrivacyTerms terms, DpEvent.SampledWithoutReplacement sampled, long count) {
    requireFixedPopulation(terms, sampled);
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    if (sampled.cohort() == sampled.population()) {
      return terms.plusGaussian(z, count);
    }
    return PrivacyTerms.isNoiseless(z)
        ? terms.plusNonPrivate()
        : terms.plusOther(
            new Term.FixedSizeSample(sampled.population(), sampled.cohort(), z), count);
  }

  /** The multiplier of the one Gaussian that {@code event}, run on one sample, is. */
  private static double sampledNoiseMultiplier(DpEvent sampling, DpEvent event) {
    return Math.min(MOST_NOISE, together(sampling, event));
  }

  private static double together(DpEvent sampling, DpEvent event) {
    if (event instanceof DpEvent.Gaussian gaussian) {
      return gaussian.noiseMultiplier();
    } else if (event instanceof DpEvent.NonPrivate) {
      return 0;
    } else if (event instanceof DpEvent.SelfComposed repeated) {
      return together(sampling, repeated.event()) / Math.sqrt((double) repeated.count());
    } else if (event instanceof DpEvent.Composed composed && !composed.events().isEmpty()) {
      double all = Double.POSITIVE_INFINITY;
      for (DpEvent part : composed.events()) {
        all = PrivacyTerms.together(all, together(sampling, part), 1);
      }
      return all;
    }
    throw new UnsupportedEventException(
        sampling, "has no proven bound: only Gaussian events may be sampled", List.of());
  }

  private static void requireFixedPopulation(PrivacyTerms terms, DpEvent event) {
    if (terms.relation() == NeighbouringRelation.ADD_OR_REMOVE_ONE) {
      throw new UnsupportedEventException(
          event,
          "has no guarantee under "
              + terms.relation()
              + ", which changes the population's size; account for it under "
              + NeighbouringRelation.ZERO_OUT
              + " or "
              + NeighbouringRelation.REPLACE_ONE,
          List.of());
    }
  }
}
