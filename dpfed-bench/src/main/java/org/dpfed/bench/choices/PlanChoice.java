package org.dpfed.bench.choices;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Trust;

/** A clipping, noise and trust, each but the first different from it in one choice. */
@SuppressWarnings("ImmutableEnumChecker") // sealed records of values: nothing in them changes
public enum PlanChoice {
  INDEPENDENT_FIXED(new Clipping.Fixed(0.5), new Noise.Independent(), new Trust.Central()),
  ADAPTIVE(
      new Clipping.Adaptive(0.5, QuantileEstimation.median()),
      new Noise.Independent(),
      new Trust.Central()),
  PER_LAYER(
      new Clipping.PerLayer(
          new Clipping.Fixed(0.5), new LayerShares.Equal(), LayerNoise.LEAST_VARIANCE),
      new Noise.Independent(),
      new Trust.Central()),
  TREE(new Clipping.Fixed(0.5), new Noise.Tree(OptionalInt.empty()), new Trust.Central()),
  BANDED_32(new Clipping.Fixed(0.5), banded(), new Trust.Central()),
  BLT_4(new Clipping.Fixed(0.5), blt(), new Trust.Central()),
  LOCAL(new Clipping.Fixed(0.5), new Noise.Independent(), new Trust.Local());

  private final Clipping clipping;
  private final Noise noise;
  private final Trust trust;

  PlanChoice(Clipping clipping, Noise noise, Trust trust) {
    this.clipping = clipping;
    this.noise = noise;
    this.trust = trust;
  }

  Clipping clipping() {
    return clipping;
  }

  Noise noise() {
    return noise;
  }

  Trust trust() {
    return trust;
  }

  /** Coefficients 1/√(π·i) or so: those of the square root of prefix sums. */
  private static Noise banded() {
    double[] coefficients = new double[32];
    coefficients[0] = 1;
    for (int i = 1; i < coefficients.length; i++) {
      coefficients[i] = coefficients[i - 1] * (2 * i - 1) / (2 * i);
    }
    return new Noise.Banded(
        coefficients.length,
        Objective.meanPrefix(),
        Optional.of(ToeplitzStrategy.of(coefficients)));
  }

  /** Four buffers that decay at very different speeds; the values do not matter for the time. */
  private static Noise blt() {
    return new Noise.BufferedLinear(
        4,
        Objective.meanPrefix(),
        Optional.of(
            new BufferedLinearStrategy(
                List.of(0.05, 0.1, 0.15, 0.2), List.of(0.999, 0.95, 0.8, 0.4))));
  }
}
