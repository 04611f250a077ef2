package org.dpfed.dl4j.internal;

import static org.dpfed.dl4j.internal.VectorProducts.steps;
import static org.dpfed.dl4j.internal.VectorProducts.vectors;
import static org.dpfed.dl4j.internal.VectorTileTransforms.LANES;
import static org.dpfed.dl4j.internal.VectorTileTransforms.LINE;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.dpfed.dl4j.internal.VectorProducts.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * {@link DirectConvolution} with the Vector API. Images are copied into planes with zeros around
 * them; a row of a plane is s lines for stride s, one of the columns 0, s, 2s … and one of 1, s + 1
 * …, so that what lies at one place under neighbouring windows is adjacent. An output row is the
 * product of the weights and of one piece of a line for each weight.
 *
 * <p>The gradient at the output is copied with zeros around it too. Every s-th column of a row of
 * the gradient at the input is the product of the weights that meet these columns and of pieces of
 * that copy.
 */
public final class VectorDirectConvolution implements DirectConvolution {
  /** Channels that the products take at once. */
  private static final int LEAST_CHANNELS = 4;

  /** Places under a window from which on a patch is so long that BLAS pays. */
  private static final int MOST_PLACES = 9;

  private @Nullable Layout layout;

  /** New for each shape, so that what no pixel is copied to is 0. */
  private float[] planes = {};

  /** New for each shape. */
  private float[] gradients = {};

  private float[] turned = {};
  private float[] lines = {};

  /** For {@link java.util.ServiceLoader}. */
  public VectorDirectConvolution() {
    if (LANES != 8 && LANES != 16) {
      throw new UnsupportedOperationException("vectors have %d floats".formatted(LANES));
    }
  }

  /**
   * Where everything lies for images of one shape.
   *
   * @param line floats of a line of a plane, with room for a vector behind the pixels
   * @param plane floats of a channel's plane
   * @param starts in the planes, of what the weights of a channel of the output are multiplied by
   *     for its first row
   * @param top rows of zeros above the gradients
   * @param left floats of zeros before each row of them
   * @param row floats of a row of them, with room for a vector behind
   * @param gradientPlane floats of a channel of them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Layout(
      PatchGeometry shape,
      int channels,
      int line,
      int plane,
      int[] starts,
      int top,
      int left,
      int row,
      int gradientPlane) {

    static Layout of(PatchGeometry shape, int channels) {
      int n = shape.examples();
      int line = columns(shape) * n + LINE;
      int rowStep = shape.strideWidth() * line;
      int rows = (shape.outHeight() - 1) * shape.strideHeight() + reach(shape) + 1;
      int[] starts = new int[shape.rows()];
      for (int i = 0; i < starts.length; i++) {
        int place = i % shape.places();
        int x = shape.columnOf(place);
        starts[i] =
            (i / shape.places() * rows + shape.rowOf(place)) * rowStep
                + x % shape.strideWidth() * line
                + x / shape.strideWidth() * n;
      }
      int above = reach(shape) / shape.strideHeight();
      int before = (shape.kernelWidth() - 1) * shape.dilationWidth() / shape.strideWidth();
      int lastRow = (shape.padTop() + shape.height() - 1) / shape.strideHeight();
      int lastColumn = (shape.padLeft() + shape.width() - 1) / shape.strideWidth();
      int row = (before + Math.max(shape.outWidth(), lastColumn + 1)) * n + LINE;
      return new Layout(
          shape,
          channels,
          line,
          rows * rowStep,
          starts,
          above,
          before * n,
          row,
          (above + Math.max(shape.outHeight(), lastRow + 1)) * row);
    }

    /** Rows from the first to the last under a window. */
    private static int reach(PatchGeometry shape) {
      return (shape.kernelHeight() - 1) * shape.dilationHeight();
    }

    /** Columns of a line that windows meet. */
    private static int columns(PatchGeometry shape) {
      return shape.outWidth()
          + (shape.kernelWidth() - 1) * shape.dilationWidth() / shape.strideWidth();
    }

    int rowStep() {
      return shape.strideWidth() * line;
    }

