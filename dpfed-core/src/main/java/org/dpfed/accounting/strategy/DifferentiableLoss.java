package org.dpfed.accounting.strategy;

/** A function of several variables and its gradient. */
@FunctionalInterface
interface DifferentiableLoss {
  /**
   * The value at a point; infinite or NaN where it has none.
   *
   * @param point not changed
   * @param gradient as long; overwritten with the gradient there
   */
  double at(double[] point, double[] gradient);
}
