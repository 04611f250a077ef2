package org.dpfed.accounting.strategy;

import java.util.List;
import org.dpfed.accounting.ToeplitzStrategy;

/**
 * A buffered linear Toeplitz strategy, BLT (Dvijotham, McMahan, Pillutla, Steinke, Thakurta 2024;
 * McMahan, Xiao, Zhang 2024): coefficient 0 is 1 and coefficient i the sum of outputScale ·
 * bufferDecay^(i − 1) over the buffers. Its coefficients never rise and never fall below 0, so that
 * its sensitivity is exact; its noise is generated in memory of one vector for each buffer.
 *
 * @param outputScale one scale for each buffer, at least 0, together at most 1
 * @param bufferDecay one decay for each buffer, in (0, 1)
 */
public record BufferedLinearStrategy(List<Double> outputScale, List<Double> bufferDecay) {
  public BufferedLinearStrategy {
    outputScale = List.copyOf(outputScale);
    bufferDecay = List.copyOf(bufferDecay);
    if (outputScale.isEmpty() || outputScale.size() != bufferDecay.size()) {
      throw new IllegalArgumentException(
          "outputScale and bufferDecay must have one entry for each buffer, at least one, had "
              + outputScale.size()
              + " and "
              + bufferDecay.size());
    }
    double sum = 0;
    for (double scale : outputScale) {
      if (!(scale >= 0)) {
        throw new IllegalArgumentException(
            "each entry of outputScale must be at least 0, one was " + scale);
      }
      sum += scale;
    }
    if (!(sum <= 1)) {
      throw new IllegalArgumentException(
          "outputScale must add up to at most 1, so that coefficients do not rise, was " + sum);
    }
    for (double decay : bufferDecay) {
      if (!(decay > 0 && decay < 1)) {
        throw new IllegalArgumentException(
            "each entry of bufferDecay must be in (0, 1), one was " + decay);
      }
    }
  }

  /** How many buffers it has: the vectors that its noise keeps. */
  public int buffers() {
    return outputScale.size();
  }

  /**
   * The matrix of a run.
   *
   * @param rounds of the run, from 1 to 5,000,000
   */
  public ToeplitzStrategy toeplitz(int rounds) {
    return ToeplitzStrategy.bufferedLinear(bufferDecay, outputScale, rounds);
  }
}
