package org.dpfed.mechanism;

import java.util.List;
import java.util.function.IntFunction;
import org.dpfed.kernel.NormalDraws;

/**
 * Noise w = C⁻¹z of a Toeplitz strategy C with unit diagonal, one round after the other: w_t = z_t
 * − Σ c_i·w_{t−i}, rounded to an integer <em>before</em> it is remembered.
 *
 * <p>Because what is remembered are integers, the rounding needs no allowance. Let x_t be the
 * integer sum of round t and r_t = x_t + w_t its release. As x_t is an integer, r_t = round((C·x)_t
 * + z_t − Σ c_i·r_{t−i}): a function of the matrix mechanism's output C·x + z and of earlier
 * releases, so that r costs what C·x + z costs, by post-processing. The feedback itself is computed
 * in double; {@link NoiseRounding} bounds its error, and noise is added for it.
 */
final class FeedbackNoise implements NoiseStream {
  private final Memory memory;
  private final Impulse impulse;
  private final double stddev;

  /**
   * @param kind the strategy, as memories of any dimension
   * @param stddev of z, in units of the grid
   */
  FeedbackNoise(IntFunction<Memory> kind, int dimension, double stddev) {
    this.memory = kind.apply(dimension);
    this.impulse = new Impulse(kind.apply(1));
    this.stddev = stddev;
  }

  /** What earlier rounds leave for later ones. */
  interface Memory {
    /** Subtracts Σ c_i·w_{t−i} at the coordinates from {@code from}. */
    void subtract(int from, int count, double[] noise);

    /** Remembers w_t at these coordinates. */
    void remember(int from, int count, double[] noise);

    /** After a round. */
    void endRound();

    /** Its vectors. */
    List<double[]> vectors();
  }

  @Override
  public void next(NormalDraws draws, int from, int count, double[] noise) {
    draws.nextChunk(noise);
    for (int i = 0; i < count; i++) {
      noise[i] *= stddev;
    }
    memory.subtract(from, count, noise);
    for (int i = 0; i < count; i++) {
      noise[i] = Math.floor(noise[i] + 0.5);
    }
    memory.remember(from, count, noise);
  }

  @Override
  public void endRound() {
    memory.endRound();
    impulse.next();
  }

  @Override
  public List<double[]> memory() {
    return memory.vectors();
  }

  @Override
  public void resumeAt(int round) {
    for (int past = 0; past < round; past++) {
      endRound();
    }
  }

  /** The rounding of remembered noise adds at most ½ unit to each term; it is left out. */
  @Override
  public double stddev() {
    return stddev * Math.sqrt(impulse.squares);
  }

  /** Σ |(C⁻¹)_i| over the rounds of a run: by what factor |w| may exceed the largest |z|. */
  static double inverseNorm(IntFunction<Memory> kind, int rounds) {
    Impulse impulse = new Impulse(kind.apply(1));
    for (int round = 1; round < rounds; round++) {
      impulse.next();
    }
    return impulse.sum;
  }

  /** The first column of C⁻¹, an entry at a time: the noise that a single draw of 1 becomes. */
  private static final class Impulse {
    private final Memory memory;
    private final double[] value = {1};
    private double squares = 1;
    private double sum = 1;

    Impulse(Memory memory) {
      this.memory = memory;
      memory.remember(0, 1, value);
    }

    void next() {
      memory.endRound();
      value[0] = 0;
      memory.subtract(0, 1, value);
      memory.remember(0, 1, value);
      squares += value[0] * value[0];
      sum += Math.abs(value[0]);
    }
  }

  /** The last {@code bands − 1} rounds' noise. */
  static final class Bands implements Memory {
    private final double[] coefficients;
    private final double[][] past;
    private int round;

    /**
     * @param coefficients of C, the first 1
     */
    Bands(double[] coefficients, int dimension) {
      this.coefficients = coefficients.clone();
      this.past = new double[coefficients.length - 1][dimension];
    }

    @Override
    public void subtract(int from, int count, double[] noise) {
      for (int lag = 1; lag <= Math.min(round, past.length); lag++) {
        double coefficient = coefficients[lag];
        double[] w = past[Math.floorMod(round - lag, past.length)];
        for (int i = 0; i < count; i++) {
          noise[i] -= coefficient * w[from + i];
        }
      }
    }

    @Override
    public void remember(int from, int count, double[] noise) {
      if (past.length > 0) {
        System.arraycopy(noise, 0, past[round % past.length], from, count);
      }
    }

    @Override
    public void endRound() {
      round++;
    }

    @Override
    public List<double[]> vectors() {
      return List.of(past);
    }
  }

  /** One vector for each buffer: s_j ← θ_j·s_j + w. */
  static final class Buffers implements Memory {
    private final double[] scale;
    private final double[] decay;
    private final double[][] buffers;

    Buffers(double[] outputScale, double[] bufferDecay, int dimension) {
      this.scale = outputScale.clone();
      this.decay = bufferDecay.clone();
      this.buffers = new double[scale.length][dimension];
    }

    @Override
    public void subtract(int from, int count, double[] noise) {
      for (int j = 0; j < buffers.length; j++) {
        double omega = scale[j];
        double[] buffer = buffers[j];
        for (int i = 0; i < count; i++) {
          noise[i] -= omega * buffer[from + i];
        }
      }
    }

    @Override
    public void remember(int from, int count, double[] noise) {
      for (int j = 0; j < buffers.length; j++) {
        double theta = decay[j];
        double[] buffer = buffers[j];
        for (int i = 0; i < count; i++) {
          buffer[from + i] = theta * buffer[from + i] + noise[i];
        }
      }
    }

    @Override
    public void endRound() {}

    @Override
    public List<double[]> vectors() {
      return List.of(buffers);
    }
  }
}
