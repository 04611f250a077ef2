package org.dpfed.accounting.strategy;

import org.dpfed.accounting.Participation;

/** A run as the losses of strategies see it. */
final class RunShape {
  private final Participation participation;
  private final double[] workload;
  private final double[] weights;

  private RunShape(Participation participation, double[] workload, double[] weights) {
    this.participation = participation;
    this.workload = workload;
    this.weights = weights;
  }

  static RunShape of(Participation participation, Objective objective) {
    int rounds = participation.rounds();
    double[] weights = new double[rounds];
    for (int lag = 0; lag < rounds; lag++) {
      weights[lag] = objective.measure().weight(lag, rounds);
    }
    return new RunShape(participation, objective.workload().coefficients(rounds), weights);
  }

  Participation participation() {
    return participation;
  }

  /** Coefficients of the workload, one for each round; not to be changed. */
  double[] workload() {
    return workload;
  }

  /**
   * What the squared weight of the noise so many rounds ago counts, one for each round; not to be
   * changed.
   */
  double[] weights() {
    return weights;
  }

  int rounds() {
    return workload.length;
  }

  /** Whether a client that joins as early and as often as it may joins this round. */
  boolean isJoined(int round) {
    int separation = participation.minSeparation();
    return round % separation == 0 && round / separation < participation.attainable();
  }

  /** The error of noise whose weights these are. */
  double error(double[] noiseWeights) {
    double sum = 0;
    for (int lag = 0; lag < weights.length; lag++) {
      sum += weights[lag] * noiseWeights[lag] * noiseWeights[lag];
    }
    return sum;
  }
}
