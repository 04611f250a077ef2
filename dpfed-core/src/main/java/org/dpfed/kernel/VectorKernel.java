package org.dpfed.kernel;

import java.lang.ref.Reference;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Java's Vector API on the arrays' own memory. Each pass reads and writes memory once; results do
 * not depend on the number of threads, bit for bit, since work is cut into the same blocks whoever
 * does them.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector} and an ND4J backend that keeps arrays in main
 * memory.
 */
final class VectorKernel implements DeltaKernel {
  static final String NAME = "vector";

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** As many floats as there are lanes of double, so that one conversion widens them all. */
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

  /** Floats of the sum that stay in the first-level cache while rows are added to them. */
  private static final int CACHE_BLOCK = 4096;

  /** Floats that one task handles at least; handing out less costs more than it saves. */
  private static final int TASK = 1 << 16;

  private final int threads;

  /**
   * @param threads how many threads a call may use, the caller's among them; at least 1
   */
  VectorKernel(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    this.threads = threads;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DeltaKernel withThreads(int count) {
    return new VectorKernel(count);
  }

  @Override
  public double[] rowNorms(INDArray deltas) {
    Layout layout = Layout.ofBlock(deltas);
    try {
      double[] norms = new double[layout.rows()];
      for (int k = 0; k < norms.length; k++) {
        double squares = 0;
        for (long from = 0; from < layout.length(); from += OffHeapFloats.MAX_LENGTH) {
          int length = windowLength(layout, from);
          squares +=
              sumOfSquares(
                  OffHeapFloats.window(deltas, k * layout.length() + from, length), length);
        }
        norms[k] = Math.sqrt(squares);
      }
      return norms;
    } finally {
      Reference.reachabilityFence(deltas);
    }
  }

  private double sumOfSquares(OffHeapFloats row, int length) {
    double[] partial = new double[(length + TASK - 1) / TASK];
    forEachTask(
        length,
        (from, to) -> {
          for (int start = from; start < to; start += TASK) {
            partial[start / TASK] = blockOfSquares(row, start, Math.min(start + TASK, to));
          }
        });
    double sum = 0;
    for (double block : partial) {
      sum += block;
    }
    return sum;
  }

  private static double blockOfSquares(OffHeapFloats row, int from, int to) {
    int lanes = HALF.length();
    DoubleVector a = DoubleVector.zero(DOUBLES);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    int i = from;
    for (; i <= to - 4 * lanes; i += 4 * lanes) {
      DoubleVector w = widened(row, i);
      DoubleVector x = widened(row, i + lanes);
      DoubleVector y = widened(row, i + 2 * lanes);
      DoubleVector z = widened(row, i + 3 * lanes);
      a = w.fma(w, a);
      b = x.fma(x, b);
      c = y.fma(y, c);
      d = z.fma(z, d);
    }
    double sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    for (; i < to; i++) {
      double value = row.get(i);
      sum += value * value;
    }
    return sum;
  }

  private static DoubleVector widened(OffHeapFloats row, int index) {
    return (DoubleVector) row.vector(HALF, index).convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    try {
      int[] rows = IntStream.range(0, scales.length).filter(k -> scales[k] != 0).toArray();
      for (long from = 0; from < layout.length(); from += OffHeapFloats.MAX_LENGTH) {
        int length = windowLength(layout, from);
        OffHeapFloats target = OffHeapFloats.window(sum, from, length);
        OffHeapFloats[] sources = new OffHeapFloats[rows.length];
        float[] factors = new float[rows.length];
        for (int k = 0; k < rows.length; k++) {
          sources[k] = OffHeapFloats.window(deltas, rows[k] * layout.length() + from, length);
          factors[k] = scales[rows[k]];
        }
        forEachTask(
            length,
            (start, end) -> {
              for (int block = start; block < end; block += CACHE_BLOCK) {
                addRows(target, sources, factors, block, Math.min(block + CACHE_BLOCK, end));
              }
            });
      }
    } finally {
      Reference.reachabilityFence(sum);
      Reference.reachabilityFence(deltas);
    }
  }

  /** Four rows at a time while they last: the sum is then read and written once for four. */
  private static void addRows(
      OffHeapFloats sum, OffHeapFloats[] rows, float[] scales, int from, int to) {
    int k = 0;
    for (; k + 4 <= rows.length; k += 4) {
      addFour(sum, rows, scales, k, from, to);
    }
    for (; k < rows.length; k++) {
      addOne(sum, rows[k], scales[k], from, to);
    }
  }

  private static void addFour(
      OffHeapFloats sum, OffHeapFloats[] rows, float[] scales, int k, int from, int to) {
    OffHeapFloats r0 = rows[k];
    OffHeapFloats r1 = rows[k + 1];
    OffHeapFloats r2 = rows[k + 2];
    OffHeapFloats r3 = rows[k + 3];
    FloatVector s0 = FloatVector.broadcast(FLOATS, scales[k]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, scales[k + 1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, scales[k + 2]);
    FloatVector s3 = FloatVector.broadcast(FLOATS, scales[k + 3]);
    int i = from;
    for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
      FloatVector acc = r0.vector(FLOATS, i).fma(s0, sum.vector(FLOATS, i));
      acc = r1.vector(FLOATS, i).fma(s1, acc);
      acc = r2.vector(FLOATS, i).fma(s2, acc);
      sum.put(r3.vector(FLOATS, i).fma(s3, acc), i);
    }
    for (; i < to; i++) {
      float acc = Math.fma(scales[k], r0.get(i), sum.get(i));
      acc = Math.fma(scales[k + 1], r1.get(i), acc);
      acc = Math.fma(scales[k + 2], r2.get(i), acc);
      sum.put(Math.fma(scales[k + 3], r3.get(i), acc), i);
    }
  }

  private static void addOne(OffHeapFloats sum, OffHeapFloats row, float scale, int from, int to) {
    FloatVector s = FloatVector.broadcast(FLOATS, scale);
    int lanes = FLOATS.length();
    int i = from;
    for (; i <= to - 2 * lanes; i += 2 * lanes) {
      FloatVector x = row.vector(FLOATS, i).fma(s, sum.vector(FLOATS, i));
      FloatVector y = row.vector(FLOATS, i + lanes).fma(s, sum.vector(FLOATS, i + lanes));
      sum.put(x, i);
      sum.put(y, i + lanes);
    }
    for (; i < to; i++) {
      sum.put(Math.fma(scale, row.get(i), sum.get(i)), i);
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    try {
      for (long from = 0; from < layout.length(); from += OffHeapFloats.MAX_LENGTH) {
        int length = windowLength(layout, from);
        long firstChunk = from / SecureGaussian.CHUNK;
        OffHeapFloats source = OffHeapFloats.window(sum, from, length);
        OffHeapFloats target = OffHeapFloats.window(out, from, length);
        forEachTask(
            length,
            (start, end) -> {
              VectorGaussian gaussian =
                  new VectorGaussian(key, firstChunk + start / SecureGaussian.CHUNK);
              float[] noise = new float[SecureGaussian.CHUNK];
              for (int chunk = start; chunk < end; chunk += noise.length) {
                if (stddev > 0) {
                  gaussian.nextChunk(noise, stddev);
                }
                int to = Math.min(chunk + noise.length, end);
                addAndScale(source, target, noise, chunk, to, (float) factor);
              }
            });
      }
    } finally {
      Reference.reachabilityFence(sum);
      Reference.reachabilityFence(out);
    }
  }

  private static void addAndScale(
      OffHeapFloats source, OffHeapFloats target, float[] noise, int from, int to, float factor) {
    int i = from;
    for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
      FloatVector draws = FloatVector.fromArray(FLOATS, noise, i - from);
      target.put(source.vector(FLOATS, i).add(draws).mul(factor), i);
    }
    for (; i < to; i++) {
      target.put((source.get(i) + noise[i - from]) * factor, i);
    }
  }

  private static int windowLength(Layout layout, long from) {
    return (int) Math.min(OffHeapFloats.MAX_LENGTH, layout.length() - from);
  }

  /** Work on the floats {@code from} to {@code to} of a window. */
  private interface Task {
    void run(int from, int to);
  }

  /**
   * Cuts a window into one range of whole blocks for each thread. The common pool runs them: it
   * lives as long as the JVM, so there is nothing to close, and the calling thread takes its share.
   */
  private void forEachTask(int length, Task task) {
    int blocks = (length + TASK - 1) / TASK;
    int parts = Math.min(threads, blocks);
    if (parts == 1) {
      task.run(0, length);
      return;
    }
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part ->
                task.run(
                    TASK * (int) ((long) blocks * part / parts),
                    (int) Math.min(length, TASK * ((long) blocks * (part + 1) / parts))));
  }
}
