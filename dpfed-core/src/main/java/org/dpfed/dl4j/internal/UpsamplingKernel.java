package org.dpfed.dl4j.internal;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Repeats each pixel of images in a rectangle of them. */
final class UpsamplingKernel implements LayerKernel {
  private final int down;
  private final int across;
  private BatchShape images = BatchShape.rows(0, 0);
  private float[] row = {};

  UpsamplingKernel(Upsampling2D conf) {
    this.down = conf.getSize()[0];
    this.across = conf.getSize()[1];
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    images = inputs.get(0);
    row = Floats.ofLength(row, images.width() * across * images.examples());
    return new BatchShape(
        images.examples(), images.channels(), images.height() * down, images.width() * across);
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    int examples = images.examples();
    int length = images.width() * across * examples;
    int from = 0;
    int to = 0;
    for (int y = 0; y < images.channels() * images.height(); y++) {
      for (int x = 0; x < images.width() * across; x += across) {
        for (int copy = 0; copy < across; copy++) {
          System.arraycopy(inputs[0], from, output, to + (x + copy) * examples, examples);
        }
        from += examples;
      }
      for (int copy = 1; copy < down; copy++) {
        System.arraycopy(output, to, output, to + copy * length, length);
      }
      to += down * length;
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target == null) {
      return;
    }
    int examples = images.examples();
    int length = images.width() * across * examples;
    int from = 0;
    int to = 0;
    for (int y = 0; y < images.channels() * images.height(); y++) {
      System.arraycopy(gradient, from, row, 0, length);
      for (int copy = 1; copy < down; copy++) {
        add(gradient, from + copy * length, row, length);
      }
      from += down * length;
      for (int x = 0; x < length; x += across * examples) {
        for (int example = x; example < x + examples; example++) {
          float sum = row[example];
          for (int copy = 1; copy < across; copy++) {
            sum += row[example + copy * examples];
          }
          target[to++] = sum;
        }
      }
    }
  }

  private static void add(float[] summands, int from, float[] sums, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] += summands[from + i];
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
