package org.dpfed.accounting.strategy;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a run makes of the sums of its rounds, and whose noise therefore matters: a lower triangular
 * Toeplitz matrix, row t being the weights of rounds 0 to t in what the model has moved after round
 * t.
 */
public sealed interface Workload {
  /**
   * The first column of the matrix.
   *
   * @param rounds number of coefficients, at least 1
   * @return a new array, positive and non-decreasing
   */
  double[] coefficients(int rounds);

  /** Its name in files and options, such as {@code prefix}. */
  String label();

  /** Prefix sums: the model after plain averaging has moved by the sum of all rounds so far. */
  record Prefix() implements Workload {
    @Override
    public double[] coefficients(int rounds) {
      double[] ones = new double[rounds];
      Arrays.fill(ones, 1);
      return ones;
    }

    @Override
    public String label() {
      return "prefix";
    }
  }

  /**
   * The model after a server step with momentum, m ← momentum · m + sum, model ← model + m: entry i
   * is 1 + momentum + … + momentumⁱ.
   *
   * @param momentum in [0, 1); 0 gives prefix sums
   */
  record Momentum(double momentum) implements Workload {
    public Momentum {
      if (!(momentum >= 0 && momentum < 1)) {
        throw new IllegalArgumentException("momentum must be in [0, 1), was " + momentum);
      }
    }

    @Override
    public double[] coefficients(int rounds) {
      double[] sums = new double[rounds];
      double sum = 0;
      for (int i = 0; i < rounds; i++) {
        sum = 1 + momentum * sum;
        sums[i] = sum;
      }
      return sums;
    }

    @Override
    public String label() {
      return String.format(Locale.ROOT, "momentum%s", momentum);
    }
  }
}
