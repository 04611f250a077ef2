package org.dpfed.accounting.strategy;

import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;

/** Sensitivity and errors of small strategies by definition: every pattern, the dense inverse. */
final class DenseMatrices {
  private DenseMatrices() {}

  /** The largest squared norm of a sum of columns over all patterns of participation. */
  static double squaredSensitivity(ToeplitzStrategy strategy, Participation participation) {
    return largest(strategy, participation, new double[participation.rounds()], 0, 0);
  }

  private static double largest(
      ToeplitzStrategy strategy, Participation participation, double[] moved, int from, int count) {
    double best = 0;
    for (double row : moved) {
      best += row * row;
    }
    if (count == participation.maxParticipations()) {
      return best;
    }
    for (int i = from; i < moved.length; i++) {
      double[] extended = moved.clone();
      for (int row = i; row < moved.length; row++) {
        extended[row] += at(strategy, row - i);
      }
      int next = i + participation.minSeparation();
      best = Math.max(best, largest(strategy, participation, extended, next, count + 1));
    }
    return best;
  }

  private static double at(ToeplitzStrategy strategy, int lag) {
    return lag < strategy.coefficients().size() ? strategy.coefficients().get(lag) : 0;
  }

  /** The squared norms of the rows of workload · strategy⁻¹. */
  static double[] squaredErrors(ToeplitzStrategy strategy, int rounds, Workload workload) {
    double[][] rows = new double[rounds][rounds];
    double[] weights = workload.coefficients(rounds);
    double[] squared = new double[rounds];
    for (int t = 0; t < rounds; t++) {
      // x·C = row t of the workload, from the last column back.
      for (int j = t; j >= 0; j--) {
        double sum = weights[t - j];
        for (int i = j + 1; i <= t; i++) {
          sum -= rows[t][i] * at(strategy, i - j);
        }
        rows[t][j] = sum / at(strategy, 0);
        squared[t] += rows[t][j] * rows[t][j];
      }
    }
    return squared;
  }
}
