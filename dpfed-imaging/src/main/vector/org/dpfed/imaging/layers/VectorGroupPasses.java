package org.dpfed.imaging.layers;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link GroupPasses} with the Vector API. A row has whole vectors, and each of them is kept in
 * registers while 16 vectors of pixels go by that lie one row apart. What is left behind the last
 * whole vector of a run goes by float by float.
 *
 * <p>No loop stores a vector as it was loaded, and none stores one that it has summed up without
 * one more operation: the compiler would not know its class, and would make objects.
 */
public final class VectorGroupPasses implements GroupPasses {
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = WIDE.length();
  private static final int HALF = DOUBLES.length();

  /** For {@link java.util.ServiceLoader}. */
  public VectorGroupPasses() {
    if ((LANES != 8 && LANES != 16) || LANES != 2 * HALF) {
      throw new UnsupportedOperationException("vectors have %d floats".formatted(LANES));
    }
  }

  /** The least common multiple of the examples and of the floats of a vector. */
  @Override
  public int lanes(int inner, int run) {
    int common = Math.min(LANES, Integer.lowestOneBit(inner));
    return inner / common * LANES;
  }

  /** How many vectors, each a row behind the one before, are in the rest of a run. */
  private static int vectors(int rest, int row) {
    return rest < LANES ? 0 : Math.min(SUMMED_IN_FLOAT, (rest - LANES) / row + 1);
  }

  private static int whole(int length) {
    return length / LANES * LANES;
  }

  @Override
  public void addMoments(
      float[] x, int start, int length, float[] near, double[] sums, double[] squares) {
    int row = near.length;
    for (int from = 0; from < length; from += SUMMED_IN_FLOAT * row) {
      for (int lane = 0; lane < Math.min(row, length - from); lane += LANES) {
        int vectors = vectors(length - from - lane, row);
        addMoments(x, start + from + lane, vectors, near, lane, sums, squares);
      }
    }
    for (int i = whole(length); i < length; i++) {
      int lane = i % row;
      float difference = x[start + i] - near[lane];
      sums[lane] += difference;
      squares[lane] += difference * difference;
    }
  }

  private static void addMoments(
      float[] x,
      int start,
      int vectors,
      float[] near,
      int lane,
      double[] firstSums,
      double[] secondSums) {
    FloatVector level = FloatVector.fromArray(WIDE, near, lane);
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector sum = zero;
    FloatVector squares = zero;
    int at = start;
    for (int i = 0; i < vectors; i++) {
      FloatVector difference = FloatVector.fromArray(WIDE, x, at).sub(level);
      sum = difference.add(sum);
      squares = difference.fma(difference, squares);
      at += near.length;
    }
    sum = zero.add(sum);
    squares = zero.add(squares);
    addTo(firstSums, lane, sum);
    addTo(secondSums, lane, squares);
  }

  private static void addTo(double[] sums, int lane, FloatVector sum) {
    DoubleVector.fromArray(DOUBLES, sums, lane)
        .add(sum.convertShape(VectorOperators.F2D, DOUBLES, 0))
        .intoArray(sums, lane);
    DoubleVector.fromArray(DOUBLES, sums, lane + HALF)
        .add(sum.convertShape(VectorOperators.F2D, DOUBLES, 1))
        .intoArray(sums, lane + HALF);
  }

  @Override
  public void normalise(
      float[] x,
      int start,
      int length,
      float[] near,
      float[] factor,
      float[] shift,
      boolean relu,
      float[] y) {
    int row = near.length;
    for (int from = 0; from < length; from += SUMMED_IN_FLOAT * row) {
      for (int lane = 0; lane < Math.min(row, length - from); lane += LANES) {
        int vectors = vectors(length - from - lane, row);
        int at = start + from + lane;
        if (relu) {
          normaliseAndCut(x, at, vectors, near, factor, shift, lane, y);
        } else {
          normalise(x, at, vectors, near, factor, shift, lane, y);
        }
      }
    }
    for (int i = whole(length); i < length; i++) {
      int lane = i % row;
      float value = Math.fma(x[start + i] - near[lane], factor[lane], shift[lane]);
      y[start + i] = relu ? Math.max(0, value) : value;
    }
  }

  private static void normalise(
      float[] x,
      int start,
      int vectors,
      float[] near,
      float[] factor,
      float[] shift,
      int lane,
      float[] y) {
    FloatVector level = FloatVector.fromArray(WIDE, near, lane);
    FloatVector times = FloatVector.fromArray(WIDE, factor, lane);
    FloatVector plus = FloatVector.fromArray(WIDE, shift, lane);
    int at = start;
    for (int i = 0; i < vectors; i++) {
      FloatVector.fromArray(WIDE, x, at).sub(level).fma(times, plus).intoArray(y, at);
      at += near.length;
    }
  }

