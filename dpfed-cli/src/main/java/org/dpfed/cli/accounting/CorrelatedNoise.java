package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.RestartedTreeAggregation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.TreeAggregation;
import org.dpfed.accounting.strategy.StrategyOptimizer;
import org.dpfed.cli.UsageException;

/** Mechanisms in which the server adds noise that is correlated between rounds. */
sealed interface CorrelatedNoise extends Mechanism.Accounted {
  /** The participation that the options describe; what is not given is not assumed to be small. */
  static Participation participation(OptionValues options) {
    int most = most(options);
    int separation = options.has(Flag.MIN_SEPARATION) ? options.index(Flag.MIN_SEPARATION) : 1;
    return new Participation(options.index(Flag.ROUNDS), most, separation);
  }

  private static int most(OptionValues options) {
    int most = options.index(Flag.MAX_PARTICIPATIONS);
    if (most == 1 && options.has(Flag.MIN_SEPARATION)) {
      throw new UsageException(
          "%s has no effect with %s 1; leave it out"
              .formatted(
                  options.label(Flag.MIN_SEPARATION), options.label(Flag.MAX_PARTICIPATIONS)));
    }
    return most;
  }

  private static Set<Flag> participating(Flag... others) {
    Set<Flag> needed = EnumSet.of(Flag.NOISE_MULTIPLIER, Flag.ROUNDS, Flag.MAX_PARTICIPATIONS);
    needed.addAll(List.of(others));
    return needed;
  }

  private static Set<Flag> accountedAnd(Flag other) {
    Set<Flag> allowed = EnumSet.of(other);
    allowed.addAll(OPTIONS);
    return allowed;
  }

  /** One binary tree over all rounds. */
  record Tree(double noiseMultiplier, Participation participation) implements CorrelatedNoise {
    static Form<Mechanism> form() {
      return new Form<>(
          "tree",
          participating(),
          accountedAnd(Flag.MIN_SEPARATION),
          options ->
              new Tree(
                  options.number(Flag.NOISE_MULTIPLIER), CorrelatedNoise.participation(options)));
    }

    @Override
    public TreeAggregation event() {
      return new TreeAggregation(noiseMultiplier, participation);
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return FIXED_POPULATION;
    }
  }

  /** One binary tree after another; unless a separation is given, a client in each at most once. */
  record RestartedTree(RestartedTreeAggregation event) implements CorrelatedNoise {
    static Form<Mechanism> form() {
      Set<Flag> allowed = EnumSet.of(Flag.MAX_PARTICIPATIONS, Flag.MIN_SEPARATION);
      allowed.addAll(OPTIONS);
      allowed.remove(Flag.PLOT);
      return new Form<>(
          "tree",
          Flag.set(Flag.NOISE_MULTIPLIER, Flag.TREE_ROUNDS),
          allowed,
          options ->
              new RestartedTree(
                  new RestartedTreeAggregation(
                      options.number(Flag.NOISE_MULTIPLIER),
                      options.numbers(Flag.TREE_ROUNDS).stream().map(Double::intValue).toList(),
                      options.has(Flag.MAX_PARTICIPATIONS) ? most(options) : Integer.MAX_VALUE,
                      options.has(Flag.MIN_SEPARATION)
                          ? options.index(Flag.MIN_SEPARATION)
                          : Integer.MAX_VALUE)));
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return FIXED_POPULATION;
    }
  }

