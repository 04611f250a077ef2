package org.dpfed.accounting.strategy;

/**
 * The loss of a banded strategy whose coefficients cannot rise or fall below 0, whatever the point:
 * the squares of the point's entries, divided by their sum, are by how much the coefficients fall
 * from one to the next, the last one to 0.
 */
record OrderedBandedLoss(BandedLoss loss) implements DifferentiableLoss {
  @Override
  public double at(double[] point, double[] gradient) {
    double[] coefficients = coefficients(point);
    double[] tail = new double[point.length - 1];
    System.arraycopy(coefficients, 1, tail, 0, tail.length);
    double[] byCoefficient = new double[tail.length];
    double value = loss.at(tail, byCoefficient);
    double total = 0;
    double along = 0;
    for (int i = 0; i < point.length; i++) {
      total += point[i] * point[i];
      along += i == 0 ? 0 : byCoefficient[i - 1] * coefficients[i];
    }
    // A fall after band i adds to coefficients 1 to i.
    double sum = 0;
    for (int i = 0; i < point.length; i++) {
      sum += i == 0 ? 0 : byCoefficient[i - 1];
      gradient[i] = 2 * point[i] / total * (sum - along);
    }
    return value;
  }

  /** The coefficients at a point, the first of them 1. */
  static double[] coefficients(double[] point) {
    double[] coefficients = new double[point.length];
    double sum = 0;
    for (int i = point.length - 1; i >= 0; i--) {
      sum += point[i] * point[i];
      coefficients[i] = sum;
    }
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] /= sum;
    }
    return coefficients;
  }

  /**
   * A point near coefficients that may rise or fall below 0.
   *
   * @param coefficients the first of them 1
   */
  static double[] pointNear(double[] coefficients) {
    double[] point = new double[coefficients.length];
    // No fall is 0, where the gradient would vanish.
    double least = 1e-3 / coefficients.length;
    double before = 1;
    for (int i = 0; i < point.length; i++) {
      double next = i + 1 < point.length ? Math.max(0, Math.min(before, coefficients[i + 1])) : 0;
      point[i] = Math.sqrt(Math.max(least, before - next));
      before = next;
    }
    return point;
  }
}
