package org.dpfed.dl4j.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp and tanh by arithmetic alone, to a few units in the last place. The Vector API has both, but
 * where the compiler does not find its own for them they are computed lane by lane, a hundred times
 * slower, and whether it finds them changes from run to run.
 */
final class VectorExponential {
  private static final VectorSpecies<Float> SPECIES = VectorActivation.SPECIES;

  /** Beyond this e^x leaves the normal floats. */
  private static final float LIMIT = 87;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** ln 2 as a sum whose first part, cut to 12 bits, times a small integer is exact. */
  private static final float LN2_HIGH = 0.693115234375f;

  private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

  /** Below this tanh's power series is exact to rounding with the terms taken. */
  private static final float SERIES = 0.3f;

  /** Adding it to a small float leaves the nearest integer in the low bits. */
  private static final float ROUNDER = 0x1.8p23f;

  private VectorExponential() {}

  /** e^x; arguments beyond ±87 count as ±87. */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.max(-LIMIT).min(LIMIT);
    FloatVector shifted = clamped.mul(LOG2_E).add(ROUNDER);
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(constant(-LN2_HIGH), clamped);
    r = n.fma(constant(-LN2_LOW), r);
    // |r| ≤ ln 2 / 2: the first term left out is below 6e-9.
    FloatVector series = constant(1f / 5040);
    series = series.fma(r, constant(1f / 720));
    series = series.fma(r, constant(1f / 120));
    series = series.fma(r, constant(1f / 24));
    series = series.fma(r, constant(1f / 6));
    series = series.fma(r, constant(1f / 2));
    series = series.fma(r, constant(1));
    series = series.fma(r, constant(1));
    IntVector exponent =
        shifted
            .reinterpretAsInts()
            .sub(Float.floatToRawIntBits(ROUNDER))
            .lanewise(VectorOperators.LSHL, 23);
    return series.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }

  /** tanh x = 1 − 2 / (e^2x + 1), and the power series where that would cancel. */
  static FloatVector tanh(FloatVector x) {
    FloatVector large = constant(1).sub(constant(2).div(exp(x.add(x)).add(1)));
    FloatVector square = x.mul(x);
    FloatVector series = constant(-1382f / 155925);
    series = series.fma(square, constant(62f / 2835));
    series = series.fma(square, constant(-17f / 315));
    series = series.fma(square, constant(2f / 15));
    series = series.fma(square, constant(-1f / 3));
    series = series.fma(square, constant(1));
    return large.blend(series.mul(x), x.abs().compare(VectorOperators.LT, SERIES));
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
