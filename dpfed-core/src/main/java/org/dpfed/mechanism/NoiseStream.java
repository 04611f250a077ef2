package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.dpfed.kernel.NormalDraws;

/**
 * The noise that a run adds to one part of the vector, in units of the grid. Coordinates do not
 * depend on each other, so a round is computed in chunks.
 *
 * <p>Rounding is ⌊u + ½⌋, which commutes with adding an integer for every u; rounding ties to even
 * does not.
 */
interface NoiseStream {
  /**
   * This round's noise at coordinates {@code from} to {@code from + count − 1}, as integers. Chunks
   * come in order, each once in a round.
   *
   * @param draws the round's stream, standard normal
   * @param count at most {@link NormalDraws#CHUNK}
   * @param noise of that length at least; overwritten
   */
  void next(NormalDraws draws, int from, int count, double[] noise);

  /** Moves to the next round, after all chunks of this one. */
  default void endRound() {}

  /** What later rounds depend on: the stream's own vectors, always the same ones. */
  default List<double[]> memory() {
    return List.of();
  }

  /** Moves to a round whose {@link #memory} was restored. */
  default void resumeAt(int round) {}

  /** Standard deviation of this round's noise in each coordinate, in units of the grid. */
  double stddev();

  /**
   * The stream of a correlated noise.
   *
   * @param stddev of the uncorrelated noise, in units of the grid
   * @param clipUnits the clip norm, in units of the grid
   * @param rounds of the run
   * @throws IllegalArgumentException when the noise cannot be computed exactly enough
   */
  static NoiseStream correlated(
      Noise noise, double stddev, double clipUnits, int rounds, int dimension) {
    if (noise instanceof Noise.Tree tree) {
      double factor = NoiseRounding.ofTree(stddev, clipUnits, rounds, dimension);
      return new TreeNoise(stddev * factor, rounds, tree.restartRounds().orElse(rounds), dimension);
    }
    IntFunction<FeedbackNoise.Memory> kind;
    double errors;
    if (noise instanceof Noise.Banded banded) {
      double[] coefficients = doubles(banded.strategy().coefficients());
      kind = size -> new FeedbackNoise.Bands(coefficients, size);
      errors = Arrays.stream(coefficients).sum() * coefficients.length;
    } else if (noise instanceof Noise.BufferedLinear buffered) {
      double[] scale = doubles(buffered.strategy().outputScale());
      double[] decay = doubles(buffered.strategy().bufferDecay());
      kind = size -> new FeedbackNoise.Buffers(scale, decay, size);
      errors = NoiseRounding.ofBuffers(scale, decay, rounds);
    } else {
      throw new IllegalArgumentException(noise.label() + " noise has no state");
    }
    double factor = NoiseRounding.factor(kind, errors, stddev, clipUnits, rounds, dimension);
    return new FeedbackNoise(kind, dimension, stddev * factor);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Fresh noise in every round. */
  record Independent(double stddev) implements NoiseStream {
    @Override
    public void next(NormalDraws draws, int from, int count, double[] noise) {
      if (stddev == 0) {
        Arrays.fill(noise, 0, count, 0);
        return;
      }
      draws.nextChunk(noise);
      for (int i = 0; i < count; i++) {
        noise[i] = Math.floor(noise[i] * stddev + 0.5);
      }
    }
  }
}
