package org.dpfed.cli.accounting;

import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Flags of a run of Poisson-sampled Gaussian rounds, all but its noise. */
final class SampledRounds {
  @ArgGroup(exclusive = true, multiplicity = "1")
  private Sampling sampling = new Sampling();

  @Option(names = "--rounds", required = true, description = "Number of rounds.")
  private int rounds;

  @Option(names = "--delta", required = true, description = "The delta of the guarantee.")
  private double delta;

  @Option(
      names = "--relation",
      defaultValue = "add-or-remove-one",
      description = "add-or-remove-one, zero-out or replace-one. Default: ${DEFAULT-VALUE}.")
  private String relation = "";

  /** Either the probability itself, or what it is the quotient of. */
  static final class Sampling {
    @Option(
        names = "--sampling-probability",
        description = "Probability with which a client takes part in a round.")
    private @Nullable Double probability;

    @ArgGroup(exclusive = false)
    private @Nullable Cohort cohort;
  }

  static final class Cohort {
    @Option(names = "--cohort", required = true, description = "Expected cohort size.")
    private double cohort;

    @Option(names = "--population", required = true, description = "Number of clients.")
    private long population;
  }

  double delta() {
    return delta;
  }

  NeighbouringRelation relation() {
    for (NeighbouringRelation candidate : NeighbouringRelation.values()) {
      if (candidate.label().equals(relation)) {
        return candidate;
      }
    }
    throw new UsageException(
        "--relation must be add-or-remove-one, zero-out or replace-one, was '" + relation + "'");
  }

  /** The whole run at a noise multiplier. */
  DpEvent event(double noiseMultiplier) {
    return new DpEvent.SelfComposed(
        new DpEvent.PoissonSampled(samplingProbability(), new DpEvent.Gaussian(noiseMultiplier)),
        rounds);
  }

  private double samplingProbability() {
    if (sampling.probability != null) {
      return sampling.probability;
    }
    Cohort cohort = sampling.cohort;
    if (cohort == null) {
      throw new UsageException("--sampling-probability, or --cohort and --population, is needed");
    }
    return cohort.cohort / cohort.population;
  }
}
