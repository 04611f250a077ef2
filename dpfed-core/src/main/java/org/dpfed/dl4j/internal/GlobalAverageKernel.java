package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The mean of each channel over the pixels: from images to rows. */
final class GlobalAverageKernel implements LayerKernel {
  private BatchShape images = BatchShape.rows(0, 0);

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    images = inputs.get(0);
    return BatchShape.rows(images.examples(), images.channels());
  }

  @Override
  public void forward(float[][] inputs, float[] means) {
    int examples = images.examples();
    int channels = images.channels();
    float[] pixels = inputs[0];
    double[] sums = new double[examples];
    int i = 0;
    for (int channel = 0; channel < channels; channel++) {
      Arrays.fill(sums, 0);
      for (int pixel = 0; pixel < images.pixels(); pixel++) {
        for (int example = 0; example < examples; example++) {
          sums[example] += pixels[i++];
        }
      }
      for (int example = 0; example < examples; example++) {
        means[example * channels + channel] = (float) (sums[example] / images.pixels());
      }
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] means, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target == null) {
      return;
    }
    int examples = images.examples();
    int channels = images.channels();
    int run = images.pixels() * examples;
    for (int channel = 0; channel < channels; channel++) {
      int first = channel * run;
      for (int example = 0; example < examples; example++) {
        target[first + example] = gradient[example * channels + channel] / images.pixels();
      }
      for (int pixel = 1; pixel < images.pixels(); pixel++) {
        System.arraycopy(target, first, target, first + pixel * examples, examples);
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }
}
