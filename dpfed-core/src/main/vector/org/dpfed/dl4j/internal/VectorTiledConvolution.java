package org.dpfed.dl4j.internal;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TiledConvolution} with the Vector API. Some rows of tiles at a time are transformed for
 * all channels, multiplied by the weights, and transformed back, so that all stays in the cache.
 *
 * <p>Rows of {@link #in} and {@link #out} are of one place of a tile's 16 and one channel; their
 * columns are (tile row, tile column, example), then zeros up to a multiple of four vectors. The
 * examples of a tile are covered by vectors of 8, the last of which may overlap the one before.
 *
 * <p>No method here takes or returns a vector: where the compiler does not inline such a call, each
 * vector becomes an object, and products take six times as long. For the same reason, vectors that
 * a loop or a branch has changed pass through one more operation before they are stored: the
 * compiler knows the class of its result, but of such a vector only what other code in this JVM has
 * used.
 */
public final class VectorTiledConvolution implements TiledConvolution {
  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = WIDE.length();

  /** Columns from which products take longer than what is done once for each block. */
  private static final int LEAST_COLUMNS = 512;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  /** Floats of {@link #in} and {@link #out} together, which stay in a second-level cache. */
  private static final int BLOCK_FLOATS = 1 << 17;

  private final float[] sums = new float[16];

  private float[] in = {};
  private float[] out = {};

  /** The rows of one channel under the tiles, with padding. */
  private float[] plane = {};

  /** For {@link java.util.ServiceLoader}. */
  public VectorTiledConvolution() {
    if (LANES != 8 && LANES != 16) {
      throw new UnsupportedOperationException("vectors have %d floats".formatted(LANES));
    }
  }

  /** Tile rows from {@code first}, and the columns that they make. */
  private record Block(Shape shape, int first, int rows) {
    int run() {
      return shape.tileColumns() * shape.examples();
    }

    int columns() {
      return rows * run();
    }

    /** With zeros up to a multiple of four vectors. */
    int width() {
      int unit = 4 * LANES;
      return (columns() + unit - 1) / unit * unit;
    }

    /** From one channel to the next; not a power of 2, for which few cache lines are there. */
    int stride() {
      return width() % 128 == 0 ? width() + LINE : width();
    }

    /** From one place of the tiles to the next. */
    int step(int channels) {
      return channels * stride() + LINE;
    }
  }

  private static int rowsAtATime(Shape shape) {
    int run = shape.tileColumns() * shape.examples();
    int perRow = 16 * (shape.inChannels() + shape.outChannels()) * run;
    int least = (LEAST_COLUMNS + run - 1) / run;
    return Math.min(shape.tileRows(), Math.max(least, BLOCK_FLOATS / perRow));
  }

  @Override
  public void convolve(Shape shape, float[] input, float[] weights, float[] output) {
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.tileRows(); first += rows) {
      Block block = new Block(shape, first, Math.min(rows, shape.tileRows() - first));
      int inStep = block.step(shape.inChannels());
      int outStep = block.step(shape.outChannels());
      transformInput(block, input);
      out = Floats.ofLength(out, 16 * outStep);
      int size = shape.outChannels() * shape.inChannels();
      for (int place = 0; place < 16; place++) {
        multiply(
            weights,
            place * size,
            shape.outChannels(),
            shape.inChannels(),
            in,
            place * inStep,
            out,
            place * outStep,
            block.width(),
            block.stride());
      }
      transformOutput(block, output);
    }
  }

  @Override
  public void weightGradient(Shape shape, float[] input, float[] gradient, float[] weightGradient) {
    int size = shape.outChannels() * shape.inChannels();
    Arrays.fill(weightGradient, 0, 16 * size, 0);
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.tileRows(); first += rows) {
      Block block = new Block(shape, first, Math.min(rows, shape.tileRows() - first));
      int inStep = block.step(shape.inChannels());
      int outStep = block.step(shape.outChannels());
      transformInput(block, input);
      transformGradient(block, gradient);
      for (int place = 0; place < 16; place++) {
        addOuter(
            out,
            place * outStep,
            shape.outChannels(),
            in,
            place * inStep,
            shape.inChannels(),
            block.width(),
            block.stride(),
            weightGradient,
            place * size);
      }
    }
  }

  /** Fills {@link #in} with Bᵀ d B of the 4×4 pixels d under each tile. */
  private void transformInput(Block block, float[] input) {
    Shape shape = block.shape();
    int stride = block.stride();
    int step = block.step(shape.inChannels());
    in = Floats.ofLength(in, 16 * step);
    int examples = shape.examples();
    int rowLength = (2 * shape.tileColumns() + 2) * examples;
    plane = Floats.ofLength(plane, (2 * block.rows() + 2) * rowLength);
    for (int channel = 0; channel < shape.inChannels(); channel++) {
      pad(block, input, channel, rowLength);
      for (int row = 0; row < block.rows(); row++) {
        int to = channel * stride + row * block.run();
        int from = 2 * row * rowLength;
        for (int tile = 0; tile < shape.tileColumns(); tile++) {
          for (int e = 0; e < examples; e += 8) {
            int lane = Math.min(e, examples - 8);
            transformTile(plane, from + lane, rowLength, examples, in, to + lane, step);
          }
          from += 2 * examples;
          to += examples;
        }
      }
      clearTail(in, channel * stride, step, block);
    }
  }

  /** Copies a channel's rows under the block's tiles, with zeros where the image ends. */
  private void pad(Block block, float[] input, int channel, int rowLength) {
    Shape shape = block.shape();
    int examples = shape.examples();
    int left = shape.left() * examples;
    int length = Math.min(shape.inWidth() * examples, rowLength - left);
    for (int row = 0; row < 2 * block.rows() + 2; row++) {
      int y = 2 * block.first() + row - shape.top();
      int to = row * rowLength;
      if (y < 0 || y >= shape.inHeight()) {
        Arrays.fill(plane, to, to + rowLength, 0);
        continue;
      }
      int from = (channel * shape.inHeight() + y) * shape.inWidth() * examples;
      Arrays.fill(plane, to, to + left, 0);
      System.arraycopy(input, from, plane, to + left, length);
      Arrays.fill(plane, to + left + length, to + rowLength, 0);
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

  private static void transformTile(
      float[] plane, int from, int rowLength, int examples, float[] in, int to, int step) {
    int below = from + rowLength;
    int third = below + rowLength;
    int last = third + rowLength;
    FloatVector a = FloatVector.fromArray(EIGHT, plane, from + 2 * examples);
    FloatVector b = FloatVector.fromArray(EIGHT, plane, below + 2 * examples);
    FloatVector c = FloatVector.fromArray(EIGHT, plane, third + 2 * examples);
    FloatVector d = FloatVector.fromArray(EIGHT, plane, last + 2 * examples);
    FloatVector e = FloatVector.fromArray(EIGHT, plane, from).sub(a);
    FloatVector f = FloatVector.fromArray(EIGHT, plane, below).sub(b);
    FloatVector g = FloatVector.fromArray(EIGHT, plane, third).sub(c);
    FloatVector h = FloatVector.fromArray(EIGHT, plane, last).sub(d);
    e.sub(g).intoArray(in, to);
    f.add(g).intoArray(in, to + 4 * step);
    g.sub(f).intoArray(in, to + 8 * step);
    f.sub(h).intoArray(in, to + 12 * step);
    e = FloatVector.fromArray(EIGHT, plane, from + examples);
    f = FloatVector.fromArray(EIGHT, plane, below + examples);
    g = FloatVector.fromArray(EIGHT, plane, third + examples);
    h = FloatVector.fromArray(EIGHT, plane, last + examples);
    FloatVector i = f.add(b);
    FloatVector k = g.add(c);
    e.add(a).sub(k).intoArray(in, to + step);
    i.add(k).intoArray(in, to + 5 * step);
    k.sub(i).intoArray(in, to + 9 * step);
    i.sub(h.add(d)).intoArray(in, to + 13 * step);
    i = b.sub(f);
    k = c.sub(g);
    a.sub(e).sub(k).intoArray(in, to + 2 * step);
    i.add(k).intoArray(in, to + 6 * step);
    k.sub(i).intoArray(in, to + 10 * step);
    i.sub(d.sub(h)).intoArray(in, to + 14 * step);
    i = f.sub(FloatVector.fromArray(EIGHT, plane, below + 3 * examples));
    k = g.sub(FloatVector.fromArray(EIGHT, plane, third + 3 * examples));
    e.sub(FloatVector.fromArray(EIGHT, plane, from + 3 * examples))
        .sub(k)
        .intoArray(in, to + 3 * step);
    i.add(k).intoArray(in, to + 7 * step);
    k.sub(i).intoArray(in, to + 11 * step);
    i.sub(h.sub(FloatVector.fromArray(EIGHT, plane, last + 3 * examples)))
        .intoArray(in, to + 15 * step);
  }

  /** Overwrites the output's pixels in the block by Aᵀ m A of the products m of each tile. */
  private void transformOutput(Block block, float[] output) {
    Shape shape = block.shape();
    int stride = block.stride();
    int step = block.step(shape.outChannels());
    int examples = shape.examples();
    int rowLength = shape.outWidth() * examples;
    for (int channel = 0; channel < shape.outChannels(); channel++) {
      for (int row = 0; row < block.rows(); row++) {
        int from = channel * stride + row * block.run();
        int y = 2 * (block.first() + row);
        int to = (channel * shape.outHeight() + y) * rowLength;
        int below = y + 1 < shape.outHeight() ? rowLength : 0;
        for (int tile = 0; tile < shape.tileColumns(); tile++) {
          int right = 2 * tile + 1 < shape.outWidth() ? examples : 0;
          for (int e = 0; e < examples; e += 8) {
            int lane = Math.min(e, examples - 8);
            transformBack(out, from + lane, step, output, to + lane, right, below);
          }
          from += examples;
          to += 2 * examples;
        }
      }
    }
  }

  /**
   * The four pixels of a tile. Where the image ends inside it, those outside are written first and
   * then overwritten: {@code right} or {@code below} is 0.
   */
  private static void transformBack(
      float[] out, int from, int step, float[] output, int to, int right, int below) {
    FloatVector a = FloatVector.fromArray(EIGHT, out, from + 4 * step);
    FloatVector b = FloatVector.fromArray(EIGHT, out, from + 8 * step);
    FloatVector c = FloatVector.fromArray(EIGHT, out, from + 5 * step);
    FloatVector d = FloatVector.fromArray(EIGHT, out, from + 9 * step);
    FloatVector e = FloatVector.fromArray(EIGHT, out, from + 6 * step);
    FloatVector f = FloatVector.fromArray(EIGHT, out, from + 10 * step);
    FloatVector g = FloatVector.fromArray(EIGHT, out, from + 7 * step);
    FloatVector h = FloatVector.fromArray(EIGHT, out, from + 11 * step);
    FloatVector left = FloatVector.fromArray(EIGHT, out, from).add(a).add(b);
    FloatVector middle = FloatVector.fromArray(EIGHT, out, from + step).add(c).add(d);
    FloatVector other = FloatVector.fromArray(EIGHT, out, from + 2 * step).add(e).add(f);
    FloatVector last = FloatVector.fromArray(EIGHT, out, from + 3 * step).add(g).add(h);
    FloatVector topLeft = left.add(middle).add(other);
    FloatVector topRight = middle.sub(other).sub(last);
    left = a.sub(b).sub(FloatVector.fromArray(EIGHT, out, from + 12 * step));
    middle = c.sub(d).sub(FloatVector.fromArray(EIGHT, out, from + 13 * step));
    other = e.sub(f).sub(FloatVector.fromArray(EIGHT, out, from + 14 * step));
    last = g.sub(h).sub(FloatVector.fromArray(EIGHT, out, from + 15 * step));
    middle.sub(other).sub(last).intoArray(output, to + right + below);
    left.add(middle).add(other).intoArray(output, to + below);
    topRight.intoArray(output, to + right);
    topLeft.intoArray(output, to);
  }

  /** Fills {@link #out} with A g Aᵀ of the 2×2 gradients g at each tile. */
  private void transformGradient(Block block, float[] gradient) {
    Shape shape = block.shape();
    int stride = block.stride();
    int step = block.step(shape.outChannels());
    out = Floats.ofLength(out, 16 * step);
    int examples = shape.examples();
    int rowLength = shape.outWidth() * examples;
    for (int channel = 0; channel < shape.outChannels(); channel++) {
      for (int row = 0; row < block.rows(); row++) {
        int to = channel * stride + row * block.run();
        int y = 2 * (block.first() + row);
        int from = (channel * shape.outHeight() + y) * rowLength;
        int below = y + 1 < shape.outHeight() ? rowLength : -1;
        for (int tile = 0; tile < shape.tileColumns(); tile++) {
          int right = 2 * tile + 1 < shape.outWidth() ? examples : -1;
          for (int e = 0; e < examples; e += 8) {
            int lane = Math.min(e, examples - 8);
            transformGradientTile(gradient, from + lane, right, below, out, to + lane, step);
          }
          from += 2 * examples;
          to += examples;
        }
      }
      clearTail(out, channel * stride, step, block);
    }
  }

  private static void transformGradientTile(
      float[] gradient, int from, int right, int below, float[] out, int to, int step) {
    FloatVector zero = FloatVector.zero(EIGHT);
    FloatVector a = FloatVector.fromArray(EIGHT, gradient, from);
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector d = zero;
    if (right >= 0) {
      b = FloatVector.fromArray(EIGHT, gradient, from + right);
    }
    if (below >= 0) {
      c = FloatVector.fromArray(EIGHT, gradient, from + below);
    }
    if (right >= 0 && below >= 0) {
      d = FloatVector.fromArray(EIGHT, gradient, from + right + below);
    }
    b = zero.add(b);
    c = zero.add(c);
    d = zero.add(d);
    a.intoArray(out, to);
    a.add(b).intoArray(out, to + step);
    a.sub(b).intoArray(out, to + 2 * step);
    b.neg().intoArray(out, to + 3 * step);
    FloatVector e = a.add(c);
    FloatVector f = b.add(d);
    e.intoArray(out, to + 4 * step);
    e.add(f).intoArray(out, to + 5 * step);
    e.sub(f).intoArray(out, to + 6 * step);
    f.neg().intoArray(out, to + 7 * step);
    e = a.sub(c);
    f = b.sub(d);
    e.intoArray(out, to + 8 * step);
    e.add(f).intoArray(out, to + 9 * step);
    e.sub(f).intoArray(out, to + 10 * step);
    f.neg().intoArray(out, to + 11 * step);
    e = c.neg();
    f = d.neg();
    e.intoArray(out, to + 12 * step);
    e.add(f).intoArray(out, to + 13 * step);
    e.sub(f).intoArray(out, to + 14 * step);
    f.neg().intoArray(out, to + 15 * step);
  }

  /** {@code product[rows, width] = left[rows, inner] · right[inner, width]}. */
  private static void multiply(
      float[] left,
      int leftFrom,
      int rows,
      int inner,
      float[] right,
      int rightFrom,
      float[] product,
      int productFrom,
      int width,
      int stride) {
    for (int column = 0; column < width; column += 4 * LANES) {
      int row = 0;
      for (; row < rows - 3; row += 4) {
        multiplyFour(
            left,
            leftFrom + row * inner,
            inner,
            right,
            rightFrom + column,
            product,
            productFrom + row * stride + column,
            stride);
      }
      for (; row < rows; row++) {
        multiplyOne(
            left,
            leftFrom + row * inner,
            inner,
            right,
            rightFrom + column,
            product,
            productFrom + row * stride + column,
            stride);
      }
    }
  }

  private static void multiplyFour(
      float[] left,
      int leftFrom,
      int inner,
      float[] right,
      int rightFrom,
      float[] product,
      int productFrom,
      int stride) {
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector a3 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector b2 = zero;
    FloatVector b3 = zero;
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector d0 = zero;
    FloatVector d1 = zero;
    FloatVector d2 = zero;
    FloatVector d3 = zero;
    for (int k = 0; k < inner - 1; k++) {
      int at = rightFrom + k * stride;
      FloatVector x0 = FloatVector.fromArray(WIDE, right, at);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, at + LANES);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, at + 2 * LANES);
      FloatVector x3 = FloatVector.fromArray(WIDE, right, at + 3 * LANES);
      FloatVector w = FloatVector.broadcast(WIDE, left[leftFrom + k]);
      a0 = x0.fma(w, a0);
      a1 = x1.fma(w, a1);
      a2 = x2.fma(w, a2);
      a3 = x3.fma(w, a3);
      w = FloatVector.broadcast(WIDE, left[leftFrom + inner + k]);
      b0 = x0.fma(w, b0);
      b1 = x1.fma(w, b1);
      b2 = x2.fma(w, b2);
      b3 = x3.fma(w, b3);
      w = FloatVector.broadcast(WIDE, left[leftFrom + 2 * inner + k]);
      c0 = x0.fma(w, c0);
      c1 = x1.fma(w, c1);
      c2 = x2.fma(w, c2);
      c3 = x3.fma(w, c3);
      w = FloatVector.broadcast(WIDE, left[leftFrom + 3 * inner + k]);
      d0 = x0.fma(w, d0);
      d1 = x1.fma(w, d1);
      d2 = x2.fma(w, d2);
      d3 = x3.fma(w, d3);
    }
    // The last summands apart: of their results the compiler knows the class.
    int end = inner - 1;
    int at = rightFrom + end * stride;
    FloatVector x0 = FloatVector.fromArray(WIDE, right, at);
    FloatVector x1 = FloatVector.fromArray(WIDE, right, at + LANES);
    FloatVector x2 = FloatVector.fromArray(WIDE, right, at + 2 * LANES);
    FloatVector x3 = FloatVector.fromArray(WIDE, right, at + 3 * LANES);
    FloatVector w = FloatVector.broadcast(WIDE, left[leftFrom + end]);
    x0.fma(w, a0).intoArray(product, productFrom);
    x1.fma(w, a1).intoArray(product, productFrom + LANES);
    x2.fma(w, a2).intoArray(product, productFrom + 2 * LANES);
    x3.fma(w, a3).intoArray(product, productFrom + 3 * LANES);
    w = FloatVector.broadcast(WIDE, left[leftFrom + inner + end]);
    x0.fma(w, b0).intoArray(product, productFrom + stride);
    x1.fma(w, b1).intoArray(product, productFrom + stride + LANES);
    x2.fma(w, b2).intoArray(product, productFrom + stride + 2 * LANES);
    x3.fma(w, b3).intoArray(product, productFrom + stride + 3 * LANES);
    w = FloatVector.broadcast(WIDE, left[leftFrom + 2 * inner + end]);
    x0.fma(w, c0).intoArray(product, productFrom + 2 * stride);
    x1.fma(w, c1).intoArray(product, productFrom + 2 * stride + LANES);
    x2.fma(w, c2).intoArray(product, productFrom + 2 * stride + 2 * LANES);
    x3.fma(w, c3).intoArray(product, productFrom + 2 * stride + 3 * LANES);
    w = FloatVector.broadcast(WIDE, left[leftFrom + 3 * inner + end]);
    x0.fma(w, d0).intoArray(product, productFrom + 3 * stride);
    x1.fma(w, d1).intoArray(product, productFrom + 3 * stride + LANES);
    x2.fma(w, d2).intoArray(product, productFrom + 3 * stride + 2 * LANES);
    x3.fma(w, d3).intoArray(product, productFrom + 3 * stride + 3 * LANES);
  }

  private static void multiplyOne(
      float[] left,
      int leftFrom,
      int inner,
      float[] right,
      int rightFrom,
      float[] product,
      int productFrom,
      int stride) {
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector a3 = zero;
    for (int k = 0; k < inner; k++) {
      int at = rightFrom + k * stride;
      FloatVector w = FloatVector.broadcast(WIDE, left[leftFrom + k]);
      a0 = FloatVector.fromArray(WIDE, right, at).fma(w, a0);
      a1 = FloatVector.fromArray(WIDE, right, at + LANES).fma(w, a1);
      a2 = FloatVector.fromArray(WIDE, right, at + 2 * LANES).fma(w, a2);
      a3 = FloatVector.fromArray(WIDE, right, at + 3 * LANES).fma(w, a3);
    }
    zero.add(a0).intoArray(product, productFrom);
    zero.add(a1).intoArray(product, productFrom + LANES);
    zero.add(a2).intoArray(product, productFrom + 2 * LANES);
    zero.add(a3).intoArray(product, productFrom + 3 * LANES);
  }

  /** {@code sum[rows, columns] += left[rows, width] · right[columns, width]ᵀ}. */
  private void addOuter(
      float[] left,
      int leftFrom,
      int rows,
      float[] right,
      int rightFrom,
      int columns,
      int width,
      int stride,
      float[] sum,
      int sumFrom) {
    for (int row = 0; row < rows; row += 4) {
      // At the end some rows and columns once more, instead of fewer.
      int r = Math.min(row, Math.max(0, rows - 4));
      for (int column = 0; column < columns; column += 4) {
        int c = Math.min(column, Math.max(0, columns - 4));
        multiplyRows(
            left, leftFrom + r * stride, right, rightFrom + c * stride, width, stride, sums);
        for (int i = row - r; i < 4; i++) {
          for (int j = column - c; j < 4; j++) {
            sum[sumFrom + (r + i) * columns + c + j] += sums[4 * i + j];
          }
        }
      }
    }
  }

  /** The products of four rows and four rows. */
  private static void multiplyRows(
      float[] left,
      int leftFrom,
      float[] right,
      int rightFrom,
      int width,
      int stride,
      float[] sums) {
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector a3 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector b2 = zero;
    FloatVector b3 = zero;
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector d0 = zero;
    FloatVector d1 = zero;
    FloatVector d2 = zero;
    FloatVector d3 = zero;
    for (int k = 0; k < width; k += LANES) {
      FloatVector x0 = FloatVector.fromArray(WIDE, right, rightFrom + k);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, rightFrom + stride + k);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, rightFrom + 2 * stride + k);
      FloatVector x3 = FloatVector.fromArray(WIDE, right, rightFrom + 3 * stride + k);
      FloatVector w = FloatVector.fromArray(WIDE, left, leftFrom + k);
      a0 = x0.fma(w, a0);
      a1 = x1.fma(w, a1);
      a2 = x2.fma(w, a2);
      a3 = x3.fma(w, a3);
      w = FloatVector.fromArray(WIDE, left, leftFrom + stride + k);
      b0 = x0.fma(w, b0);
      b1 = x1.fma(w, b1);
      b2 = x2.fma(w, b2);
      b3 = x3.fma(w, b3);
      w = FloatVector.fromArray(WIDE, left, leftFrom + 2 * stride + k);
      c0 = x0.fma(w, c0);
      c1 = x1.fma(w, c1);
      c2 = x2.fma(w, c2);
      c3 = x3.fma(w, c3);
      w = FloatVector.fromArray(WIDE, left, leftFrom + 3 * stride + k);
      d0 = x0.fma(w, d0);
      d1 = x1.fma(w, d1);
      d2 = x2.fma(w, d2);
      d3 = x3.fma(w, d3);
    }
    sums[0] = zero.add(a0).reduceLanes(VectorOperators.ADD);
    sums[1] = zero.add(a1).reduceLanes(VectorOperators.ADD);
    sums[2] = zero.add(a2).reduceLanes(VectorOperators.ADD);
    sums[3] = zero.add(a3).reduceLanes(VectorOperators.ADD);
    sums[4] = zero.add(b0).reduceLanes(VectorOperators.ADD);
    sums[5] = zero.add(b1).reduceLanes(VectorOperators.ADD);
    sums[6] = zero.add(b2).reduceLanes(VectorOperators.ADD);
    sums[7] = zero.add(b3).reduceLanes(VectorOperators.ADD);
    sums[8] = zero.add(c0).reduceLanes(VectorOperators.ADD);
    sums[9] = zero.add(c1).reduceLanes(VectorOperators.ADD);
    sums[10] = zero.add(c2).reduceLanes(VectorOperators.ADD);
    sums[11] = zero.add(c3).reduceLanes(VectorOperators.ADD);
    sums[12] = zero.add(d0).reduceLanes(VectorOperators.ADD);
    sums[13] = zero.add(d1).reduceLanes(VectorOperators.ADD);
    sums[14] = zero.add(d2).reduceLanes(VectorOperators.ADD);
    sums[15] = zero.add(d3).reduceLanes(VectorOperators.ADD);
  }
}
