package org.dpfed.cli.accounting;

import java.util.OptionalDouble;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.StrategyError;

/**
 * A kind of noise and what a run gets from it.
 *
 * @param name for the table, such as {@code BLT, 2 buffers}
 * @param error its sensitivity and errors
 * @param noiseToSensitivity standard deviation of the uncorrelated noise, divided by sensitivity
 *     and clip norm; 1 where nothing is said of the noise
 * @param samplingProbability Poisson rate within a client's group, where clients are sampled
 * @param storedVectors that the noise of a round needs from earlier ones, each as long as the model
 */
record StrategyWay(
    String name,
    StrategyError error,
    double noiseToSensitivity,
    OptionalDouble samplingProbability,
    int storedVectors) {
  /** Standard deviation of the uncorrelated noise divided by the clip norm. */
  double noiseMultiplier() {
    // The root is rounded, and must not be short of the sensitivity.
    return noiseToSensitivity * Math.sqrt(error.squaredSensitivity()) * (1 + 1e-12);
  }

  /** The root of the squared error by a measure, in clip norms. */
  double rmse(Objective.Measure measure) {
    return noiseToSensitivity * error.rmse(measure);
  }
}
