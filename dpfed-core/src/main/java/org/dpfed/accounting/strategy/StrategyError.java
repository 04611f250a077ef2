package org.dpfed.accounting.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.RestartedTreeAggregation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.TreeAggregation;

/**
 * What a kind of noise costs and how much of it a run gets. With uncorrelated noise of variance 1,
 * errors are variances of the workload's noise; a client of contribution norm 1 moves what the
 * noise is added to by the square root of squaredSensitivity.
 *
 * <p>At equal privacy the squared error is the loss, squaredSensitivity times squared error, times
 * (z · clip norm)², z being the noise multiplier of the one Gaussian that costs as much as the run.
 *
 * @param squaredSensitivity that of the accountants: exact, or a bound where they have only one
 * @param meanSquaredError over the rounds
 * @param maxSquaredError over the rounds
 */
public record StrategyError(
    double squaredSensitivity, double meanSquaredError, double maxSquaredError) {
  /** Steps of the division that gives a Toeplitz strategy's noise: some 10 s. */
  private static final double MOST_WORK = 1e10;

  public StrategyError {
    DoubleStream.of(squaredSensitivity, meanSquaredError, maxSquaredError)
        .forEach(
            value -> {
              if (!(value > 0)) {
                throw new IllegalArgumentException(
                    "sensitivity and errors must be positive, one was "
                        + value
                        + "; the strategy is too extreme");
              }
            });
  }

  /** The squared error by a measure. */
  public double squaredError(Objective.Measure measure) {
    return measure == Objective.Measure.MAX ? maxSquaredError : meanSquaredError;
  }

  /** What an optimiser minimises: squared sensitivity times squared error. */
  public double loss(Objective.Measure measure) {
    return squaredSensitivity * squaredError(measure);
  }

  /** The root mean, or maximal, squared error at z = 1 and clip norm 1. */
  public double rmse(Objective.Measure measure) {
    return Math.sqrt(loss(measure));
  }

  /** Fresh noise in every round, without amplification by sampling. */
  public static StrategyError independent(Participation participation, Workload workload) {
    return of(participation.attainable(), workload.coefficients(participation.rounds()));
  }

  /**
   * A Toeplitz strategy, banded or not.
   *
   * @throws IllegalArgumentException where rounds times coefficients are above 10¹⁰
   */
  public static StrategyError toeplitz(
      ToeplitzStrategy strategy, Participation participation, Workload workload) {
    double sensitivity = strategy.sensitivity(participation);
    return of(sensitivity * sensitivity, noise(strategy, participation.rounds(), workload));
  }

  /** A buffered linear strategy, in O(rounds · buffers). */
  public static StrategyError buffered(
      BufferedLinearStrategy strategy, Participation participation, Workload workload) {
    double sensitivity = strategy.toeplitz(participation.rounds()).sensitivity(participation);
    double[] noise =
        BufferedLoss.noiseWeights(
            workload.coefficients(participation.rounds()),
            strategy.bufferDecay().stream().mapToDouble(Double::doubleValue).toArray(),
            strategy.outputScale().stream().mapToDouble(Double::doubleValue).toArray());
    return of(sensitivity * sensitivity, noise);
  }

  /**
   * A banded strategy with cyclic Poisson sampling, whose noise multiplier is relative to the norm
   * of the first column: one client takes part in rounds that share no row.
   */
  public static StrategyError amplified(ToeplitzStrategy strategy, int rounds, Workload workload) {
    double sensitivity = strategy.sensitivity(Participation.once(rounds));
    return of(sensitivity * sensitivity, noise(strategy, rounds, workload));
  }

  /** Prefix sums of one binary tree over all rounds. */
  public static StrategyError tree(Participation participation, TreeDecoder decoder) {
    int rounds = participation.rounds();
    return new StrategyError(
        (double) new TreeAggregation(0, participation).squaredSensitivity(),
        decoder.sumOfPrefixVariances(rounds) / rounds,
        decoder.largestPrefixVariance(rounds));
  }

  /**
   * Prefix sums of one tree after another, the last one possibly shorter. A prefix sum takes each
   * earlier tree as it ended.
   *
   * @param treeRounds rounds of a tree, at least 1
   */
  public static StrategyError restartedTrees(
      Participation participation, int treeRounds, TreeDecoder decoder) {
    requireAtLeastOne(treeRounds);
    int rounds = participation.rounds();
    List<Integer> trees = new ArrayList<>();
    for (int left = rounds; left > 0; left -= treeRounds) {
      trees.add(Math.min(left, treeRounds));
    }
    long squared =
        new RestartedTreeAggregation(
                0, trees, participation.attainable(), participation.minSeparation())
            .squaredSensitivity();
    double ended = decoder.prefixVariance(Math.min(rounds, treeRounds));
    return afterEndedTrees(squared, rounds, treeRounds, decoder, ended);
  }

  /**
   * The same where each tree that another follows ends with the node over its next power of two of
   * rounds, the missing ones empty (tree completion, Kairouz et al. 2021, appendix D.3): one node
   * instead of several, and up to one level more of sensitivity.
   *
   * @param treeRounds rounds of a tree, from 1 to the separation of participations, so that no
   *     client joins one tree twice
   */
  public static StrategyError completedTrees(
      Participation participation, int treeRounds, TreeDecoder decoder) {
    requireAtLeastOne(treeRounds);
    if (participation.attainable() > 1 && treeRounds > participation.minSeparation()) {
      throw new IllegalArgumentException(
          "treeRounds of completed trees must be at most the separation of participations, %d, was %d"
              .formatted(participation.minSeparation(), treeRounds));
    }
    int rounds = participation.rounds();
    int ended = (rounds - 1) / treeRounds;
    int top = levels(treeRounds - 1);
    int joined = participation.attainable();
    long squared =
        Math.min(joined, ended) * (top + 1L)
            + (joined > ended ? levels(rounds - ended * treeRounds) : 0);
    return afterEndedTrees(squared, rounds, treeRounds, decoder, decoder.variance(top));
  }

  private static void requireAtLeastOne(int treeRounds) {
    if (treeRounds < 1) {
      throw new IllegalArgumentException("treeRounds must be at least 1, was " + treeRounds);
    }
  }

  /** The errors where each ended tree leaves this variance in the prefix sums after it. */
  private static StrategyError afterEndedTrees(
      long squaredSensitivity, int rounds, int treeRounds, TreeDecoder decoder, double each) {
    int ended = (rounds - 1) / treeRounds;
    int lastRounds = rounds - ended * treeRounds;
    double sum =
        ended * decoder.sumOfPrefixVariances(treeRounds)
            + decoder.sumOfPrefixVariances(lastRounds)
            + each * treeRounds * ((double) ended * (ended - 1) / 2)
            + each * ended * lastRounds;
    double largest = ended * each + decoder.largestPrefixVariance(lastRounds);
    if (ended > 0) {
      largest = Math.max(largest, (ended - 1) * each + decoder.largestPrefixVariance(treeRounds));
    }
    return new StrategyError((double) squaredSensitivity, sum / rounds, largest);
  }

  /** Binary digits of a number: the complete nodes above a leaf of so many rounds. */
  private static int levels(int number) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(number);
  }

  private static double[] noise(ToeplitzStrategy strategy, int rounds, Workload workload) {
    int bands = Math.min(rounds, strategy.coefficients().size());
    double first = strategy.coefficients().get(0);
    if (first == 0) {
      throw new IllegalArgumentException(
          "the first coefficient must not be 0, because the strategy is inverted; give another");
    }
    if ((double) bands * rounds > MOST_WORK) {
      throw new IllegalArgumentException(
          "rounds times coefficients must be at most 1e10 to compute the error, was %d times %d"
                  .formatted(rounds, bands)
              + "; take a banded or a buffered strategy");
    }
    double[] divisor = new double[bands];
    for (int j = 0; j < bands; j++) {
      divisor[j] = strategy.coefficients().get(j) / first;
    }
    double[] noise = BandedLoss.divided(workload.coefficients(rounds), divisor);
    for (int t = 0; t < rounds; t++) {
      noise[t] /= first;
    }
    return noise;
  }

  private static StrategyError of(double squaredSensitivity, double[] noise) {
    int rounds = noise.length;
    double mean = 0;
    double all = 0;
    for (int lag = 0; lag < rounds; lag++) {
      double squared = noise[lag] * noise[lag];
      mean += Objective.Measure.MEAN.weight(lag, rounds) * squared;
      all += squared;
    }
    return new StrategyError(squaredSensitivity, mean, all);
  }
}
