package org.dpfed.imaging.layers;

import java.util.Arrays;
import org.dpfed.dl4j.layers.IncubatorVectors;

/**
 * The arithmetic of group normalisation on images in Java arrays, {@code [n, c, h · w]} or {@code
 * [c, h · w, n]}. Sums are taken of the differences from a float near the mean, of up to 16 of them
 * in float and of these sums in {@code double}, in an order that depends on nothing but the shape.
 * Where a mean is large beside the deviations, the float nearest to it is subtracted from each
 * pixel, without error, and the rest of the mean afterwards.
 *
 * <p>{@link GroupPasses} go over the pixels. Arrays may be longer than their content.
 */
final class GroupNormKernel {
  /** Pixels of which the mean is taken that differences are measured from. */
  private static final int SAMPLED = 16;

  private final int channels;
  private final int groups;
  private final double epsilon;
  private final boolean relu;
  private final GroupPasses passes;

  /** Examples one after another, each an image {@code [c, h · w, inner]}. */
  private int outer;

  /** Examples innermost. */
  private int inner;

  /** Floats of one channel of an image of all inner examples. */
  private int run;

  private int pixels;
  private int lanes;

  /** Mean and 1 ÷ standard deviation of each group of the last {@link #forward}. */
  private double[] means = {};

  private double[] scales = {};

  /** Results of {@link #addUp}, one for each inner example. */
  private double[] levels = {};

  private double[] powers = {};

  private double[] along = {};
  private double[] across = {};

  /** Sums for each lane. */
  private double[] first = {};

  private double[] second = {};
  private float[] near = {};
  private float[] factor = {};
  private float[] slope = {};
  private float[] constant = {};

  /**
   * @param groups a divisor of {@code channels}
   * @param epsilon added to the variance, positive
   * @param relu whether max(0, ·) follows
   */
  GroupNormKernel(int channels, int groups, double epsilon, boolean relu) {
    this(
        channels,
        groups,
        epsilon,
        relu,
        IncubatorVectors.find(GroupPasses.class).orElseGet(PlainGroupPasses::new));
  }

  /** With passes that no other kernel uses. */
  GroupNormKernel(int channels, int groups, double epsilon, boolean relu, GroupPasses passes) {
    this.channels = channels;
    this.groups = groups;
    this.epsilon = epsilon;
    this.relu = relu;
    this.passes = passes;
  }

  /**
   * Prepares for images of one size.
   *
   * @param n number of examples
   * @param channelPixels height · width
   * @param innermost whether arrays are {@code [c, h · w, n]}, and otherwise {@code [n, c, h · w]}
   */
  void prepare(int n, int channelPixels, boolean innermost) {
    outer = innermost ? 1 : n;
    inner = innermost ? n : 1;
    pixels = channelPixels;
    run = inner * pixels;
    lanes = passes.lanes(inner, run);
    means = new double[n * groups];
    scales = new double[n * groups];
    levels = new double[inner];
    powers = new double[inner];
    along = new double[inner];
    across = new double[inner];
    first = new double[lanes];
    second = new double[lanes];
    near = new float[lanes];
    factor = new float[lanes];
    slope = new float[lanes];
    constant = new float[lanes];
  }

  /**
   * Normalises.
   *
   * @param x unchanged
   * @param y overwritten
   */
  void forward(float[] x, float[] gamma, float[] beta, float[] y) {
    int inGroup = channels / groups;
    double count = (double) inGroup * pixels;
    for (int g = 0; g < outer * groups; g++) {
      int start = g * inGroup * run;
      moments(x, start, inGroup * run);
      for (int example = 0; example < inner; example++) {
        double level = levels[example] / count;
        double mean = near[example] + level;
        double variance = powers[example] / count - level * level;
        means[g * inner + example] = mean;
        scales[g * inner + example] = 1 / Math.sqrt(Math.max(0, variance) + epsilon);
      }
      for (int k = 0; k < inGroup; k++) {
        int channel = g % groups * inGroup + k;
        for (int example = 0; example < inner; example++) {
          int of = g * inner + example;
          double scale = gamma[channel] * scales[of];
          near[example] = (float) means[of];
          factor[example] = (float) scale;
          constant[example] = (float) (beta[channel] - (means[of] - near[example]) * scale);
        }
        repeat(near);
        repeat(factor);
        repeat(constant);
        passes.normalise(x, start + k * run, run, near, factor, constant, relu, y);
      }
    }
  }

