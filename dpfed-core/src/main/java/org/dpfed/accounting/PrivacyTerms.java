package org.dpfed.accounting;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Events in normal form, immutable: one Gaussian for everything that acts like one on all clients,
 * and counts of the indivisible rest. Equal events merge, so a run of any length stays small.
 *
 * <p>Full-participation Gaussians with multipliers z₁, z₂, … are together one Gaussian with (Σ
 * zᵢ⁻²)^(−½), adaptively too: the joint likelihood ratio is that of one Gaussian. Several Gaussians
 * on one sample likewise.
 */
final class PrivacyTerms {
  private final NeighbouringRelation relation;
  private final double noiseMultiplier;
  private final boolean nonPrivate;
  private final Map<DpEvent, Long> others;
  private final Set<String> conditions;

  private PrivacyTerms(
      NeighbouringRelation relation,
      double noiseMultiplier,
      boolean nonPrivate,
      Map<DpEvent, Long> others,
      Set<String> conditions) {
    this.relation = relation;
    this.noiseMultiplier = noiseMultiplier;
    this.nonPrivate = nonPrivate;
    this.others = Collections.unmodifiableMap(others);
    this.conditions = Collections.unmodifiableSet(conditions);
  }

  static PrivacyTerms none(NeighbouringRelation relation) {
    return new PrivacyTerms(relation, Double.POSITIVE_INFINITY, false, Map.of(), Set.of());
  }

  NeighbouringRelation relation() {
    return relation;
  }

  /** Whether something was released without protection. */
  boolean nonPrivate() {
    return nonPrivate;
  }

  /** Whether nothing was released at all. */
  boolean empty() {
    return !nonPrivate && others.isEmpty() && Double.isInfinite(noiseMultiplier);
  }

  /**
   * The multiplier, relative to the clip norm, of the one Gaussian that all full-participation
   * Gaussians amount to; infinite when there is none.
   */
  double noiseMultiplier() {
    return noiseMultiplier;
  }

  /** As {@link #noiseMultiplier()}, relative to the sensitivity under the relation. */
  double noiseToSensitivity() {
    return noiseMultiplier / relation.sensitivity();
  }

  /** Whether everything released, if anything, acts like one Gaussian on all clients. */
  boolean isOneGaussian() {
    return !nonPrivate && others.isEmpty();
  }

  /** What all full-participation Gaussians amount to, exactly. */
  GaussianDp gaussian() {
    return new GaussianDp(1 / noiseToSensitivity());
  }

  /** Events other than full-participation Gaussians, and how often; samples hold one Gaussian. */
  Map<DpEvent, Long> others() {
    return others;
  }

  /** What must be true of a run for its events to be these terms, beyond what the terms say. */
  Set<String> conditions() {
    return conditions;
  }

