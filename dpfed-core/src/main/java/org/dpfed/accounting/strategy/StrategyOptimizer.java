package org.dpfed.accounting.strategy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;

/**
 * Finds the strategy with the smallest error at equal privacy: squared sensitivity times squared
 * error is minimised by L-BFGS over the parameters of the strategy. Every result has coefficients
 * that are non-negative and do not rise, so that its sensitivity is exact.
 *
 * <p>Banded: Choquette-Choo et al. 2023, McKenna 2024. Buffered: McMahan, Xiao, Zhang 2024, whose
 * loss has several local minima; so the search starts from several strategies.
 */
public final class StrategyOptimizer {
  /** Bands times rounds, which one evaluation of the loss takes some of: a minute in all. */
  private static final int MOST_WORK = 40_000_000;

  /** More buffers hardly lower the error, and cost memory. */
  private static final int MOST_BUFFERS = 8;

  private static final int MOST_ROUNDS_OF_BUFFERS = 5_000_000;

  private StrategyOptimizer() {}

  /**
   * The best banded Toeplitz strategy, its first coefficient 1.
   *
   * @param bands nonzero diagonals, at least 1; at most as many as rounds have an effect
   * @param participation how often a client takes part
   * @param objective what is minimised
   */
  public static ToeplitzStrategy banded(
      int bands, Participation participation, Objective objective) {
    requireAtLeastOne("bands", bands);
    int effective = Math.min(bands, participation.rounds());
    if (effective > mostBands(participation.rounds())) {
      throw new IllegalArgumentException(
          "bands must be at most %d to be optimised for %d rounds, was %d"
                  .formatted(mostBands(participation.rounds()), participation.rounds(), effective)
              + "; take fewer or a buffered strategy");
    }
    RunShape run = RunShape.of(participation, objective);
    double[] start = Arrays.copyOf(squareRoot(run.workload(), effective), effective);
    if (effective == 1) {
      return ToeplitzStrategy.of(start);
    }
    BandedLoss loss = new BandedLoss(run, effective);
    double[] found =
        LimitedMemoryBfgs.minimise(loss, Arrays.copyOfRange(start, 1, effective)).point();
    double[] coefficients = new double[effective];
    coefficients[0] = 1;
    System.arraycopy(found, 0, coefficients, 1, found.length);
    if (isOrdered(coefficients)) {
      return ToeplitzStrategy.of(coefficients);
    }
    // Near the ordered coefficients that are closest to it, with the order built in.
    double[] ordered =
        LimitedMemoryBfgs.minimise(
                new OrderedBandedLoss(loss), OrderedBandedLoss.pointNear(coefficients))
            .point();
    return ToeplitzStrategy.of(OrderedBandedLoss.coefficients(ordered));
  }

  /** The most bands that are optimised for a run, at least 1; more take minutes. */
  public static int mostBands(int rounds) {
    return Math.max(1, MOST_WORK / rounds);
  }

  private static boolean isOrdered(double[] coefficients) {
    double before = coefficients[0];
    for (double coefficient : coefficients) {
      if (!(coefficient >= 0 && coefficient <= before)) {
        return false;
      }
      before = coefficient;
    }
    return true;
  }

  /** The power series whose square is the workload: the best strategy without participations. */
  private static double[] squareRoot(double[] workload, int count) {
    double[] root = new double[count];
    root[0] = 1;
    for (int i = 1; i < count; i++) {
      double sum = workload[i];
      for (int j = 1; j < i; j++) {
        sum -= root[j] * root[i - j];
      }
      root[i] = sum / 2;
    }
    return root;
  }

  /**
   * The best buffered linear strategy that the search finds, never worse than that of fewer
   * buffers.
   *
   * @param buffers from 1 to 8
   * @param participation how often a client takes part, in at most 5,000,000 rounds
   * @param objective what is minimised
   */
  public static BufferedLinearStrategy buffered(
      int buffers, Participation participation, Objective objective) {
    requireAtLeastOne("buffers", buffers);
    if (buffers > MOST_BUFFERS) {
      throw new IllegalArgumentException(
          "buffers must be at most %d, was %d; more hardly lower the error"
              .formatted(MOST_BUFFERS, buffers));
    }
    if (participation.rounds() > MOST_ROUNDS_OF_BUFFERS) {
      throw new IllegalArgumentException(
          "rounds must be at most %d for a buffered strategy, was %d"
              .formatted(MOST_ROUNDS_OF_BUFFERS, participation.rounds()));
    }
    RunShape run = RunShape.of(participation, objective);
    LimitedMemoryBfgs.Minimum best = best(run, 1, BufferedStarts.of(1, run.rounds()));
    for (int count = 2; count <= buffers; count++) {
      List<double[]> starts = BufferedStarts.of(count, run.rounds());
      starts.addAll(BufferedStarts.extending(best.point(), run.rounds()));
      best = best(run, count, starts);
    }
    return new BufferedLoss(run, buffers).strategy(best.point());
  }

  private static LimitedMemoryBfgs.Minimum best(RunShape run, int buffers, List<double[]> starts) {
    BufferedLoss loss = new BufferedLoss(run, buffers);
    return starts.stream()
        .map(start -> LimitedMemoryBfgs.minimise(loss, start))
        .min(Comparator.comparingDouble(LimitedMemoryBfgs.Minimum::value))
        .orElseThrow();
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }
}
