package org.dpfed.imaging.layers;

/**
 * What {@link GroupNormKernel} does with every pixel of a channel or group. Pixels are a run of
 * floats of an array, with the examples innermost. What belongs to an example, such as its mean, is
 * in rows of {@link #lanes} floats in which the examples repeat: float i of a run goes with float i
 * mod lanes of a row.
 *
 * <p>Sums have as many numbers as a row, of which all that belong to an example add up to its sum.
 * Up to 16 floats are added in float, and these sums in {@code double}, in an order that depends on
 * nothing but the lengths.
 *
 * <p>Public for {@link java.util.ServiceLoader} only.
 */
public interface GroupPasses {
  /** How many floats are added in float. */
  int SUMMED_IN_FLOAT = 16;

  /**
   * Prepares for runs, and says how long rows are.
   *
   * @param inner examples that are innermost
   * @param run floats of one channel
   * @return a multiple of {@code inner}
   */
  int lanes(int inner, int run);

  /** Adds Σ (x − near) and Σ (x − near)² of a run. */
  void addMoments(float[] x, int start, int length, float[] near, double[] sums, double[] squares);

  /**
   * Overwrites as many floats of {@code y} by (x − near) · factor + shift.
   *
   * @param relu whether max(0, ·) follows, which NaN passes
   */
  void normalise(
      float[] x,
      int start,
      int length,
      float[] near,
      float[] factor,
      float[] shift,
      boolean relu,
      float[] y);

  /**
   * Adds Σ u and Σ u · (x − near) of a run, where u is the gradient.
   *
   * @param gradient set to 0 where {@code y} is 0, if {@code relu}
   */
  void addProducts(
      float[] gradient,
      float[] x,
      float[] y,
      int start,
      int length,
      boolean relu,
      float[] near,
      double[] sums,
      double[] products);

  /**
   * Overwrites as many floats of {@code result} by gradient · factor + (x − near) · slope +
   * constant.
   *
   * @param result may be {@code gradient}
   */
  void combine(
      float[] gradient,
      float[] x,
      int start,
      int length,
      float[] factor,
      float[] near,
      float[] slope,
      float[] constant,
      float[] result);
}
