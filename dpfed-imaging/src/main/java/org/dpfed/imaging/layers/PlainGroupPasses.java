package org.dpfed.imaging.layers;

import java.util.Arrays;

/**
 * {@link GroupPasses} in plain Java. All loops over pixels go over copies of as many pixels as a
 * row has floats: C2 turns a loop into vector instructions where all arrays have one index.
 */
final class PlainGroupPasses implements GroupPasses {
  private static final int LEAST_LANES = 256;

  private float[] first = {};
  private float[] second = {};

  /** Copies of as many pixels and gradients. */
  private float[] pixelLanes = {};

  private float[] gradientLanes = {};
  private float[] outputLanes = {};

  @Override
  public int lanes(int inner, int run) {
    int lanes = Math.min(run, inner * ((LEAST_LANES + inner - 1) / inner));
    first = new float[lanes];
    second = new float[lanes];
    pixelLanes = new float[lanes];
    gradientLanes = new float[lanes];
    outputLanes = new float[lanes];
    return lanes;
  }

  @Override
  public void addMoments(
      float[] x, int start, int length, float[] near, double[] sums, double[] squares) {
    int lanes = near.length;
    int end = start + length;
    int i = start;
    while (i < end) {
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
      for (int times = 0; times < SUMMED_IN_FLOAT && i < end; times++) {
        int part = Math.min(lanes, end - i);
        System.arraycopy(x, i, pixelLanes, 0, part);
        addMoments(pixelLanes, near, first, second, part);
        i += part;
      }
      addUp(sums, squares);
    }
  }

  private static void addMoments(
      float[] x, float[] near, float[] sums, float[] squares, int length) {
    for (int j = 0; j < length; j++) {
      float difference = x[j] - near[j];
      sums[j] += difference;
      squares[j] += difference * difference;
    }
  }

  private void addUp(double[] firstSums, double[] secondSums) {
    for (int lane = 0; lane < first.length; lane++) {
      firstSums[lane] += first[lane];
      secondSums[lane] += second[lane];
    }
  }

  @Override
  public void normalise(
      float[] x,
      int start,
      int length,
      float[] near,
      float[] factor,
      float[] shift,
      boolean relu,
      float[] y) {
    int end = start + length;
    for (int i = start; i < end; i += near.length) {
      int part = Math.min(near.length, end - i);
      System.arraycopy(x, i, pixelLanes, 0, part);
      normalise(pixelLanes, near, factor, shift, part);
      if (relu) {
        cut(pixelLanes, part);
      }
      System.arraycopy(pixelLanes, 0, y, i, part);
    }
  }

  private static void normalise(
      float[] x, float[] near, float[] factor, float[] shift, int length) {
    for (int j = 0; j < length; j++) {
      x[j] = (x[j] - near[j]) * factor[j] + shift[j];
    }
  }

  private static void cut(float[] x, int length) {
    for (int j = 0; j < length; j++) {
      // Math.max, unlike a comparison, lets NaN through.
      x[j] = Math.max(0, x[j]);
    }
  }

  @Override
  public void addProducts(
      float[] gradient,
      float[] x,
      float[] y,
      int start,
      int length,
      boolean relu,
      float[] near,
      double[] sums,
      double[] products) {
    int lanes = near.length;
    int end = start + length;
    int i = start;
    while (i < end) {
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
      for (int times = 0; times < SUMMED_IN_FLOAT && i < end; times++) {
        int part = Math.min(lanes, end - i);
        System.arraycopy(gradient, i, gradientLanes, 0, part);
        System.arraycopy(x, i, pixelLanes, 0, part);
        if (relu) {
          System.arraycopy(y, i, outputLanes, 0, part);
          cut(gradientLanes, outputLanes, part);
          System.arraycopy(gradientLanes, 0, gradient, i, part);
        }
        addProducts(gradientLanes, pixelLanes, near, first, second, part);
        i += part;
      }
      addUp(sums, products);
    }
  }

  /** ReLU lets no gradient through where its output is 0. */
  private static void cut(float[] gradient, float[] y, int length) {
    for (int j = 0; j < length; j++) {
      // 1 for the smallest positive float or more, otherwise 0: nobody could predict a branch here.
      gradient[j] *= Math.min(1, y[j] * 0x1p127f * 0x1p127f);
    }
  }

  private static void addProducts(
      float[] u, float[] x, float[] near, float[] sums, float[] products, int length) {
    for (int j = 0; j < length; j++) {
      sums[j] += u[j];
      products[j] += u[j] * (x[j] - near[j]);
    }
  }

  @Override
  public void combine(
      float[] gradient,
      float[] x,
      int start,
      int length,
      float[] factor,
      float[] near,
      float[] slope,
      float[] constant,
      float[] result) {
    int end = start + length;
    for (int i = start; i < end; i += near.length) {
      int part = Math.min(near.length, end - i);
      System.arraycopy(gradient, i, gradientLanes, 0, part);
      System.arraycopy(x, i, pixelLanes, 0, part);
      combine(gradientLanes, pixelLanes, factor, near, slope, constant, part);
      System.arraycopy(gradientLanes, 0, result, i, part);
    }
  }

  private static void combine(
      float[] gradient,
      float[] x,
      float[] factor,
      float[] near,
      float[] slope,
      float[] constant,
      int length) {
    for (int j = 0; j < length; j++) {
      gradient[j] = gradient[j] * factor[j] + (x[j] - near[j]) * slope[j] + constant[j];
    }
  }
}