  private static void normaliseAndCut(
      float[] x,
      int start,
      int vectors,
      float[] near,
      float[] factor,
      float[] shift,
      int lane,
      float[] y) {
    FloatVector level = FloatVector.fromArray(WIDE, near, lane);
    FloatVector times = FloatVector.fromArray(WIDE, factor, lane);
    FloatVector plus = FloatVector.fromArray(WIDE, shift, lane);
    FloatVector zero = FloatVector.zero(WIDE);
    int at = start;
    for (int i = 0; i < vectors; i++) {
      FloatVector value = FloatVector.fromArray(WIDE, x, at).sub(level).fma(times, plus);
      // NaN is not below 0, and stays.
      value.blend(zero, value.compare(VectorOperators.LT, zero)).intoArray(y, at);
      at += near.length;
    }
  }

  @Override
  public void addProducts(
      float[] gradient,
      float[] x,
      float[] y,
      int start,
      int length,
      boolean relu,
      float[] near,
      double[] sums,
      double[] products) {
    int row = near.length;
    for (int from = 0; from < length; from += SUMMED_IN_FLOAT * row) {
      if (relu) {
        cut(gradient, y, start + from, whole(Math.min(SUMMED_IN_FLOAT * row, length - from)));
      }
      for (int lane = 0; lane < Math.min(row, length - from); lane += LANES) {
        int vectors = vectors(length - from - lane, row);
        int at = start + from + lane;
        addProducts(gradient, x, at, vectors, near, lane, sums, products);
      }
    }
    for (int i = whole(length); i < length; i++) {
      int lane = i % row;
      if (relu && y[start + i] == 0) {
        gradient[start + i] = 0;
      }
      float u = gradient[start + i];
      sums[lane] += u;
      products[lane] += u * (x[start + i] - near[lane]);
    }
  }

  /** ReLU lets no gradient through where its output is 0. */
  private static void cut(float[] gradient, float[] y, int start, int length) {
    FloatVector zero = FloatVector.zero(WIDE);
    for (int i = start; i < start + length; i += LANES) {
      zero.blend(
              FloatVector.fromArray(WIDE, gradient, i),
              zero.compare(VectorOperators.NE, FloatVector.fromArray(WIDE, y, i)))
          .intoArray(gradient, i);
    }
  }

  private static void addProducts(
      float[] gradient,
      float[] x,
      int start,
      int vectors,
      float[] near,
      int lane,
      double[] firstSums,
      double[] secondSums) {
    FloatVector level = FloatVector.fromArray(WIDE, near, lane);
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector sum = zero;
    FloatVector products = zero;
    int at = start;
    for (int i = 0; i < vectors; i++) {
      FloatVector u = FloatVector.fromArray(WIDE, gradient, at);
      sum = u.add(sum);
      products = FloatVector.fromArray(WIDE, x, at).sub(level).fma(u, products);
      at += near.length;
    }
    sum = zero.add(sum);
    products = zero.add(products);
    addTo(firstSums, lane, sum);
    addTo(secondSums, lane, products);
  }

  @Override
  public void combine(
      float[] gradient,
      float[] x,
      int start,
      int length,
      float[] factor,
      float[] near,
      float[] slope,
      float[] constant,
      float[] result) {
    int row = near.length;
    for (int from = 0; from < length; from += SUMMED_IN_FLOAT * row) {
      for (int lane = 0; lane < Math.min(row, length - from); lane += LANES) {
        int vectors = vectors(length - from - lane, row);
        int at = start + from + lane;
        combine(gradient, x, at, vectors, factor, near, slope, constant, lane, result);
      }
    }
    for (int i = whole(length); i < length; i++) {
      int lane = i % row;
      float bent = Math.fma(x[start + i] - near[lane], slope[lane], constant[lane]);
      result[start + i] = Math.fma(gradient[start + i], factor[lane], bent);
    }
  }

  private static void combine(
      float[] gradient,
      float[] x,
      int start,
      int vectors,
      float[] factor,
      float[] near,
      float[] slope,
      float[] constant,
      int lane,
      float[] result) {
    FloatVector times = FloatVector.fromArray(WIDE, factor, lane);
    FloatVector level = FloatVector.fromArray(WIDE, near, lane);
    FloatVector bend = FloatVector.fromArray(WIDE, slope, lane);
    FloatVector plus = FloatVector.fromArray(WIDE, constant, lane);
    int at = start;
    for (int i = 0; i < vectors; i++) {
      FloatVector bent = FloatVector.fromArray(WIDE, x, at).sub(level).fma(bend, plus);
      times.fma(FloatVector.fromArray(WIDE, gradient, at), bent).intoArray(result, at);
      at += near.length;
    }
  }
}
