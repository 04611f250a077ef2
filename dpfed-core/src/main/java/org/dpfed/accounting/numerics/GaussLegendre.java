package org.dpfed.accounting.numerics;

/**
 * Gauss–Legendre quadrature, nodes and weights on [−1, 1]: exact for polynomials of degree below
 * twice the number of nodes.
 */
public final class GaussLegendre {
  /** The rule with two nodes. */
  public static final GaussLegendre TWO = withNodes(2);

  /** The rule with three nodes. */
  public static final GaussLegendre THREE = withNodes(3);

  /** The rule with four nodes. */
  public static final GaussLegendre FOUR = withNodes(4);

  /** The rule with eight nodes. */
  public static final GaussLegendre EIGHT = withNodes(8);

  private final double[] nodes;
  private final double[] weights;

  private GaussLegendre(double[] nodes, double[] weights) {
    this.nodes = nodes;
    this.weights = weights;
  }

  /** The number of nodes. */
  public int size() {
    return nodes.length;
  }

  /**
   * One node.
   *
   * @param i from 0 to {@link #size()} − 1; nodes rise
   * @return in (−1, 1)
   */
  public double node(int i) {
    return nodes[i];
  }

  /**
   * The weight of one node.
   *
   * @param i from 0 to {@link #size()} − 1
   * @return positive; all weights add up to 2
   */
  public double weight(int i) {
    return weights[i];
  }

  /** The rule with n nodes, by Newton's method on the Legendre polynomial. */
  private static GaussLegendre withNodes(int n) {
    double[] nodes = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      double x = -Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
      double slope = 1;
      for (int iteration = 0; iteration < 8; iteration++) {
        double value = 1;
        double previous = 0;
        for (int k = 1; k <= n; k++) {
          double next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
          previous = value;
          value = next;
        }
        slope = n * (x * value - previous) / (x * x - 1);
        x -= value / slope;
      }
      nodes[i] = x;
      weights[i] = 2 / ((1 - x * x) * slope * slope);
    }
    return new GaussLegendre(nodes, weights);
  }
}
