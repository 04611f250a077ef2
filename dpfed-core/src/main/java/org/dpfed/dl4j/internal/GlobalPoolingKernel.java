package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * The mean, sum, maximum or p-norm of each channel over the pixels of an image, or of each feature
 * over the steps of a series: from images or series to rows.
 */
final class GlobalPoolingKernel implements LayerKernel {
  private final PoolingType type;
  private final int norm;
  private BatchShape images = BatchShape.rows(0, 0);

  /**
   * @param norm p of the p-norm
   */
  GlobalPoolingKernel(PoolingType type, int norm) {
    this.type = type;
    this.norm = norm;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    images = inputs.get(0);
    return BatchShape.rows(images.examples(), images.channels());
  }

  @Override
  public void forward(float[][] inputs, float[] pooled) {
    int examples = images.examples();
    int channels = images.channels();
    double[] totals = new double[examples];
    int first = 0;
    for (int channel = 0; channel < channels; channel++) {
      Arrays.fill(totals, type == PoolingType.MAX ? Double.NEGATIVE_INFINITY : 0);
      for (int pixel = 0; pixel < images.pixels(); pixel++) {
        include(inputs[0], first, totals);
        first += examples;
      }
      for (int example = 0; example < examples; example++) {
        pooled[example * channels + channel] = (float) result(totals[example]);
      }
    }
  }

  private void include(float[] pixels, int first, double[] totals) {
    for (int example = 0; example < totals.length; example++) {
      float value = pixels[first + example];
      totals[example] =
          switch (type) {
            case MAX -> Math.max(totals[example], value);
            case PNORM -> totals[example] + Math.pow(Math.abs(value), norm);
            default -> totals[example] + value;
          };
    }
  }

  private double result(double total) {
    return switch (type) {
      case AVG -> total / images.pixels();
      case PNORM -> Math.pow(total, 1.0 / norm);
      default -> total;
    };
  }

  @Override
  public void backward(
      float[][] inputs, float[] pooled, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target == null) {
      return;
    }
    int examples = images.examples();
    int channels = images.channels();
    int run = images.pixels() * examples;
    for (int channel = 0; channel < channels; channel++) {
      for (int example = 0; example < examples; example++) {
        int row = example * channels + channel;
        int first = channel * run + example;
        if (type == PoolingType.MAX) {
          toFirstMaximum(inputs[0], first, pooled[row], gradient[row], target);
        } else if (type == PoolingType.PNORM) {
          throughNorm(inputs[0], first, pooled[row], gradient[row], target);
        } else {
          int shares = type == PoolingType.AVG ? images.pixels() : 1;
          target[first] = gradient[row] / shares;
        }
      }
      if (type == PoolingType.AVG || type == PoolingType.SUM) {
        for (int pixel = 1; pixel < images.pixels(); pixel++) {
          System.arraycopy(
              target, channel * run, target, channel * run + pixel * examples, examples);
        }
      }
    }
  }

  private void toFirstMaximum(
      float[] values, int first, float maximum, float gradient, float[] target) {
    float left = gradient;
    int i = first;
    for (int pixel = 0; pixel < images.pixels(); pixel++) {
      boolean isFirst = left != 0 && values[i] == maximum;
      target[i] = isFirst ? left : 0;
      left = isFirst ? 0 : left;
      i += images.examples();
    }
  }

  private void throughNorm(float[] values, int first, float total, float gradient, float[] target) {
    double share = total == 0 ? 0 : gradient / Math.pow(total, norm - 1.0);
    int i = first;
    for (int pixel = 0; pixel < images.pixels(); pixel++) {
      target[i] = (float) (share * values[i] * Math.pow(Math.abs(values[i]), norm - 2.0));
      i += images.examples();
    }
  }

  @Override
  public boolean usesInputs() {
    return type == PoolingType.MAX || type == PoolingType.PNORM;
  }

  @Override
  public boolean usesOutput() {
    return usesInputs();
  }
}
