package org.dpfed.dl4j.internal;

import static org.dpfed.dl4j.internal.VectorTileTransforms.LANES;
import static org.dpfed.dl4j.internal.VectorTileTransforms.LINE;
import static org.dpfed.dl4j.internal.VectorTileTransforms.whole;

import java.util.Arrays;
import org.dpfed.dl4j.internal.VectorProducts.Matrix;

/**
 * {@link TiledConvolution} with the Vector API. Some rows of tiles at a time are transformed for
 * all channels, multiplied by the weights, and transformed back, so that all stays in the cache.
 *
 * <p>Rows of {@link #in} and {@link #out} are of one place of a tile's 16 and one channel; their
 * columns are (tile row, tile column, example), then zeros up to whole vectors. Before that, pixels
 * in even and odd columns lie apart, so that each transform is arithmetic on long lines.
 */
public final class VectorTiledConvolution implements TiledConvolution {
  /** Columns from which products take longer than what is done once for each block. */
  private static final int LEAST_COLUMNS = 1024;

  /** Floats of {@link #in} and {@link #out} together, which stay in a second-level cache. */
  private static final int BLOCK_FLOATS = 1 << 17;

  /** Pairs of channels whose weights are transformed at a time. */
  private static final int PAIRS = 256;

  private final VectorProducts products = new VectorProducts();

  private float[] in = {};
  private float[] out = {};

  /** Rows of one channel, pixels of even and odd columns apart. */
  private float[] pixels = {};

  /** What is transformed in one direction. */
  private float[] lines = {};

  /** One place of {@link #in}, with the channels innermost. */
  private float[] turned = {};

  /** For {@link java.util.ServiceLoader}. */
  public VectorTiledConvolution() {
    if (LANES != 8 && LANES != 16) {
      throw new UnsupportedOperationException("vectors have %d floats".formatted(LANES));
    }
  }

  /** Tile rows from {@code first}, and the columns that they make. */
  private record Block(Shape shape, int first, int rows) {
    /** Columns of one tile row. */
    int run() {
      return shape.tileColumns() * shape.examples();
    }

    int columns() {
      return rows * run();
    }

    int width() {
      return whole(columns());
    }

    /** From one channel to the next; not a power of 2, for which few cache lines are there. */
    int stride() {
      return width() % 128 == 0 ? width() + LINE : width();
    }

    /** From one place of the tiles to the next. */
    int step(int channels) {
      return channels * stride() + LINE;
    }

    boolean isAll() {
      return rows == shape.tileRows();
    }
  }

  private static int rowsAtATime(Shape shape) {
    int run = shape.tileColumns() * shape.examples();
    int perRow = 16 * (shape.inChannels() + shape.outChannels()) * run;
    int least = (LEAST_COLUMNS + run - 1) / run;
    return Math.min(shape.tileRows(), Math.max(least, BLOCK_FLOATS / perRow));
  }

  @Override
  public void transform(int pairs, float[] weights, float[] transformed) {
    int row = PAIRS + LINE;
    lines = Floats.ofLength(lines, (9 + 12) * row);
    turned = Floats.ofLength(turned, 16 * row);
    for (int first = 0; first < pairs; first += PAIRS) {
      int count = Math.min(PAIRS, pairs - first);
      int from = 9 * first;
      for (int pair = 0; pair < count; pair++) {
        for (int i = 0; i < 9; i++) {
          lines[i * row + pair] = weights[from++];
        }
      }
      for (int x = 0; x < 3; x++) {
        VectorTileTransforms.weights(lines, x * row, 3 * row, lines, (9 + x) * row, 3 * row, count);
      }
      for (int y = 0; y < 4; y++) {
        VectorTileTransforms.weights(
            lines, (9 + 3 * y) * row, row, turned, 4 * y * row, row, count);
      }
      for (int place = 0; place < 16; place++) {
        System.arraycopy(turned, place * row, transformed, place * pairs + first, count);
      }
    }
  }

  @Override
  public void transformBack(int pairs, float[] transformed, float[] weights) {
    int row = PAIRS + LINE;
    lines = Floats.ofLength(lines, (9 + 12) * row);
    turned = Floats.ofLength(turned, 16 * row);
    for (int first = 0; first < pairs; first += PAIRS) {
      int count = Math.min(PAIRS, pairs - first);
      for (int place = 0; place < 16; place++) {
        System.arraycopy(transformed, place * pairs + first, turned, place * row, count);
      }
      for (int y = 0; y < 4; y++) {
        VectorTileTransforms.weightGradient(
            turned, 4 * y * row, row, lines, (9 + 3 * y) * row, row, count);
      }
      for (int x = 0; x < 3; x++) {
        VectorTileTransforms.weightGradient(
            lines, (9 + x) * row, 3 * row, lines, x * row, 3 * row, count);
      }
      int to = 9 * first;
      for (int pair = 0; pair < count; pair++) {
        for (int i = 0; i < 9; i++) {
          weights[to++] = lines[i * row + pair];
        }
      }
    }
  }

  @Override
  public void convolve(Shape shape, float[] input, float[] weights, float[] output) {
    convolve(shape, input, weights, false, output);
  }

