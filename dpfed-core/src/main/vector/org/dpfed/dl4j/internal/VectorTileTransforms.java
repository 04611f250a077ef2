package org.dpfed.dl4j.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of F(2, 3), in one direction at a time, on lines of floats: each loop takes one
 * float of each source line and makes one of each target line. They write whole vectors, so up to
 * {@link #LINE} floats after the last one are overwritten, in targets and in copies of sources.
 *
 * <p>All loops are short on purpose. The compiler stops at some 50 vector operations in a method;
 * each one after that makes objects and takes a hundred times as long. So does storing a vector as
 * it was loaded, once other code in this JVM has stored vectors of another length, which noise
 * does: the compiler knows the class of the result of an operation, but not that of a loaded
 * vector. So 0 is added first.
 */
final class VectorTileTransforms {
  static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  static final int LANES = WIDE.length();

  /** Floats of a cache line, and the longest vector. */
  static final int LINE = 16;

  private VectorTileTransforms() {}

  /** Rounded up to whole vectors. */
  static int whole(int length) {
    return (length + LANES - 1) / LANES * LANES;
  }

  /**
   * Splits a row of pixels into lines of every {@code stride}-th one.
   *
   * @param column of the first one; column 0 is the first of its line
   * @param examples floats of a pixel
   * @param to where the line of column 0 begins; that of the next column is {@code step} floats
   *     behind
   */
  static void split(
      float[] row,
      int from,
      int width,
      int column,
      int examples,
      int stride,
      float[] target,
      int to,
      int step) {
    int inVectors = inVectors(width, examples);
    for (int x = 0; x < Math.min(stride, width); x++) {
      int at = to + (column + x) % stride * step + (column + x) / stride * examples;
      int pixels = (inVectors - x + stride - 1) / stride;
      // From the last lanes on, since a vector overwrites what follows the pixel.
      for (int lane = (examples - 1) / LANES * LANES; lane >= 0; lane -= LANES) {
        copy(
            row,
            from + x * examples + lane,
            stride * examples,
            target,
            at + lane,
            examples,
            pixels);
      }
      for (int i = Math.max(0, pixels); x + i * stride < width; i++) {
        System.arraycopy(
            row, from + (x + i * stride) * examples, target, at + i * examples, examples);
      }
    }
  }

  private static void copy(
      float[] source, int from, int fromStep, float[] target, int to, int toStep, int vectors) {
    FloatVector zero = FloatVector.zero(WIDE);
    for (int i = 0; i < vectors; i++) {
      zero.add(FloatVector.fromArray(WIDE, source, from)).intoArray(target, to);
      from += fromStep;
      to += toStep;
    }
  }

  /** How many pixels of a row can be copied in whole vectors without reaching behind the row. */
  private static int inVectors(int width, int examples) {
    return width + 1 - (whole(examples) + examples - 1) / examples;
  }

  /** The reverse of {@link #split}, from column 0 on. */
  static void join(
      float[] source,
      int from,
      int step,
      int examples,
      int stride,
      float[] row,
      int to,
      int width) {
    int line = 0;
    int inVectors = inVectors(width, examples);
    FloatVector zero = FloatVector.zero(WIDE);
    for (int x = 0; x < width; x++) {
      int at = from + line * step;
      if (x < inVectors) {
        for (int lane = 0; lane < examples; lane += LANES) {
          zero.add(FloatVector.fromArray(WIDE, source, at + lane)).intoArray(row, to + lane);
        }
      } else {
        System.arraycopy(source, at, row, to, examples);
      }
      to += examples;
      line++;
      if (line == stride) {
        line = 0;
        from += examples;
      }
    }
  }

  /** Bᵀ of four lines of pixels: a − c, b + c, c − b, b − d. */
  static void input(
      float[] source, int a, int b, int c, int d, float[] target, int to, int step, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector second = FloatVector.fromArray(WIDE, source, b + i);
      FloatVector third = FloatVector.fromArray(WIDE, source, c + i);
      FloatVector.fromArray(WIDE, source, a + i).sub(third).intoArray(target, to + i);
      second.add(third).intoArray(target, to + step + i);
      third.sub(second).intoArray(target, to + 2 * step + i);
      second.sub(FloatVector.fromArray(WIDE, source, d + i)).intoArray(target, to + 3 * step + i);
    }
  }

  /** Aᵀ of four lines of products: a + b + c, b − c − d. */
  static void output(
      float[] source, int from, int step, float[] target, int to, int toStep, int length) {
    for (int i = 0; i < length; i += LANES) {
      int at = from + i;
      FloatVector b = FloatVector.fromArray(WIDE, source, at + step);
      FloatVector c = FloatVector.fromArray(WIDE, source, at + 2 * step);
      FloatVector.fromArray(WIDE, source, at).add(b).add(c).intoArray(target, to + i);
      b.sub(c)
          .sub(FloatVector.fromArray(WIDE, source, at + 3 * step))
          .intoArray(target, to + toStep + i);
    }
  }

  /** A of two lines of gradients: a, a + b, a − b, −b. */
  static void gradient(
      float[] source, int from, int step, float[] target, int to, int toStep, int length) {
    FloatVector zero = FloatVector.zero(WIDE);
    for (int i = 0; i < length; i += LANES) {
      FloatVector a = FloatVector.fromArray(WIDE, source, from + i);
      FloatVector b = FloatVector.fromArray(WIDE, source, from + step + i);
      zero.add(a).intoArray(target, to + i);
      a.add(b).intoArray(target, to + toStep + i);
      a.sub(b).intoArray(target, to + 2 * toStep + i);
      b.neg().intoArray(target, to + 3 * toStep + i);
    }
  }

  /** G of three lines of weights: a, (a + b + c) / 2, (a − b + c) / 2, c. */
  static void weights(
      float[] source, int from, int step, float[] target, int to, int toStep, int length) {
    FloatVector zero = FloatVector.zero(WIDE);
    for (int i = 0; i < length; i += LANES) {
      FloatVector a = FloatVector.fromArray(WIDE, source, from + i);
      FloatVector b = FloatVector.fromArray(WIDE, source, from + step + i);
      FloatVector c = FloatVector.fromArray(WIDE, source, from + 2 * step + i);
      FloatVector both = a.add(c);
      zero.add(a).intoArray(target, to + i);
      both.add(b).mul(0.5f).intoArray(target, to + toStep + i);
      both.sub(b).mul(0.5f).intoArray(target, to + 2 * toStep + i);
      zero.add(c).intoArray(target, to + 3 * toStep + i);
    }
  }

  /** Gᵀ of four lines: a + (b + c) / 2, (b − c) / 2, d + (b + c) / 2. */
  static void weightGradient(
      float[] source, int from, int step, float[] target, int to, int toStep, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector b = FloatVector.fromArray(WIDE, source, from + step + i);
      FloatVector c = FloatVector.fromArray(WIDE, source, from + 2 * step + i);
      FloatVector both = b.add(c).mul(0.5f);
      both.add(FloatVector.fromArray(WIDE, source, from + i)).intoArray(target, to + i);
      b.sub(c).mul(0.5f).intoArray(target, to + toStep + i);
      both.add(FloatVector.fromArray(WIDE, source, from + 3 * step + i))
          .intoArray(target, to + 2 * toStep + i);
    }
  }
}
