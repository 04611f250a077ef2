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
      double mean = sum(x, g * run, run) / run;
      float near = (float) mean;
      double off = mean - near;
      double variance = products(x, near, x, near, g * run, run) / run - off * off;
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

  private void normalise(float[] x, int from, float mean, float factor, float shift, float[] y) {
    for (int i = from; i < from + pixels; i++) {
      y[i] = (x[i] - mean) * factor + shift;
    }
    if (relu) {
      for (int i = from; i < from + pixels; i++) {
        y[i] = Math.max(0, y[i]);
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
      double level = 0;
      for (int k = 0; k < inGroup; k++) {
        int channel = g % groups * inGroup + k;
        int from = g * run + k * pixels;
        if (relu) {
          cut(gradient, y, from);
        }
        double sum = sum(gradient, from, pixels);
        double product = products(gradient, 0, x, near, from, pixels) - sum * off;
        gammaSums[channel] += product * scale;
        betaSums[channel] += sum;
        along += gamma[channel] * product;
        level += gamma[channel] * sum;
      }
      double slope = -along * scale * scale * scale / run;
      float constant = (float) (-level * scale / run - off * slope);
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
      float mean,
      float slope,
      float constant) {
    for (int i = from; i < from + pixels; i++) {
      gradient[i] = gradient[i] * factor + (x[i] - mean) * slope + constant;
    }
  }

  /** ReLU lets no gradient through where its output is 0. */
  private void cut(float[] gradient, float[] y, int from) {
    for (int i = from; i < from + pixels; i++) {
      gradient[i] = y[i] > 0 ? gradient[i] : 0;
    }
  }

  // Four sums at a time, since each addition waits for the one before it.

  private static double sum(float[] x, int from, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i < from + length - 3; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < from + length; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  /** Σ (u − uMean) · (v − vMean). */
  private static double products(
      float[] u, float uMean, float[] v, float vMean, int from, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i < from + length - 3; i += 4) {
      a += (double) (u[i] - uMean) * (v[i] - vMean);
      b += (double) (u[i + 1] - uMean) * (v[i + 1] - vMean);
      c += (double) (u[i + 2] - uMean) * (v[i + 2] - vMean);
      d += (double) (u[i + 3] - uMean) * (v[i + 3] - vMean);
    }
    for (; i < from + length; i++) {
      a += (double) (u[i] - uMean) * (v[i] - vMean);
    }
    return a + b + (c + d);
  }
}
