package org.dpfed.accounting;

import java.util.Arrays;
import java.util.List;

/**
 * A lower triangular Toeplitz matrix, the strategy of a matrix mechanism: entry (i, j) is
 * coefficient i − j, and coefficients beyond the list are 0.
 *
 * @param coefficients the first column down to its last nonzero entry, finite, at least one
 */
public record ToeplitzStrategy(List<Double> coefficients) {
  /** As many coefficients take some 0.1 GB. */
  private static final int MOST_ROUNDS = 5_000_000;

  public ToeplitzStrategy {
    coefficients = List.copyOf(coefficients);
    Bounds.atLeast("number of coefficients", 1, coefficients.size());
    for (double coefficient : coefficients) {
      if (!Double.isFinite(coefficient)) {
        throw new IllegalArgumentException("coefficients must be finite, were " + coefficients);
      }
    }
  }

  /** The strategy with these coefficients. */
  public static ToeplitzStrategy of(double... coefficients) {
    return new ToeplitzStrategy(Arrays.stream(coefficients).boxed().toList());
  }

  /**
   * A buffered linear Toeplitz strategy (McMahan, Xiao, Zhang 2024): coefficient 0 is 1 and
   * coefficient i the sum of outputScale · bufferDecay^(i − 1) over the buffers.
   *
   * @param bufferDecay one decay for each buffer
   * @param outputScale one scale for each buffer
   * @param rounds number of coefficients, from 1 to 5,000,000
   */
  public static ToeplitzStrategy bufferedLinear(
      List<Double> bufferDecay, List<Double> outputScale, int rounds) {
    if (bufferDecay.size() != outputScale.size()) {
      throw new IllegalArgumentException(
          "outputScale must have one entry for each of the "
              + bufferDecay.size()
              + " entries of bufferDecay, has "
              + outputScale.size());
    }
    Bounds.atLeast("rounds", 1, rounds);
    if (rounds > MOST_ROUNDS) {
      throw new IllegalArgumentException(
          "rounds must be at most "
              + MOST_ROUNDS
              + " for a buffered strategy, was "
              + rounds
              + "; give its coefficients instead");
    }
    double[] coefficients = new double[rounds];
    coefficients[0] = 1;
    for (int buffer = 0; buffer < bufferDecay.size(); buffer++) {
      double term = outputScale.get(buffer);
      for (int i = 1; i < rounds; i++) {
        coefficients[i] += term;
        term *= bufferDecay.get(buffer);
      }
    }
    return of(coefficients);
  }

  /**
   * An upper bound of the L2 norm by which one client of contribution norm 1 in each of its rounds
   * moves C·x: exact for non-negative, non-increasing coefficients, for at most as many bands as
   * the separation, and wherever signs of the contributions can make all column products add up.
   */
  public double sensitivity(Participation participation) {
    return Math.sqrt(new ToeplitzSensitivity(this, participation).squared());
  }

  /** Coefficient {@code lag}, 0 beyond the list. */
  double at(int lag) {
    return lag < coefficients.size() ? coefficients.get(lag) : 0;
  }

  /** The largest absolute coefficient at this lag or a later one. */
  double largestFrom(int lag) {
    double largest = 0;
    for (int i = lag; i < coefficients.size(); i++) {
      largest = Math.max(largest, Math.abs(coefficients.get(i)));
    }
    return largest;
  }

  boolean isNonNegativeAndNonIncreasing() {
    double previous = Double.POSITIVE_INFINITY;
    for (double coefficient : coefficients) {
      if (coefficient < 0 || coefficient > previous) {
        return false;
      }
      previous = coefficient;
    }
    return true;
  }
}