  /** A lower triangular Toeplitz matrix. */
  record Matrix(double noiseMultiplier, ToeplitzStrategy strategy, Participation participation)
      implements CorrelatedNoise {
    static final String BANDED = "banded";
    static final String BUFFERED = "blt";
    private static final String NAME = "matrix";

    /** Each row of the matrix is summed on its own. */
    private static final int MOST_ROUNDS = 1_000_000;

    static Form<Mechanism> formByCoefficients() {
      return new Form<>(
          NAME,
          participating(Flag.COEFFICIENTS),
          accountedAnd(Flag.MIN_SEPARATION),
          options -> {
            rounds(NAME, options);
            return of(options, new ToeplitzStrategy(options.numbers(Flag.COEFFICIENTS)));
          });
    }

    static Form<Mechanism> formByBuffers() {
      return new Form<>(
          NAME,
          participating(Flag.BUFFER_DECAY, Flag.OUTPUT_SCALE),
          accountedAnd(Flag.MIN_SEPARATION),
          options ->
              of(
                  options,
                  ToeplitzStrategy.bufferedLinear(
                      options.numbers(Flag.BUFFER_DECAY),
                      options.numbers(Flag.OUTPUT_SCALE),
                      rounds(NAME, options))));
    }

    /** The coefficients that are best for the run, at most as many as bands. */
    static Form<Mechanism> formByOptimisedBands() {
      return optimised(
          BANDED,
          Flag.BANDS,
          options ->
              StrategyOptimizer.banded(
                  options.index(Flag.BANDS),
                  CorrelatedNoise.participation(options),
                  Choices.objective(options)));
    }

    /** The buffers that are best for the run. */
    static Form<Mechanism> formByOptimisedBuffers() {
      return optimised(
          BUFFERED,
          Flag.BUFFERS,
          options ->
              StrategyOptimizer.buffered(
                      options.index(Flag.BUFFERS),
                      CorrelatedNoise.participation(options),
                      Choices.objective(options))
                  .toeplitz(options.index(Flag.ROUNDS)));
    }

    private static Form<Mechanism> optimised(
        String name, Flag size, Function<OptionValues, ToeplitzStrategy> strategy) {
      Set<Flag> allowed = EnumSet.of(Flag.MIN_SEPARATION, Flag.OBJECTIVE, Flag.WORKLOAD);
      allowed.addAll(Choices.WORKLOADS.flags());
      allowed.addAll(OPTIONS);
      // Each point of a plot would be another matrix.
      allowed.remove(Flag.PLOT);
      return new Form<>(
          name,
          participating(size),
          allowed,
          options -> {
            rounds(name, options);
            return of(options, strategy.apply(options));
          });
    }

    private static int rounds(String name, OptionValues options) {
      int rounds = options.index(Flag.ROUNDS);
      if (rounds > MOST_ROUNDS) {
        throw new UsageException(
            "%s must be at most %d with %s %s, was %d"
                .formatted(
                    options.label(Flag.ROUNDS),
                    MOST_ROUNDS,
                    options.label(Flag.MECHANISM),
                    name,
                    rounds));
      }
      return rounds;
    }

    /** The same matrix with another noise. */
    Matrix withNoise(double other) {
      return new Matrix(other, strategy, participation);
    }

    private static Matrix of(OptionValues options, ToeplitzStrategy strategy) {
      return new Matrix(
          options.number(Flag.NOISE_MULTIPLIER), strategy, CorrelatedNoise.participation(options));
    }

    @Override
    public DpEvent event() {
      return new MatrixMechanism(noiseMultiplier, strategy, participation);
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return FIXED_POPULATION;
    }
  }

  /** A banded matrix, with Poisson sampling from one group of clients after the other. */
  record AmplifiedBanded(
      double noiseMultiplier, double columnNorm, double probability, long rounds, long groups)
      implements CorrelatedNoise {
    private static final String NAME = "amplified-banded";

    static Form<Mechanism> formByProbability() {
      return form(Flag.SAMPLING_PROBABILITY);
    }

    static Form<Mechanism> formByCohort() {
      return form(Flag.COHORT, Flag.POPULATION);
    }

    private static Form<Mechanism> form(Flag... sampling) {
      Set<Flag> needed = EnumSet.of(Flag.NOISE_MULTIPLIER, Flag.ROUNDS, Flag.GROUPS);
      needed.addAll(List.of(sampling));
      return new Form<>(NAME, needed, accountedAnd(Flag.COLUMN_NORM), AmplifiedBanded::of);
    }

    private static AmplifiedBanded of(OptionValues options) {
      long groups = options.whole(Flag.GROUPS);
      return new AmplifiedBanded(
          options.number(Flag.NOISE_MULTIPLIER),
          options.has(Flag.COLUMN_NORM) ? options.number(Flag.COLUMN_NORM) : 1,
          Sampling.probability(options, groups),
          options.whole(Flag.ROUNDS),
          groups);
    }

    @Override
    public DpEvent event() {
      return new AmplifiedBandedMechanism(noiseMultiplier, columnNorm, probability, rounds, groups);
    }
  }
}