  private PrivacyTerms onCondition(String condition) {
    Set<String> all = new LinkedHashSet<>(conditions);
    all.add(condition);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, others, all);
  }

  PrivacyTerms plus(DpEvent event, long count) {
    Bounds.atLeast("count", 1, count);
    if (event instanceof DpEvent.Gaussian gaussian) {
      return plusGaussian(gaussian.noiseMultiplier(), count);
    } else if (event instanceof DpEvent.NonPrivate) {
      return plusNonPrivate();
    } else if (event instanceof DpEvent.SelfComposed repeated) {
      return plus(repeated.event(), Math.multiplyExact(count, repeated.count()));
    } else if (event instanceof DpEvent.Composed composed) {
      PrivacyTerms sum = this;
      for (DpEvent part : composed.events()) {
        sum = sum.plus(part, count);
      }
      return sum;
    } else if (event instanceof DpEvent.PoissonSampled sampled) {
      return plusPoisson(sampled, count);
    } else if (event instanceof DpEvent.TruncatedPoissonSampled sampled) {
      double z = sampledNoiseMultiplier(event, sampled.event());
      DpEvent term =
          new DpEvent.TruncatedPoissonSampled(
              sampled.samplingProbability(),
              sampled.population(),
              sampled.maxCohort(),
              new DpEvent.Gaussian(z));
      return z == 0 ? plusNonPrivate() : plusOther(term, count);
    } else if (event instanceof DpEvent.SampledWithoutReplacement sampled) {
      return plusFixedSize(sampled, count);
    } else if (event instanceof AmplifiedBandedMechanism banded) {
      DpEvent sampled =
          new DpEvent.PoissonSampled(
              banded.samplingProbability(), new DpEvent.Gaussian(banded.noiseMultiplier()));
      return plus(sampled, Math.multiplyExact(count, banded.compositions()))
          .onCondition(Assumptions.FIXED_GROUPS);
    } else {
      return plusUnsampled(event, count);
    }
  }

  private PrivacyTerms plusUnsampled(DpEvent event, long count) {
    if (event instanceof TreeAggregation tree) {
      return plusUnsampled(
          event,
          tree.noiseMultiplier() / Math.sqrt((double) tree.squaredSensitivity()),
          count,
          Assumptions.participation(tree.participation()));
    } else if (event instanceof RestartedTreeAggregation trees) {
      return plusUnsampled(
          event,
          trees.noiseMultiplier() / Math.sqrt((double) trees.squaredSensitivity()),
          count,
          Assumptions.ONCE_IN_EACH_TREE);
    } else if (event instanceof MatrixMechanism matrix) {
      return plusUnsampled(
          event,
          matrix.noiseMultiplier() / matrix.sensitivity(),
          count,
          Assumptions.participation(matrix.participation()));
    }
    return plusOther(event, count);
  }

  private PrivacyTerms plusUnsampled(DpEvent event, double z, long count, String condition) {
    requireFixedPopulation(event);
    return plusGaussian(z, count).onCondition(condition);
  }

  private PrivacyTerms plusPoisson(DpEvent.PoissonSampled sampled, long count) {
    double probability = sampled.samplingProbability();
    if (probability == 1) {
      return plus(sampled.event(), count);
    }
    if (sampled.event() instanceof DpEvent.PoissonSampled inner) {
      double both = probability * inner.samplingProbability();
      return plusPoisson(new DpEvent.PoissonSampled(both, inner.event()), count);
    }
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    return z == 0
        ? plusNonPrivate()
        : plusOther(new DpEvent.PoissonSampled(probability, new DpEvent.Gaussian(z)), count);
  }

  private PrivacyTerms plusFixedSize(DpEvent.SampledWithoutReplacement sampled, long count) {
    requireFixedPopulation(sampled);
    double z = sampledNoiseMultiplier(sampled, sampled.event());
    if (z == 0) {
      return plusNonPrivate();
    }
    DpEvent gaussian = new DpEvent.Gaussian(z);
    return sampled.cohort() == sampled.population()
        ? plus(gaussian, count)
        : plusOther(
            new DpEvent.SampledWithoutReplacement(sampled.population(), sampled.cohort(), gaussian),
            count);
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
        all = together(all, sampledNoiseMultiplier(sampling, part), 1);
      }
      if (Double.isFinite(all)) {
        return all;
      }
    }
    throw new UnsupportedOperationException(
        "no proven bound for " + event + " inside " + sampling + "; sample Gaussian events only");
  }

  private void requireFixedPopulation(DpEvent event) {
    if (relation == NeighbouringRelation.ADD_OR_REMOVE_ONE) {
      throw new UnsupportedOperationException(
          event
              + " has no guarantee under "
              + relation
              + ", which changes the population's size; account for it under "
              + NeighbouringRelation.ZERO_OUT
              + " or "
              + NeighbouringRelation.REPLACE_ONE);
    }
  }

  private PrivacyTerms plusGaussian(double z, long count) {
    return z == 0
        ? plusNonPrivate()
        : new PrivacyTerms(
            relation, together(noiseMultiplier, z, count), nonPrivate, others, conditions);
  }

  private static double together(double first, double second, long count) {
    if (first == 0 || second == 0) {
      return 0;
    }
    double repeated = second / Math.sqrt((double) count);
    return Double.isInfinite(first) ? repeated : first * repeated / Math.hypot(first, repeated);
  }

  private PrivacyTerms plusNonPrivate() {
    return new PrivacyTerms(relation, noiseMultiplier, true, others, conditions);
  }

  private PrivacyTerms plusOther(DpEvent term, long count) {
    Map<DpEvent, Long> sum = new LinkedHashMap<>(others);
    sum.merge(term, count, Math::addExact);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, sum, conditions);
  }
}
