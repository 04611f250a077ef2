package org.dpfed.kernel;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Java's Vector API for norms and noise, BLAS for sums, on cache-sized blocks of the arrays' own
 * memory. Results do not depend on the number of threads, bit for bit, since work is cut into the
 * same blocks whoever does them.
 *
 * <p>Java 17 fences every vector that it loads from outside the heap, which costs more than the
 * arithmetic: blocks are copied into arrays that stay in the first-level cache, and vectors are
 * loaded from there. Sums need no more than BLAS has, at the speed of memory.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector} and an ND4J backend that keeps arrays in main
 * memory.
 */
final class VectorKernel implements DeltaKernel {
  static final String NAME = "vector";

  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** As many floats as there are lanes of double, so that one conversion widens them all. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, DOUBLES.vectorShape());

  /** The bits of 2⁵²: those of 2⁵² plus a smaller integer are these and the integer. */
  private static final long TWO_52 = Double.doubleToRawLongBits(0x1p52);

  /** Floats that a norm copies at a time: few enough that memory is read ahead meanwhile. */
  private static final int NORM_BLOCK = 1024;

  /** Floats that a sum handles at a time, at most 10,000, so that BLAS stays on one thread. */
  private static final int SUM_BLOCK = 4096;

  /** Floats that one task handles. */
  private static final int TASK = 1 << 16;

  /** Floats of norms or sums for which a second thread saves more than waking it costs. */
  private static final int LIGHT_SHARE = 1 << 20;

  /** The same for noise, which takes tenfold the time. */
  private static final int HEAVY_SHARE = TASK;

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
    double[] norms = new double[layout.rows()];
    for (int k = 0; k < norms.length; k++) {
      norms[k] = Math.sqrt(sumOfSquares(deltas, k * layout.length(), layout.length()));
    }
    Reference.reachabilityFence(deltas);
    return norms;
  }

  private double sumOfSquares(INDArray deltas, long row, long length) {
    double[] partial = new double[Math.toIntExact((length + TASK - 1) / TASK)];
    forEachTask(
        length,
        LIGHT_SHARE,
        (task, from, stretch) -> {
          float[] block = new float[Math.min(NORM_BLOCK, stretch)];
          FloatBuffer source = NativeFloats.window(deltas, row + from, stretch);
          for (int at = 0; at < stretch; at += NORM_BLOCK) {
            int count = Math.min(NORM_BLOCK, stretch - at);
            source.get(at, block, 0, count);
            partial[task] += squares(block, count);
          }
        });
    double sum = 0;
    for (double part : partial) {
      sum += part;
    }
    return sum;
  }

  private static double squares(float[] block, int count) {
    int lanes = FLOATS.length();
    DoubleVector a = DoubleVector.zero(DOUBLES);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    int i = 0;
    for (; i <= count - 4 * lanes; i += 4 * lanes) {
      DoubleVector w = widened(block, i);
      DoubleVector x = widened(block, i + lanes);
      DoubleVector y = widened(block, i + 2 * lanes);
      DoubleVector z = widened(block, i + 3 * lanes);
      a = w.fma(w, a);
      b = x.fma(x, b);
      c = y.fma(y, c);
      d = z.fma(z, d);
    }
    double sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    for (; i < count; i++) {
      double value = block[i];
      sum += value * value;
    }
    return sum;
  }

  private static DoubleVector widened(float[] block, int index) {
    return (DoubleVector)
        FloatVector.fromArray(FLOATS, block, index).convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  /**
   * Adds all rows to one block of the sum before the next, so that it stays in cache. Blocks this
   * short BLAS handles on the calling thread.
   */
  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    long target = NativeFloats.address(sum);
    long source = NativeFloats.address(deltas);
    long rowBytes = layout.length() * Float.BYTES;
    forEachTask(
        layout.length(),
        LIGHT_SHARE,
        (task, from, length) -> {
          NativeFloats.Cursor to = new NativeFloats.Cursor();
          NativeFloats.Cursor row = new NativeFloats.Cursor();
          for (int at = 0; at < length; at += SUM_BLOCK) {
            int count = Math.min(SUM_BLOCK, length - at);
            long offset = (from + at) * Float.BYTES;
            to.at(target + offset);
            for (int k = 0; k < scales.length; k++) {
              if (scales[k] != 0) {
                cblas_saxpy(count, scales[k], row.at(source + k * rowBytes + offset), 1, to, 1);
              }
            }
          }
        });
    Reference.reachabilityFence(sum);
    Reference.reachabilityFence(deltas);
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    byte[] taken = stddev > 0 ? key.take() : new byte[0];
    forEachTask(
        layout.length(),
        HEAVY_SHARE,
        (task, from, length) -> {
          NormalDraws stream =
              stddev > 0 ? new VectorGaussian(taken, from / NormalDraws.CHUNK) : unchanged -> {};
          FloatBuffer source = NativeFloats.window(sum, from, length);
          FloatBuffer target = NativeFloats.window(out, from, length);
          double[] draws = new double[NormalDraws.CHUNK];
          float[] values = new float[NormalDraws.CHUNK];
          for (int at = 0; at < length; at += values.length) {
            int count = Math.min(values.length, length - at);
            source.get(at, values, 0, count);
            stream.nextChunk(draws);
            addAndScale(values, draws, stddev, (float) factor);
            target.put(at, values, 0, count);
          }
        });
    Reference.reachabilityFence(sum);
    Reference.reachabilityFence(out);
  }

  private static void addAndScale(float[] values, double[] draws, double stddev, float factor) {
    for (int i = 0; i < values.length; i += FLOATS.length()) {
      DoubleVector noise = DoubleVector.fromArray(DOUBLES, draws, i).mul(stddev);
      ((FloatVector) noise.convertShape(VectorOperators.D2F, FLOATS, 0))
          .add(FloatVector.fromArray(FLOATS, values, i))
          .mul(factor)
          .intoArray(values, i);
    }
  }

  @Override
  public NormalDraws draws(NoiseKey key) {
    return new VectorGaussian(key.take(), 0);
  }

  @Override
  public void addCut(INDArray delta, double factor, long[] sum) {
    Layout.ofIntegerSum(sum, delta, factor);
    NativeFloats.forEachBlock(
        delta, (block, count, from) -> addCut(block, count, factor, sum, from));
  }

  /**
   * Adding 2⁵² to a magnitude rounds it to an integer, which is then in the low bits; where that
   * went up, the sign of what is left over takes one unit off again. Signs become −1 or 0, and
   * {@code (n ^ s) − s} is n with the sign s.
   */
  private static void addCut(float[] values, int count, double factor, long[] sum, int from) {
    int lanes = DOUBLES.length();
    int i = 0;
    for (; i <= count - lanes; i += lanes) {
      DoubleVector product = widened(values, i).mul(factor);
      DoubleVector magnitude = product.abs();
      DoubleVector biased = magnitude.add(0x1p52);
      LongVector excess = sign(magnitude.sub(biased.sub(0x1p52)));
      LongVector units = biased.reinterpretAsLongs().sub(TWO_52).add(excess);
      LongVector sign = sign(product);
      LongVector cut = units.lanewise(VectorOperators.XOR, sign).sub(sign);
      LongVector.fromArray(LONGS, sum, from + i).add(cut).intoArray(sum, from + i);
    }
    for (; i < count; i++) {
      sum[from + i] += (long) (values[i] * factor);
    }
  }

  /** −1 where a value is negative, otherwise 0. */
  private static LongVector sign(DoubleVector values) {
    return values.reinterpretAsLongs().lanewise(VectorOperators.ASHR, Long.SIZE - 1);
  }

  /** Work on a stretch of at most {@link #TASK} floats. */
  private interface Task {
    void run(int task, long from, int length);
  }

  /**
   * Cuts the floats into stretches, and the stretches into one range for each thread. The common
   * pool runs them: it lives as long as the JVM, so there is nothing to close, and the calling
   * thread takes its share.
   *
   * @param share floats that each thread gets at least
   */
  private void forEachTask(long length, int share, Task task) {
    int tasks = Math.toIntExact((length + TASK - 1) / TASK);
    int parts = (int) Math.min(threads, (length + share - 1) / share);
    if (parts == 1) {
      runTasks(0, tasks, length, task);
      return;
    }
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part ->
                runTasks(
                    (int) ((long) tasks * part / parts),
                    (int) ((long) tasks * (part + 1) / parts),
                    length,
                    task));
  }

  private static void runTasks(int first, int end, long length, Task task) {
    for (int t = first; t < end; t++) {
      long from = (long) t * TASK;
      task.run(t, from, (int) Math.min(TASK, length - from));
    }
  }
}
