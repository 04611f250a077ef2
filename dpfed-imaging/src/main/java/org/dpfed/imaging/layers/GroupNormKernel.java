package org.dpfed.imaging.layers;

/**
 * The arithmetic of group normalisation on images {@code [n, c, h · w]} in Java arrays. Sums are in
 * {@code double}, in an order that depends on nothing but the shape. Where a mean is large beside
 * the deviations, the float nearest to it is subtracted from each pixel, without error, and the
 * rest of the mean afterwards.
 *
 * <p>Arrays may be longer than their content.
 */
final class GroupNormKernel {
  private final int channels;
  private final int groups;
  private final double epsilon;
  private final boolean relu;

  private int examples;
  private int pixels;

  /** Mean and 1 ÷ standard deviation of each group of the last {@link #forward}. */
  private double[] means = {};

  private double[] scales = {};

  /** Results of {@link #moments} and {@link #products}. */
  private double level;

  private double product;

  /**
   * @param groups a divisor of {@code channels}
   * @param epsilon added to the variance, positive
   * @param relu whether max(0, ·) follows
   */
  GroupNormKernel(int channels, int groups, double epsilon, boolean relu) {
    this.channels = channels;
    this.groups = groups;
    this.epsilon = epsilon;
    this.relu = relu;
  }

  /**
   * Normalises.
   *
   * @param x unchanged
   * @param y overwritten
   * @param n number of examples
   * @param channelPixels height · width
   */
  void forward(float[] x, float[] gamma, float[] beta, float[] y, int n, int channelPixels) {
    examples = n;
    pixels = channelPixels;
    means = means.length < n * groups ? new double[n * groups] : means;
    scales = scales.length < n * groups ? new double[n * groups] : scales;
    int inGroup = channels / groups;
    int run = inGroup * pixels;
    for (int g = 0; g < n * groups; g++) {
      moments(x, g * run, run);
      double mean = x[g * run] + level / run;
      double variance = product / run - level / run * (level / run);
      float near = (float) mean;
      double off = mean - near;
      means[g] = mean;
      scales[g] = 1 / Math.sqrt(Math.max(0, variance) + epsilon);
      for (int k = 0; k < inGroup; k++) {
        int channel = g % groups * inGroup + k;
        double factor = gamma[channel] * scales[g];
        float shift = (float) (beta[channel] - off * factor);
        normalise(x, g * run + k * pixels, near, (float) factor, shift, y);
      }
    }
  }

  private void normalise(float[] x, int from, float near, float factor, float shift, float[] y) {
    if (relu) {
      for (int i = from; i < from + pixels; i++) {
        // Math.max, unlike a comparison, lets NaN through.
        y[i] = Math.max(0, (x[i] - near) * factor + shift);
      }
    } else {
      for (int i = from; i < from + pixels; i++) {
        y[i] = (x[i] - near) * factor + shift;
      }
    }
  }

  /**
   * Goes back over the last {@link #forward}.
   *
   * @param x of that, unchanged
   * @param y of that, unchanged
   * @param gradient at {@code y}; overwritten by that at {@code x}
   * @param gammaGradient overwritten, summed over the examples
   * @param betaGradient overwritten, summed over the examples
   */
  void backward(
      float[] x,
      float[] y,
      float[] gamma,
      float[] gradient,
      float[] gammaGradient,
      float[] betaGradient) {
    double[] gammaSums = new double[channels];
    double[] betaSums = new double[channels];
    int inGroup = channels / groups;
    int run = inGroup * pixels;
    for (int g = 0; g < examples * groups; g++) {
      float near = (float) means[g];
      double off = means[g] - near;
      double scale = scales[g];
      double along = 0;
      double across = 0;
      for (int k = 0; k < inGroup; k++) {
        int channel = g % groups * inGroup + k;
        int from = g * run + k * pixels;
        if (relu) {
          cut(gradient, y, from);
        }
        products(gradient, x, near, from);
        product -= level * off;
        gammaSums[channel] += product * scale;
        betaSums[channel] += level;
        along += gamma[channel] * product;
        across += gamma[channel] * level;
      }
      double slope = -along * scale * scale * scale / run;
      float constant = (float) (-across * scale / run - off * slope);
      for (int k = 0; k < inGroup; k++) {
        float factor = (float) (gamma[g % groups * inGroup + k] * scale);
        combine(gradient, x, g * run + k * pixels, factor, near, (float) slope, constant);
      }
    }
    for (int channel = 0; channel < channels; channel++) {
      gammaGradient[channel] = (float) gammaSums[channel];
      betaGradient[channel] = (float) betaSums[channel];
    }
  }

  private void combine(
      float[] gradient,
      float[] x,
      int from,
      float factor,
      float near,
      float slope,
      float constant) {
    for (int i = from; i < from + pixels; i++) {
      gradient[i] = gradient[i] * factor + (x[i] - near) * slope + constant;
    }
  }

  /** ReLU lets no gradient through where its output is 0. */
  private void cut(float[] gradient, float[] y, int from) {
    for (int i = from; i < from + pixels; i++) {
      // 1 for the smallest positive float or more, otherwise 0: nobody could predict a branch here.
      gradient[i] *= Math.min(1, y[i] * 0x1p127f * 0x1p127f);
    }
  }

  // Four sums of each kind at a time, since each addition waits for the one before it.

  /** {@link #level} and {@link #product} are Σ and Σ² of the differences from the first. */
  private void moments(float[] x, int from, int length) {
    float first = x[from];
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i < from + length - 3; i += 4) {
      double u = x[i] - (double) first;
      double v = x[i + 1] - (double) first;
      double w = x[i + 2] - (double) first;
      double z = x[i + 3] - (double) first;
      a += u;
      b += v;
      c += w;
      d += z;
      e += u * u;
      f += v * v;
      g += w * w;
      h += z * z;
    }
    for (; i < from + length; i++) {
      double u = x[i] - (double) first;
      a += u;
      e += u * u;
    }
    level = a + b + (c + d);
    product = e + f + (g + h);
  }

  /** {@link #level} and {@link #product} are Σ u and Σ u · (x − near) of a channel. */
  private void products(float[] u, float[] x, float near, int from) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i < from + pixels - 3; i += 4) {
      a += u[i];
      b += u[i + 1];
      c += u[i + 2];
      d += u[i + 3];
      e += u[i] * (double) (x[i] - near);
      f += u[i + 1] * (double) (x[i + 1] - near);
      g += u[i + 2] * (double) (x[i + 2] - near);
      h += u[i + 3] * (double) (x[i + 3] - near);
    }
    for (; i < from + pixels; i++) {
      a += u[i];
      e += u[i] * (double) (x[i] - near);
    }
    level = a + b + (c + d);
    product = e + f + (g + h);
  }
}
