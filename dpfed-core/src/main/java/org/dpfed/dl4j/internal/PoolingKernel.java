package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * The maximum, mean or p-norm of what lies under each window over images. Windows may reach beyond
 * an image and have gaps; {@link MaxPoolingKernel} is faster where they do not.
 */
final class PoolingKernel implements LayerKernel {
  private final WindowAxis down;
  private final WindowAxis across;
  private final PoolingType type;
  private final int norm;
  private final boolean countsPadding;
  private BatchShape images = BatchShape.rows(0, 0);
  private BatchShape pooled = BatchShape.rows(0, 0);

  /** 1 ÷ how many values each window has, of one channel. */
  private float[] shares = {};

  private float[] raised = {};

  // One run of windows, and of what lies under them.
  private float[] run = {};
  private float[] highest = {};
  private float[] left = {};
  private float[] target = {};

  /**
   * @param norm p of the p-norm
   * @param countsPadding whether means are over the whole window, with 0 beyond the image
   */
  PoolingKernel(
      WindowAxis down, WindowAxis across, PoolingType type, int norm, boolean countsPadding) {
    this.down = down;
    this.across = across;
    this.type = type;
    this.norm = norm;
    this.countsPadding = countsPadding;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    images = inputs.get(0);
    pooled =
        new BatchShape(
            images.examples(),
            images.channels(),
            down.windows(images.height()),
            across.windows(images.width()));
    int longest = pooled.width() * images.examples();
    run = Floats.ofLength(run, longest);
    highest = Floats.ofLength(highest, longest);
    left = Floats.ofLength(left, longest);
    target = Floats.ofLength(target, longest);
    shares = new float[pooled.pixels()];
    BatchShape one = new BatchShape(1, 1, images.height(), images.width());
    forEachRun(one, pooled.width(), (image, window, length) -> count(window, length));
    for (int i = 0; i < shares.length; i++) {
      shares[i] = 1 / (countsPadding ? (float) down.kernel() * across.kernel() : shares[i]);
    }
    return pooled;
  }

  private void count(int first, int length) {
    for (int i = first; i < first + length; i++) {
      shares[i]++;
    }
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    float[] values = inputs[0];
    int length = pooled.length();
    if (type == PoolingType.MAX) {
      Arrays.fill(output, 0, length, Float.NEGATIVE_INFINITY);
      forEachRun((image, window, n) -> raise(values, image, output, window, n));
      return;
    }
    Arrays.fill(output, 0, length, 0);
    float[] summands = type == PoolingType.PNORM ? powers(values) : values;
    forEachRun((image, window, n) -> add(summands, image, output, window, n));
    if (type == PoolingType.AVG) {
      multiplyByShares(output);
    } else {
      for (int i = 0; i < length; i++) {
        output[i] = (float) Math.pow(output[i], 1.0 / norm);
      }
    }
  }

  private float[] powers(float[] values) {
    raised = Floats.ofLength(raised, images.length());
    for (int i = 0; i < images.length(); i++) {
      raised[i] = (float) Math.pow(Math.abs(values[i]), norm);
    }
    return raised;
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] sums = inputGradients[0];
    if (sums == null) {
      return;
    }
    Arrays.fill(sums, 0, images.length(), 0);
    float[] values = inputs[0];
    if (type == PoolingType.MAX) {
      forEachRun((image, window, n) -> route(values, sums, image, output, gradient, window, n));
      return;
    }
    if (type == PoolingType.AVG) {
      multiplyByShares(gradient);
    } else {
      for (int i = 0; i < pooled.length(); i++) {
        gradient[i] *= output[i] == 0 ? 0 : (float) Math.pow(output[i], 1.0 - norm);
      }
    }
    forEachRun((image, window, n) -> add(gradient, window, sums, image, n));
    if (type == PoolingType.PNORM) {
      for (int i = 0; i < images.length(); i++) {
        sums[i] *= (float) (values[i] * Math.pow(Math.abs(values[i]), norm - 2.0));
      }
    }
  }

  private void raise(float[] values, int image, float[] maxima, int window, int length) {
    System.arraycopy(values, image, run, 0, length);
    System.arraycopy(maxima, window, highest, 0, length);
    PoolingGeometry.raise(highest, run, length);
    System.arraycopy(highest, 0, maxima, window, length);
  }

  private void route(
      float[] values,
      float[] sums,
      int image,
      float[] maxima,
      float[] gradient,
      int window,
      int length) {
    System.arraycopy(values, image, run, 0, length);
    System.arraycopy(maxima, window, highest, 0, length);
    System.arraycopy(gradient, window, left, 0, length);
    System.arraycopy(sums, image, target, 0, length);
    PoolingGeometry.route(run, highest, left, target, length);
    System.arraycopy(left, 0, gradient, window, length);
    System.arraycopy(target, 0, sums, image, length);
  }

  private void multiplyByShares(float[] values) {
    int examples = pooled.examples();
    for (int pixel = 0; pixel < pooled.channels() * pooled.pixels(); pixel++) {
      float share = shares[pixel % pooled.pixels()];
      for (int i = pixel * examples; i < (pixel + 1) * examples; i++) {
        values[i] *= share;
      }
    }
  }

  private static void add(float[] summands, int from, float[] sums, int to, int length) {
    for (int i = 0; i < length; i++) {
      sums[to + i] += summands[from + i];
    }
  }

  private interface Run {
    void at(int image, int window, int length);
  }

  private void forEachRun(Run visitor) {
    forEachRun(images, pooled.width(), visitor);
  }

  /** Visits every run of values under windows, and the run of windows that they are under. */
  private void forEachRun(BatchShape over, int columns, Run visitor) {
    int rows = down.windows(over.height());
    int top = down.before(over.height());
    for (int row = 0; row < over.channels() * rows; row++) {
      for (int place = 0; place < down.kernel(); place++) {
        int y = row % rows * down.stride() - top + place * down.dilation();
        if (y >= 0 && y < over.height()) {
          int line = row / rows * over.height() + y;
          forEachRunOfRow(over, line, row * columns, columns, visitor);
        }
      }
    }
  }

  private void forEachRunOfRow(
      BatchShape over, int line, int firstWindow, int columns, Run visitor) {
    int left = across.before(over.width());
    int examples = over.examples();
    for (int place = 0; place < across.kernel(); place++) {
      int x = place * across.dilation() - left;
      int first = x >= 0 ? 0 : (-x + across.stride() - 1) / across.stride();
      int last = Math.min(columns - 1, Math.floorDiv(over.width() - 1 - x, across.stride()));
      int each = across.stride() == 1 ? last - first + 1 : 1;
      for (int column = first; column <= last; column += each) {
        visitor.at(
            (line * over.width() + x + column * across.stride()) * examples,
            (firstWindow + column) * examples,
            each * examples);
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return type != PoolingType.AVG;
  }

  @Override
  public boolean usesOutput() {
    return type != PoolingType.AVG;
  }
}