  @Override
  public void convolveBack(Shape shape, float[] gradient, float[] weights, float[] inputGradient) {
    convolve(shape.back(), gradient, weights, true, inputGradient);
  }

  private void convolve(Shape shape, float[] input, float[] weights, boolean back, float[] output) {
    int size = shape.outChannels() * shape.inChannels();
    int[] byOut = VectorProducts.steps(shape.outChannels(), back ? 1 : shape.inChannels());
    int[] byIn = VectorProducts.steps(shape.inChannels(), back ? shape.outChannels() : 1);
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.tileRows(); first += rows) {
      Block block = new Block(shape, first, Math.min(rows, shape.tileRows() - first));
      transformInput(block, input);
      int inStep = block.step(shape.inChannels());
      int outStep = block.step(shape.outChannels());
      int[] inRows = VectorProducts.steps(shape.inChannels(), block.stride());
      int[] outRows = VectorProducts.steps(shape.outChannels(), block.stride());
      int[] columns = VectorProducts.vectors(1, 0, block.width());
      out = Floats.ofLength(out, 16 * outStep);
      for (int place = 0; place < 16; place++) {
        int from = (back ? turn(place) : place) * size;
        VectorProducts.multiply(
            new Matrix(weights, from, byOut, byIn),
            new Matrix(in, place * inStep, inRows, columns),
            new Matrix(out, place * outStep, outRows, columns));
      }
      transformOutput(block, output);
    }
  }

  /** The place that holds what this one would if the 3×3 weights were turned by half. */
  private static int turn(int place) {
    int y = place / 4;
    int x = place % 4;
    // Of G, the first and the last row change places.
    return 4 * (y % 3 == 0 ? 3 - y : y) + (x % 3 == 0 ? 3 - x : x);
  }

  @Override
  public void weightGradient(Shape shape, float[] input, float[] gradient, float[] weightGradient) {
    int size = shape.outChannels() * shape.inChannels();
    int rows = rowsAtATime(shape);
    Arrays.fill(weightGradient, 0, 16 * size, 0);
    for (int first = 0; first < shape.tileRows(); first += rows) {
      Block block = new Block(shape, first, Math.min(rows, shape.tileRows() - first));
      transformInput(block, input);
      transformGradient(block, gradient);
      int inStep = block.step(shape.inChannels());
      int outStep = block.step(shape.outChannels());
      int[] inRows = VectorProducts.steps(shape.inChannels(), block.stride());
      int[] outRows = VectorProducts.steps(shape.outChannels(), block.stride());
      int[] all = VectorProducts.steps(block.columns(), 1);
      int[] turnedRows = VectorProducts.steps(block.columns(), shape.inChannels() + LINE);
      boolean isTurned = block.isAll() && shape.inChannels() % LANES == 0;
      int[] vectors = isTurned ? VectorProducts.vectors(1, 0, shape.inChannels()) : all;
      int[] sums = VectorProducts.steps(shape.outChannels(), shape.inChannels());
      for (int place = 0; place < 16; place++) {
        Matrix left = new Matrix(out, place * outStep, outRows, all);
        if (isTurned) {
          turn(place * inStep, block.stride(), shape.inChannels(), block.columns());
          VectorProducts.multiply(
              left,
              new Matrix(turned, 0, turnedRows, vectors),
              new Matrix(weightGradient, place * size, sums, vectors));
        } else {
          products.addProductOfRows(
              left,
              new Matrix(in, place * inStep, inRows, all),
              block.width(),
              weightGradient,
              place * size);
        }
      }
    }
  }

  /** Fills {@link #turned} with the columns of some rows of {@link #in}, each as a row. */
  private void turn(int first, int rowStep, int rows, int columns) {
    int step = rows + LINE;
    turned = Floats.ofLength(turned, columns * step);
    for (int row = 0; row < rows; row += LINE) {
      for (int column = 0; column < columns; column++) {
        int from = first + row * rowStep + column;
        for (int i = row; i < Math.min(rows, row + LINE); i++) {
          turned[column * step + i] = in[from];
          from += rowStep;
        }
      }
    }
  }

  /** Fills {@link #in} with Bᵀ d B of the 4×4 pixels d under each tile. */
  private void transformInput(Block block, float[] input) {
    Shape shape = block.shape();
    int step = block.step(shape.inChannels());
    in = Floats.ofLength(in, 16 * step);
    int examples = shape.examples();
    int half = (shape.tileColumns() + 1) * examples + LINE;
    pixels = Floats.ofLength(pixels, 2 * half + LINE);
    // Lines of (parity of the row, place in a tile's row): tile rows and one more.
    int line = (block.rows() + 1) * block.run() + LINE;
    lines = Floats.ofLength(lines, 8 * line);
    for (int channel = 0; channel < shape.inChannels(); channel++) {
      for (int row = 0; row < 2 * block.rows() + 2; row++) {
        int y = 2 * block.first() + row - shape.top();
        int to = row % 2 * 4 * line + row / 2 * block.run();
        if (y < 0 || y >= shape.inHeight()) {
          for (int x = 0; x < 4; x++) {
            Arrays.fill(lines, to + x * line, to + x * line + block.run(), 0);
          }
          continue;
        }
        split(
            input,
            (channel * shape.inHeight() + y) * shape.inWidth() * examples,
            shape.inWidth(),
            shape.left(),
            examples,
            pixels,
            0,
            half,
            2 * shape.tileColumns() + 2);
        VectorTileTransforms.input(
            pixels, 0, half, examples, half + examples, lines, to, line, block.run());
      }
      int to = channel * block.stride();
      for (int x = 0; x < 4; x++) {
        int even = x * line;
        int odd = (4 + x) * line;
        VectorTileTransforms.input(
            lines,
            even,
            odd,
            even + block.run(),
            odd + block.run(),
            in,
            to + x * step,
            4 * step,
            block.columns());
      }
      clearTail(in, to, step, block);
    }
  }

  /**
   * Splits a row of pixels, with zeros before it and behind, into those of even and odd columns.
   *
   * @param left zeros before it
   * @param to where the even ones are put; the odd ones go {@code half} floats behind
   * @param columns of both together
   */
  private static void split(
      float[] row,
      int from,
      int width,
      int left,
      int examples,
      float[] target,
      int to,
      int half,
      int columns) {
    int inside = Math.min(width, columns - left);
    VectorTileTransforms.split(row, from, inside, left, examples, 2, target, to, half);
    clear(target, to, half, 0, left, examples);
    clear(target, to, half, left + inside, columns, examples);
  }

  private static void clear(float[] target, int to, int half, int first, int end, int examples) {
    for (int x = first; x < end; x++) {
      int at = to + x % 2 * half + x / 2 * examples;
      Arrays.fill(target, at, at + examples, 0);
    }
  }

  private static void clearTail(float[] rows, int first, int step, Block block) {
    int columns = block.columns();
    int width = block.width();
    if (columns < width) {
      for (int place = 0; place < 16; place++) {
        int row = first + place * step;
        Arrays.fill(rows, row + columns, row + width, 0);
      }
    }
  }

  /** Overwrites the output's pixels in the block by Aᵀ m A of the products m of each tile. */
  private void transformOutput(Block block, float[] output) {
    Shape shape = block.shape();
    int step = block.step(shape.outChannels());
    int line = block.stride();
    // Lines of (column of a tile's products, row of its pixels), then of (row, column) of pixels.
    lines = Floats.ofLength(lines, 12 * line + LINE);
    int examples = shape.examples();
    int width = shape.outWidth();
    for (int channel = 0; channel < shape.outChannels(); channel++) {
      int from = channel * block.stride();
      for (int x = 0; x < 4; x++) {
        VectorTileTransforms.output(
            out, from + x * step, 4 * step, lines, x * line, 4 * line, block.columns());
      }
      for (int y = 0; y < 2; y++) {
        VectorTileTransforms.output(
            lines, 4 * y * line, line, lines, (8 + 2 * y) * line, line, block.columns());
      }
      for (int row = 0; row < block.rows(); row++) {
        int y = 2 * (block.first() + row);
        int at = 8 * line + row * block.run();
        int to = (channel * shape.outHeight() + y) * width * examples;
        VectorTileTransforms.join(lines, at, line, examples, 2, output, to, width);
        if (y + 1 < shape.outHeight()) {
          to += width * examples;
          VectorTileTransforms.join(lines, at + 2 * line, line, examples, 2, output, to, width);
        }
      }
    }
  }

  /** Fills {@link #out} with A g Aᵀ of the 2×2 gradients g at each tile. */
  private void transformGradient(Block block, float[] gradient) {
    Shape shape = block.shape();
    int step = block.step(shape.outChannels());
    out = Floats.ofLength(out, 16 * step);
    int examples = shape.examples();
    int line = block.stride() + LINE;
    // Lines of (row, column) of a tile's pixels, then of (row, column of its transform).
    lines = Floats.ofLength(lines, 12 * line + LINE);
    for (int channel = 0; channel < shape.outChannels(); channel++) {
      for (int row = 0; row < 2 * block.rows(); row++) {
        int y = 2 * block.first() + row;
        int to = row % 2 * 2 * line + row / 2 * block.run();
        if (y < shape.outHeight()) {
          int from = (channel * shape.outHeight() + y) * shape.outWidth() * examples;
          split(
              gradient,
              from,
              shape.outWidth(),
              0,
              examples,
              lines,
              to,
              line,
              2 * shape.tileColumns());
        } else {
          Arrays.fill(lines, to, to + block.run(), 0);
          Arrays.fill(lines, to + line, to + line + block.run(), 0);
        }
      }
      for (int y = 0; y < 2; y++) {
        VectorTileTransforms.gradient(
            lines, 2 * y * line, line, lines, (4 + 4 * y) * line, line, block.columns());
      }
      int to = channel * block.stride();
      for (int x = 0; x < 4; x++) {
        VectorTileTransforms.gradient(
            lines, (4 + x) * line, 4 * line, out, to + x * step, 4 * step, block.columns());
      }
      clearTail(out, to, step, block);
    }
  }
}
