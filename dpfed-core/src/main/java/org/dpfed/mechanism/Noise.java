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

  /** What {@code rounds} rounds cost with a sampling that is not refused. */
  DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds);

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
    public DpEvent event(Sampling sampling, int population, double noiseMultiplier, int rounds) {
      Participation participation = CorrelatedRuns.participation(sampling, population, rounds);
      return restartRounds.isEmpty()
          ? new TreeAggregation(noiseMultiplier, participation)
          : new RestartedTreeAggregation(noiseMultiplier, treeRounds(rounds));
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
   * @param bands nonzero diagonals, at least 1
   * @param chosen the coefficients of C, as many as bands, the first 1, none negative or greater
   *     than the one before; empty to have them optimised for the run
   */
  record Banded(int bands, Optional<ToeplitzStrategy> chosen) implements Noise {
    public Banded {
      SamplingBounds.requireAtLeastOne("bands", bands);
      chosen.ifPresent(strategy -> CorrelatedRuns.requireBands(strategy, bands));
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
        double column = strategy().sensitivity(Participation.once(rounds));
        return new AmplifiedBandedMechanism(
            Math.nextDown(noiseMultiplier / Math.nextUp(column)),
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
   * @param chosen the strategy; empty to have it optimised for the run
   */
  record BufferedLinear(int buffers, Optional<BufferedLinearStrategy> chosen) implements Noise {
    public BufferedLinear {
      SamplingBounds.requireAtLeastOne("buffers", buffers);
      chosen.ifPresent(strategy -> CorrelatedRuns.requireBuffers(strategy, buffers));
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
