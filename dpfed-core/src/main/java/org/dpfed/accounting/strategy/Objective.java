package org.dpfed.accounting.strategy;

import java.util.Locale;

/**
 * What an optimised strategy minimises: the squared sensitivity times the squared error of a
 * workload.
 *
 * @param workload whose error
 * @param measure over the rounds
 */
public record Objective(Workload workload, Measure measure) {
  /** How the squared errors of the rounds become one number. */
  public enum Measure {
    /** Their mean: the model is used, or matters, after every round. */
    MEAN,
    /** Their maximum: only the worst round counts, which for Toeplitz strategies is the last. */
    MAX;

    /** Its name in files and options. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What the squared weight of the noise {@code lag} rounds ago counts, of a run's rounds. */
    double weight(int lag, int rounds) {
      return this == MAX ? 1 : (double) (rounds - lag) / rounds;
    }
  }

  /** The mean squared error of prefix sums. */
  public static Objective meanPrefix() {
    return new Objective(new Workload.Prefix(), Measure.MEAN);
  }

  /** The maximal squared error of prefix sums. */
  public static Objective maxPrefix() {
    return new Objective(new Workload.Prefix(), Measure.MAX);
  }

  /** Its name in files, such as {@code mean-prefix}. */
  public String label() {
    return measure.label() + "-" + workload.label();
  }
}
