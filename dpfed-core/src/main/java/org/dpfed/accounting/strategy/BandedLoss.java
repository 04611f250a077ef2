package org.dpfed.accounting.strategy;

/**
 * The logarithm of squared sensitivity times squared error of a banded Toeplitz strategy, as a
 * function of its coefficients after the first, which is 1. Takes O(rounds · bands).
 *
 * <p>With c the strategy's coefficients and w the workload's, the noise weighs b = w / c as power
 * series, and a client that joins as early and as often as it may moves row r by s_r = Σ_k c_(r −
 * k·separation): the worst pattern where coefficients are non-negative and do not rise
 * (Choquette-Choo et al. 2023; McMahan, Xiao, Zhang 2024, theorem 2). Gradients are by the adjoint:
 * with λ the solution of Cᵀλ = ∂error/∂b, ∂error/∂c_j = − Σ_t λ_t b_(t − j).
 */
record BandedLoss(RunShape run, int bands) implements DifferentiableLoss {
  @Override
  public double at(double[] point, double[] gradient) {
    double[] coefficients = new double[bands];
    coefficients[0] = 1;
    System.arraycopy(point, 0, coefficients, 1, bands - 1);
    double[] moved = moved(coefficients);
    double[] noise = divided(run.workload(), coefficients);
    double squaredSensitivity = squaredNorm(moved);
    double error = run.error(noise);
    double[] adjoint = adjoint(coefficients, noise);
    for (int j = 1; j < bands; j++) {
      gradient[j - 1] =
          2 * joined(moved, j) / squaredSensitivity - correlation(adjoint, noise, j) / error;
    }
    return Math.log(squaredSensitivity) + Math.log(error);
  }

  private double[] moved(double[] coefficients) {
    double[] moved = new double[run.rounds()];
    int separation = run.participation().minSeparation();
    int most = run.participation().attainable();
    for (int k = 0; k < most; k++) {
      // Below the number of rounds, as at most so many participations are attainable.
      int start = k * separation;
      for (int j = 0; j < Math.min(bands, moved.length - start); j++) {
        moved[start + j] += coefficients[j];
      }
    }
    return moved;
  }

  /** The change of a client's rows, summed over where coefficient {@code j} stands. */
  private double joined(double[] moved, int j) {
    int separation = run.participation().minSeparation();
    double sum = 0;
    for (int k = 0; k < run.participation().attainable(); k++) {
      long row = (long) k * separation + j;
      sum += row < moved.length ? moved[(int) row] : 0;
    }
    return sum;
  }

  /** The power series {@code dividend} / {@code divisor}, whose first coefficient is 1. */
  static double[] divided(double[] dividend, double[] divisor) {
    double[] quotient = new double[dividend.length];
    for (int t = 0; t < dividend.length; t++) {
      double sum = dividend[t];
      int last = Math.min(t, divisor.length - 1);
      for (int j = 1; j <= last; j++) {
        sum -= divisor[j] * quotient[t - j];
      }
      quotient[t] = sum;
    }
    return quotient;
  }

  private double[] adjoint(double[] coefficients, double[] noise) {
    int rounds = noise.length;
    double[] adjoint = new double[rounds];
    for (int t = rounds - 1; t >= 0; t--) {
      double sum = 2 * run.weights()[t] * noise[t];
      int last = Math.min(rounds - 1 - t, bands - 1);
      for (int j = 1; j <= last; j++) {
        sum -= coefficients[j] * adjoint[t + j];
      }
      adjoint[t] = sum;
    }
    return adjoint;
  }

  private static double correlation(double[] adjoint, double[] noise, int lag) {
    double sum = 0;
    for (int t = lag; t < noise.length; t++) {
      sum += adjoint[t] * noise[t - lag];
    }
    return sum;
  }

  private static double squaredNorm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }
}