  /**
   * Goes back over the last {@link #forward}.
   *
   * @param x of that, unchanged
   * @param y of that, unchanged
   * @param gradient at {@code y}; changed
   * @param inputGradient overwritten by that at {@code x}; may be {@code gradient}
   * @param gammaGradient overwritten, summed over the examples
   * @param betaGradient overwritten, summed over the examples
   */
  void backward(
      float[] x,
      float[] y,
      float[] gamma,
      float[] gradient,
      float[] inputGradient,
      float[] gammaGradient,
      float[] betaGradient) {
    double[] gammaSums = new double[channels];
    double[] betaSums = new double[channels];
    int inGroup = channels / groups;
    double count = (double) inGroup * pixels;
    for (int g = 0; g < outer * groups; g++) {
      int start = g * inGroup * run;
      Arrays.fill(along, 0);
      Arrays.fill(across, 0);
      for (int example = 0; example < inner; example++) {
        near[example] = (float) means[g * inner + example];
      }
      repeat(near);
      for (int k = 0; k < inGroup; k++) {
        int channel = g % groups * inGroup + k;
        clearSums();
        // Sums of u and of u · (x − near), where u is the gradient that ReLU lets through.
        passes.addProducts(gradient, x, y, start + k * run, run, relu, near, first, second);
        addUp();
        for (int example = 0; example < inner; example++) {
          int of = g * inner + example;
          double product = powers[example] - levels[example] * (means[of] - near[example]);
          gammaSums[channel] += product * scales[of];
          betaSums[channel] += levels[example];
          along[example] += gamma[channel] * product;
          across[example] += gamma[channel] * levels[example];
        }
      }
      for (int example = 0; example < inner; example++) {
        double scale = scales[g * inner + example];
        double off = means[g * inner + example] - near[example];
        double bend = -along[example] * scale * scale * scale / count;
        slope[example] = (float) bend;
        constant[example] = (float) (-across[example] * scale / count - off * bend);
      }
      repeat(slope);
      repeat(constant);
      for (int k = 0; k < inGroup; k++) {
        float weight = gamma[g % groups * inGroup + k];
        for (int example = 0; example < inner; example++) {
          factor[example] = (float) (weight * scales[g * inner + example]);
        }
        repeat(factor);
        passes.combine(
            gradient, x, start + k * run, run, factor, near, slope, constant, inputGradient);
      }
    }
    for (int channel = 0; channel < channels; channel++) {
      gammaGradient[channel] = (float) gammaSums[channel];
      betaGradient[channel] = (float) betaSums[channel];
    }
  }

  /**
   * Sets {@link #near} to about the mean of each example, and {@link #levels} and {@link #powers}
   * to Σ and Σ² of the differences from that.
   */
  private void moments(float[] x, int start, int length) {
    int steps = length / inner;
    for (int lane = 0; lane < inner; lane++) {
      double sum = 0;
      for (int i = 0; i < SAMPLED; i++) {
        sum += x[start + (int) ((long) steps * i / SAMPLED) * inner + lane];
      }
      near[lane] = (float) (sum / SAMPLED);
    }
    repeat(near);
    clearSums();
    passes.addMoments(x, start, length, near, first, second);
    addUp();
  }

  private void clearSums() {
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
  }

  /** Sets {@link #levels} and {@link #powers} to the sums of each example's lanes. */
  private void addUp() {
    Arrays.fill(levels, 0);
    Arrays.fill(powers, 0);
    for (int lane = 0; lane < lanes; lane += inner) {
      for (int example = 0; example < inner; example++) {
        levels[example] += first[lane + example];
        powers[example] += second[lane + example];
      }
    }
  }

  /** Fills all lanes with what those of the first pixel have. */
  private void repeat(float[] values) {
    for (int filled = inner; filled < lanes; filled *= 2) {
      System.arraycopy(values, 0, values, filled, Math.min(filled, lanes - filled));
    }
  }
}
