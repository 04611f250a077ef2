package org.dpfed.mechanism;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.RestartedTreeAggregation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.TreeAggregation;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.accounting.strategy.StrategyOptimizer;

/**
 * How the noise of one round depends on that of earlier rounds. Noise that cancels between rounds
 * hides each client as well and leaves less error in the model, which is a sum over all rounds; it
 * costs one Gaussian for the whole run instead of one for each round.
 *
 * <p>Noise multipliers are the standard deviation of the uncorrelated noise ÷ clip norm, whatever
 * the strategy.
 */
public sealed interface Noise {
  /** Its name in settings and documents. */
  String label();

  /** Why it has no proven cost with that sampling; empty where it has one. */
  Optional<String> refusal(Sampling sampling);

  /** Why it cannot serve a run of that many rounds; empty where it can. */
  default Optional<String> refusal(int rounds) {
    return Optional.empty();
  }

  /** What {@code rounds} rounds cost with a sampling that is not refused. */
  DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds);

  /**
   * The same with its strategy optimised for a run, unless it was given.
   *
   * @param cache where optimised strategies are kept; empty to optimise anew
   */
  default Noise optimisedFor(
      Sampling sampling, int population, int rounds, Optional<StrategyCache> cache) {
    return this;
  }

  /** Whether each round's noise is drawn without regard to the others. */
  default boolean isIndependent() {
    return false;
  }

  /** Fresh noise in every round. */
  record Independent() implements Noise {
    @Override
    public String label() {
      return "independent";
    }

    @Override
    public Optional<String> refusal(Sampling sampling) {
      return Optional.empty();
    }

    @Override
    public DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds) {
      return sampling.event(population, noiseMultiplier, rounds);
    }

    @Override
    public boolean isIndependent() {
      return true;
    }
  }

  /**
   * Binary trees over the rounds with noise at every node (DP-FTRL; Kairouz et al. 2021, "Practical
   * and Private (Deep) Learning without Sampling or Shuffling"). Each node's estimate also uses the
   * nodes below it, with the weights of least variance (Honaker 2015).
   *
   * @param restartRounds after how many rounds a new tree begins, at least 1; empty for one tree
   */
  record Tree(OptionalInt restartRounds) implements Noise {
    public Tree {
      restartRounds.ifPresent(rounds -> SamplingBounds.requireAtLeastOne("restartRounds", rounds));
    }

    @Override
    public String label() {
      return "tree";
    }

    @Override
    public Optional<String> refusal(Sampling sampling) {
      return CorrelatedRuns.refusalWithout(sampling, label());
    }

    @Override
    public Optional<String> refusal(int rounds) {
      return restartRounds.orElse(0) < rounds
          ? Optional.empty()
          : Optional.of(
              "restartRounds must be below the %d rounds of the run to have an effect, was %d; leave it out"
                  .formatted(rounds, restartRounds.orElse(0)));
    }

    @Override
    public DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds) {
      Participation participation = CorrelatedRuns.participation(sampling, population, rounds);
      return restartRounds.isEmpty()
          ? new TreeAggregation(noiseMultiplier, participation)
          : new RestartedTreeAggregation(
              noiseMultiplier,
              treeRounds(rounds),
              participation.maxParticipations(),
              participation.minSeparation());
    }

    private List<Integer> treeRounds(int rounds) {
      int each = restartRounds.orElse(rounds);
      List<Integer> trees = new ArrayList<>();
      for (int left = rounds; left > 0; left -= each) {
        trees.add(Math.min(each, left));
      }
      return trees;
    }
  }

  /**
   * A banded Toeplitz strategy C: the noise of all rounds is C⁻¹ times independent noise
   * (Choquette-Choo et al. 2023; McKenna 2024, "Scaling up the banded matrix factorization
   * mechanism"). Remembers the noise of {@code bands − 1} rounds.
   *
   * @param bands nonzero diagonals at most, at least 1
   * @param objective what is minimised where the strategy is optimised
   * @param chosen the coefficients of C, the first 1, none negative or greater than the one before;
   *     empty to have them optimised for the run
   */
  record Banded(int bands, Objective objective, Optional<ToeplitzStrategy> chosen)
      implements Noise {
    public Banded {
      SamplingBounds.requireAtLeastOne("bands", bands);
      chosen.ifPresent(strategy -> CorrelatedRuns.requireBands(strategy, bands));
    }

    /** With the least mean error of prefix sums in the run. */
    public static Banded optimised(int bands) {
      return new Banded(bands, Objective.meanPrefix(), Optional.empty());
    }

    @Override
    public Banded optimisedFor(
        Sampling sampling, int population, int rounds, Optional<StrategyCache> cache) {
      if (chosen.isPresent()) {
        return this;
      }
      Participation participation =
          sampling instanceof Sampling.CyclicPoisson
              ? Participation.once(rounds)
              : CorrelatedRuns.participation(sampling, population, rounds);
      ToeplitzStrategy best =
          cache
              .map(kept -> kept.banded(bands, participation, objective))
              .orElseGet(() -> StrategyOptimizer.banded(bands, participation, objective));
      return new Banded(bands, objective, Optional.of(best));
    }

    /** The coefficients of C. */
    public ToeplitzStrategy strategy() {
      return chosen.orElseThrow(() -> CorrelatedRuns.notOptimised(label()));
    }

    @Override
    public String label() {
      return "banded";
    }

    @Override
    public Optional<String> refusal(Sampling sampling) {
      if (sampling instanceof Sampling.CyclicPoisson cyclic) {
        return bands <= cyclic.groups()
            ? Optional.empty()
            : Optional.of(
                "bands must be at most the %d groups of cyclic-poisson sampling, was %d"
                    .formatted(cyclic.groups(), bands));
      }
      return CorrelatedRuns.refusalWithout(sampling, label());
    }

    @Override
    public DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds) {
      if (sampling instanceof Sampling.CyclicPoisson cyclic) {
        return new AmplifiedBandedMechanism(
            noiseMultiplier,
            Math.nextUp(strategy().sensitivity(Participation.once(rounds))),
            cyclic.samplingProbability(population),
            rounds,
            cyclic.groups());
      }
      return new MatrixMechanism(
          noiseMultiplier, strategy(), CorrelatedRuns.participation(sampling, population, rounds));
    }
  }

  /**
   * A buffered linear Toeplitz strategy, BLT (Dvijotham et al. 2024, "Efficient and near-optimal
   * noise generation for streaming differential privacy"; McMahan, Xu, Zhang 2024, "A hassle-free
   * algorithm for private learning in practice"). Remembers one vector for each buffer.
   *
   * @param buffers at least 1
   * @param objective what is minimised where the strategy is optimised
   * @param chosen the strategy; empty to have it optimised for the run
   */
  record BufferedLinear(int buffers, Objective objective, Optional<BufferedLinearStrategy> chosen)
      implements Noise {
    public BufferedLinear {
      SamplingBounds.requireAtLeastOne("buffers", buffers);
      chosen.ifPresent(strategy -> CorrelatedRuns.requireBuffers(strategy, buffers));
    }

    /** With the least mean error of prefix sums in the run. */
    public static BufferedLinear optimised(int buffers) {
      return new BufferedLinear(buffers, Objective.meanPrefix(), Optional.empty());
    }

    @Override
    public BufferedLinear optimisedFor(
        Sampling sampling, int population, int rounds, Optional<StrategyCache> cache) {
      if (chosen.isPresent()) {
        return this;
      }
      Participation participation = CorrelatedRuns.participation(sampling, population, rounds);
      BufferedLinearStrategy best =
          cache
              .map(kept -> kept.buffered(buffers, participation, objective))
              .orElseGet(() -> StrategyOptimizer.buffered(buffers, participation, objective));
      return new BufferedLinear(buffers, objective, Optional.of(best));
    }

    /** The strategy. */
    public BufferedLinearStrategy strategy() {
      return chosen.orElseThrow(() -> CorrelatedRuns.notOptimised(label()));
    }

    @Override
    public String label() {
      return "blt";
    }

    @Override
    public Optional<String> refusal(Sampling sampling) {
      return CorrelatedRuns.refusalWithout(sampling, label());
    }

    @Override
    public DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds) {
      return new MatrixMechanism(
          noiseMultiplier,
          strategy().toeplitz(rounds),
          CorrelatedRuns.participation(sampling, population, rounds));
    }
  }
}