    /** Floats from what one output row is made of to the next. */
    int outStep() {
      return shape.strideHeight() * rowStep();
    }

    int rows() {
      return plane / rowStep();
    }

    /** Columns of the input that windows meet. */
    int width() {
      return Math.min(shape.width(), shape.strideWidth() * columns(shape) - shape.padLeft());
    }

    /** The first gradient. */
    int first() {
      return top * row + left;
    }
  }

  @Override
  public boolean prepare(PatchGeometry shape, int channels) {
    int columns = Math.min(shape.outWidth(), shape.width() / shape.strideWidth());
    if (shape.places() > MOST_PLACES
        || shape.channels() < LEAST_CHANNELS
        || Math.min(channels, columns * shape.examples()) < LANES) {
      return false;
    }
    Layout made = Layout.of(shape, channels);
    layout = made;
    planes = new float[0];
    gradients = new float[0];
    return made.width() > 0;
  }

  private Layout layout() {
    return Objects.requireNonNull(layout);
  }

  @Override
  public void forward(float[] input, float[] weights, float[] output) {
    Layout layout = layout();
    PatchGeometry shape = layout.shape();
    planes = Floats.ofLength(planes, shape.channels() * layout.plane());
    fillPlanes(input);
    VectorProducts.multiply(
        new Matrix(weights, 0, steps(layout.channels(), shape.rows()), steps(shape.rows(), 1)),
        new Matrix(
            planes, 0, layout.starts(), vectors(shape.outHeight(), layout.outStep(), shape.run())),
        new Matrix(
            output,
            0,
            steps(layout.channels(), shape.columns()),
            vectors(shape.outHeight(), shape.run(), shape.run())));
  }

  /** Copies the images, and clears what was overwritten behind the pixels of a line. */
  private void fillPlanes(float[] input) {
    Layout layout = layout();
    PatchGeometry shape = layout.shape();
    int n = shape.examples();
    int stride = shape.strideWidth();
    int first = shape.padTop();
    int end = Math.min(layout.rows(), first + shape.height());
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int y = first; y < end; y++) {
        int to = channel * layout.plane() + y * layout.rowStep();
        int from = (channel * shape.height() + y - first) * shape.width() * n;
        VectorTileTransforms.split(
            input, from, layout.width(), shape.padLeft(), n, stride, planes, to, layout.line());
        for (int x = 0; x < stride; x++) {
          int pixels = (shape.padLeft() + layout.width() - x + stride - 1) / stride;
          to += layout.line();
          Arrays.fill(planes, to - layout.line() + pixels * n, to, 0);
        }
      }
    }
  }

  @Override
  public void backward(
      float[] gradient, float[] weights, float[] weightGradient, float @Nullable [] inputGradient) {
    multiplyByPlanes(gradient, weightGradient);
    if (inputGradient != null) {
      fillGradients(gradient);
      goBack(weights, inputGradient);
    }
  }

  /** The product of the planes and the gradient, of which the channels are innermost for that. */
  private void multiplyByPlanes(float[] gradient, float[] weightGradient) {
    Layout layout = layout();
    PatchGeometry shape = layout.shape();
    int channels = layout.channels();
    int columns = shape.columns();
    turned = Floats.ofLength(turned, channels * columns);
    lines = Floats.ofLength(lines, channels * shape.rows());
    Floats.transpose(gradient, channels, columns, turned);
    int[] pixels = new int[columns];
    for (int i = 0; i < columns; i++) {
      pixels[i] = i / shape.run() * layout.outStep() + i % shape.run();
    }
    int[] vectors = vectors(1, 0, channels);
    VectorProducts.multiply(
        new Matrix(planes, 0, layout.starts(), pixels),
        new Matrix(turned, 0, steps(columns, channels), vectors),
        new Matrix(lines, 0, steps(shape.rows(), channels), vectors));
    Floats.transpose(lines, shape.rows(), channels, weightGradient);
  }

  private void fillGradients(float[] gradient) {
    Layout layout = layout();
    int rows = layout.shape().outHeight();
    int run = layout.shape().run();
    gradients = Floats.ofLength(gradients, layout.channels() * layout.gradientPlane());
    for (int i = 0; i < layout.channels() * rows; i++) {
      int to = i / rows * layout.gradientPlane() + layout.first() + i % rows * layout.row();
      System.arraycopy(gradient, i * run, gradients, to, run);
    }
  }

  /**
   * The weights that meet every s-th row and column of the input.
   *
   * @param weights {@code [c, out · places]}
   * @param starts of the gradients that they are multiplied by, for row 0 of them
   * @param width floats of the product
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Phase(Matrix weights, int[] starts, int width) {}

  private void goBack(float[] weights, float[] inputGradient) {
    Layout layout = layout();
    PatchGeometry shape = layout.shape();
    int stride = shape.strideWidth();
    int floats = shape.width() * shape.examples();
    int rows = (shape.height() + shape.strideHeight() - 1) / shape.strideHeight();
    int line = (shape.width() + stride - 1) / stride * shape.examples();
    int step = rows * line + LINE;
    lines = Floats.ofLength(lines, shape.channels() * stride * step);
    turned = Floats.ofLength(turned, weights.length);
    for (int first = 0; first < shape.strideHeight(); first++) {
      int phaseRows = (shape.height() - first + shape.strideHeight() - 1) / shape.strideHeight();
      int above = (first + shape.padTop()) / shape.strideHeight() * layout.row();
      for (int x = 0; x < stride; x++) {
        Phase phase = phase(weights, first, x);
        int[] columns = vectors(phaseRows, layout.row(), phase.width());
        VectorProducts.multiply(
            phase.weights(),
            new Matrix(gradients, layout.first() + above, phase.starts(), columns),
            stride == 1
                ? new Matrix(
                    inputGradient,
                    first * floats,
                    steps(shape.channels(), shape.height() * floats),
                    vectors(phaseRows, shape.strideHeight() * floats, floats))
                : new Matrix(
                    lines,
                    x * step,
                    steps(shape.channels(), stride * step),
                    vectors(phaseRows, line, phase.width())));
      }
      for (int i = 0; stride > 1 && i < shape.channels(); i++) {
        for (int row = 0; row < phaseRows; row++) {
          VectorTileTransforms.join(
              lines,
              i * stride * step + row * line,
              step,
              shape.examples(),
              stride,
              inputGradient,
              (i * shape.height() + first + row * shape.strideHeight()) * floats,
              shape.width());
        }
      }
    }
  }

  /** That of the rows y, y + s … and columns x, x + s …. */
  private Phase phase(float[] weights, int y, int x) {
    Layout layout = layout();
    PatchGeometry shape = layout.shape();
    int n = shape.examples();
    int down = (y + shape.padTop()) % shape.strideHeight();
    int across = (x + shape.padLeft()) % shape.strideWidth();
    int[] places =
        IntStream.range(0, shape.places())
            .filter(place -> shape.rowOf(place) % shape.strideHeight() == down)
            .filter(place -> shape.columnOf(place) % shape.strideWidth() == across)
            .toArray();
    int[] starts = new int[layout.channels() * places.length];
    for (int i = 0; i < starts.length; i++) {
      int channel = i / places.length;
      int place = places[i % places.length];
      int before =
          (x + shape.padLeft()) / shape.strideWidth() - shape.columnOf(place) / shape.strideWidth();
      starts[i] =
          channel * layout.gradientPlane()
              - shape.rowOf(place) / shape.strideHeight() * layout.row()
              + before * n;
    }
    int to = 0;
    for (int k = 0; k < shape.channels(); k++) {
      for (int channel = 0; channel < layout.channels(); channel++) {
        int from = (channel * shape.channels() + k) * shape.places();
        for (int place : places) {
          turned[to++] = weights[from + place];
        }
      }
    }
    int columns = (shape.width() - x + shape.strideWidth() - 1) / shape.strideWidth();
    return new Phase(
        new Matrix(turned, 0, steps(shape.channels(), starts.length), steps(starts.length, 1)),
        starts,
        columns * n);
  }
}
