package org.dpfed.accounting.strategy;

import java.util.ArrayList;
import java.util.List;

/**
 * The logarithm of squared sensitivity times squared error of a buffered linear strategy, as a
 * function of the logits of its decays, then of the logarithms of its scales over what they leave
 * of 1: decays are in (0, 1) and scales positive and together below 1 at every point. Takes
 * O(rounds · buffers).
 *
 * <p>The noise's weights b solve C·b = workload: b_t = w_t − Σ_j ω_j u_j, where each buffer follows
 * u_j ← θ_j u_j + b_t. The same recursion backwards solves the adjoint, and a third pass gathers
 * the gradient.
 */
record BufferedLoss(RunShape run, int buffers) implements DifferentiableLoss {
  /** Beyond it a logit's decay would round to 1. */
  private static final double LARGEST_LOGIT = 36;

  @Override
  public double at(double[] point, double[] gradient) {
    double[] decays = decays(point);
    double[] scales = scales(point);
    double[] byDecay = new double[buffers];
    double[] byScale = new double[buffers];
    double value = addSensitivity(decays, scales, byDecay, byScale);
    value += addError(decays, scales, byDecay, byScale);
    double along = 0;
    for (int j = 0; j < buffers; j++) {
      along += scales[j] * byScale[j];
    }
    for (int j = 0; j < buffers; j++) {
      double logit = bounded(point[j]);
      boolean isFree = logit == point[j];
      // 1 − θ without cancellation.
      gradient[j] = isFree ? byDecay[j] * decays[j] / (1 + Math.exp(logit)) : 0;
      gradient[buffers + j] = scales[j] * (byScale[j] - along);
    }
    return value;
  }

  private double addSensitivity(
      double[] decays, double[] scales, double[] byDecay, double[] byScale) {
    double[] buffer = new double[buffers];
    double[] slope = new double[buffers];
    double[] sumByDecay = new double[buffers];
    double[] sumByScale = new double[buffers];
    double squared = 0;
    for (int row = 0; row < run.rounds(); row++) {
      double joins = run.isJoined(row) ? 1 : 0;
      double moved = joins;
      for (int j = 0; j < buffers; j++) {
        moved += scales[j] * buffer[j];
      }
      squared += moved * moved;
      for (int j = 0; j < buffers; j++) {
        sumByScale[j] += moved * buffer[j];
        sumByDecay[j] += moved * slope[j];
        slope[j] = decays[j] * slope[j] + buffer[j];
        buffer[j] = decays[j] * buffer[j] + joins;
      }
    }
    for (int j = 0; j < buffers; j++) {
      byScale[j] += 2 * sumByScale[j] / squared;
      byDecay[j] += 2 * scales[j] * sumByDecay[j] / squared;
    }
    return Math.log(squared);
  }

  private double addError(double[] decays, double[] scales, double[] byDecay, double[] byScale) {
    double[] noise = noiseWeights(run.workload(), decays, scales);
    double error = run.error(noise);
    double[] adjoint = adjoint(noise, decays, scales);
    double[] buffer = new double[buffers];
    double[] slope = new double[buffers];
    double[] sumByDecay = new double[buffers];
    double[] sumByScale = new double[buffers];
    for (int t = 0; t < noise.length; t++) {
      for (int j = 0; j < buffers; j++) {
        sumByScale[j] += adjoint[t] * buffer[j];
        sumByDecay[j] += adjoint[t] * slope[j];
        slope[j] = decays[j] * slope[j] + buffer[j];
        buffer[j] = decays[j] * buffer[j] + noise[t];
      }
    }
    for (int j = 0; j < buffers; j++) {
      byScale[j] -= sumByScale[j] / error;
      byDecay[j] -= scales[j] * sumByDecay[j] / error;
    }
    return Math.log(error);
  }

  /** The weights of the uncorrelated noise so many rounds ago in the workload. */
  static double[] noiseWeights(double[] workload, double[] decays, double[] scales) {
    double[] noise = new double[workload.length];
    double[] buffer = new double[decays.length];
    for (int t = 0; t < noise.length; t++) {
      double weight = workload[t];
      for (int j = 0; j < buffer.length; j++) {
        weight -= scales[j] * buffer[j];
      }
      noise[t] = weight;
      for (int j = 0; j < buffer.length; j++) {
        buffer[j] = decays[j] * buffer[j] + weight;
      }
    }
    return noise;
  }

  private double[] adjoint(double[] noise, double[] decays, double[] scales) {
    double[] adjoint = new double[noise.length];
    double[] buffer = new double[buffers];
    for (int t = noise.length - 1; t >= 0; t--) {
      double sum = 2 * run.weights()[t] * noise[t];
      for (int j = 0; j < buffers; j++) {
        sum -= scales[j] * buffer[j];
      }
      adjoint[t] = sum;
      for (int j = 0; j < buffers; j++) {
        buffer[j] = decays[j] * buffer[j] + sum;
      }
    }
    return adjoint;
  }

  private static double bounded(double logit) {
    return Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, logit));
  }

  private double[] decays(double[] point) {
    double[] decays = new double[buffers];
    for (int j = 0; j < buffers; j++) {
      decays[j] = 1 / (1 + Math.exp(-bounded(point[j])));
    }
    return decays;
  }

  private double[] scales(double[] point) {
    // Divided by the largest, so that no exponential overflows.
    double largest = 0;
    for (int j = 0; j < buffers; j++) {
      largest = Math.max(largest, point[buffers + j]);
    }
    double sum = Math.exp(-largest);
    double[] scales = new double[buffers];
    for (int j = 0; j < buffers; j++) {
      scales[j] = Math.exp(point[buffers + j] - largest);
      sum += scales[j];
    }
    for (int j = 0; j < buffers; j++) {
      scales[j] /= sum;
    }
    return scales;
  }

  /** The strategy at a point, slowest buffer first. */
  BufferedLinearStrategy strategy(double[] point) {
    double[] decays = decays(point);
    double[] scales = scales(point);
    List<Integer> order = new ArrayList<>();
    double sum = 0;
    for (int j = 0; j < buffers; j++) {
      order.add(j);
      sum += scales[j];
    }
    order.sort((a, b) -> Double.compare(decays[b], decays[a]));
    // Rounding may take the sum of scales above 1.
    double norm = sum > 1 ? sum * (1 + 1e-15 * buffers) : 1;
    return new BufferedLinearStrategy(
        order.stream().map(j -> scales[j] / norm).toList(),
        order.stream().map(j -> decays[j]).toList());
  }

  /** The point of a strategy whose scales add up to less than 1. */
  static double[] point(double[] decays, double[] scales) {
    int buffers = decays.length;
    double left = 1;
    for (double scale : scales) {
      left -= scale;
    }
    double[] point = new double[2 * buffers];
    for (int j = 0; j < buffers; j++) {
      point[j] = Math.log(decays[j] / (1 - decays[j]));
      point[buffers + j] = Math.log(scales[j] / left);
    }
    return point;
  }
}
