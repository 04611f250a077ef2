package org.dpfed.accounting;

import java.util.List;

/**
 * A description of what a mechanism did. Accountants compose events; an event does not define how
 * its cost is computed.
 *
 * <p>In every event and under every neighbouring relation, noise multipliers are relative to the
 * clip norm, the L2 bound of one client's contribution. Under replace-one the sensitivity of the
 * sum is twice the clip norm, and accountants take that into account. Libraries that divide by the
 * sensitivity instead report half the multiplier there.
 */
public sealed interface DpEvent
    permits DpEvent.Gaussian,
        DpEvent.PoissonSampled,
        DpEvent.TruncatedPoissonSampled,
        DpEvent.SampledWithoutReplacement,
        DpEvent.SelfComposed,
        DpEvent.Composed,
        DpEvent.NonPrivate,
        DpEvent.ApproximateDp,
        DpEvent.RoundOf,
        CorrelatedNoise,
        AmplifiedBandedMechanism,
        DiscreteGaussianSum,
        SkellamSum {

  /**
   * What the first rounds of this run cost, where the event is a run of rounds that only has a cost
   * as a whole; an upper bound of it. Every other event is returned as it is.
   *
   * @param rounds at least 1; more than the run has means all
   */
  default DpEvent firstRounds(int rounds) {
    Bounds.atLeast("rounds", 1, rounds);
    return this;
  }

  /**
   * What it costs to draw any one round of this run once more, beside the whole run; an upper bound
   * of it, which assumes nothing of how often the client took part in earlier rounds but what the
   * run does. Of every other event it is the event itself.
   *
   * <p>A resumed run draws a round again, with fresh noise, whose first draw was lost. Given
   * everything else that was released, that first draw is one more Gaussian, so that its cost adds
   * to the run's by adaptive composition.
   */
  default DpEvent roundAgain() {
    return this;
  }

  /**
   * Gaussian noise added to a sum. Holds under every neighbouring relation.
   *
   * @param noiseMultiplier noise standard deviation divided by the L2 bound of one client's
   *     contribution (the clip norm); positive, zero meaning no noise and infinite loss
   */
  record Gaussian(double noiseMultiplier) implements DpEvent {
    public Gaussian {
      Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    }
  }

  /**
   * A mechanism run on a Poisson sample: each client independently with the same probability. Holds
   * under every neighbouring relation; it does not cover shuffled or fixed-order batches.
   *
   * @param samplingProbability in (0, 1]
   * @param event what was run on the sample
   */
  record PoissonSampled(double samplingProbability, DpEvent event) implements DpEvent {
    public PoissonSampled {
      Bounds.samplingProbability(samplingProbability);
    }
  }

  /**
   * A mechanism run on a Poisson sample that is cut to a maximum cohort: when more clients are
   * drawn, a uniformly random subset of {@code maxCohort} of them is kept. Holds under every
   * neighbouring relation.
   *
   * @param samplingProbability in (0, 1], before the cut
   * @param population number of clients of the run; under add-or-remove-one a neighbour may have
   *     one more, and every smaller population is covered
   * @param maxCohort the most clients in one round, at least 1
   * @param event what was run on the sample
   */
  record TruncatedPoissonSampled(
      double samplingProbability, long population, long maxCohort, DpEvent event)
      implements DpEvent {
    public TruncatedPoissonSampled {
      Bounds.samplingProbability(samplingProbability);
      Bounds.atLeast("population", 1, population);
      Bounds.atLeast("maxCohort", 1, maxCohort);
    }
  }

  /**
   * A mechanism run on a uniformly random cohort of fixed size. Holds under replace-one and
   * zero-out; under add-or-remove-one the two populations differ in size, and it is refused.
   *
   * @param population number of clients, at least {@code cohort}
   * @param cohort clients in one round, at least 1
   * @param event what was run on the sample
   */
  record SampledWithoutReplacement(long population, long cohort, DpEvent event) implements DpEvent {
    public SampledWithoutReplacement {
      Bounds.atLeast("cohort", 1, cohort);
      Bounds.atLeast("population", cohort, population);
    }

    /** The probability with which a given client is in the cohort. */
    public double samplingProbability() {
      return (double) cohort / population;
    }
  }

  /**
   * The same event several times, adaptively.
   *
   * @param event what was repeated
   * @param count how often, at least 1
   */
  record SelfComposed(DpEvent event, long count) implements DpEvent {
    public SelfComposed {
      Bounds.atLeast("count", 1, count);
    }
  }

  /**
   * Several events, adaptively, in this order.
   *
   * @param events what happened
   */
  record Composed(List<DpEvent> events) implements DpEvent {
    public Composed {
      events = List.copyOf(events);
    }
  }

  /** Something released without any protection: every accountant answers an infinite epsilon. */
  record NonPrivate() implements DpEvent {}

  /**
   * Any mechanism of which nothing is known but that it is (epsilon, delta)-DP under the relation
   * in use; with delta 0 pure DP, such as randomised response or a Laplace mechanism.
   *
   * @param epsilon finite, at least 0
   * @param delta in [0, 1)
   */
  record ApproximateDp(double epsilon, double delta) implements DpEvent {
    public ApproximateDp {
      Bounds.notNegative("epsilon", epsilon);
      if (delta != 0) {
        Bounds.delta(delta);
      }
    }
  }

  /**
   * One round of a run that only has a cost as a whole, such as one with correlated noise: what a
   * ledger records for it. Accountants refuse it: the first t of such records together cost what
   * the run costs after t rounds.
   *
   * @param run the whole run, as it was planned
   * @param round counts from 0
   */
  record RoundOf(DpEvent run, int round) implements DpEvent {
    public RoundOf {
      Bounds.notNegative("round", round);
    }

    /** What this round and those before it cost together; an upper bound of it. */
    public DpEvent soFar() {
      return run.firstRounds(round == Integer.MAX_VALUE ? round : round + 1);
    }

    /** The whole run in its first round; later ones name it by a hash. */
    @Override
    public String toString() {
      String whole = run.toString();
      return "RoundOf[round=%d, run=%s]"
          .formatted(
              round,
              round == 0
                  ? whole
                  : run.getClass().getSimpleName() + "#" + Integer.toHexString(whole.hashCode()));
    }
  }
}
