package org.dpfed.data;

import java.util.OptionalDouble;

/**
 * Converts a raw number to a feature with public constants only. Scaling fitted to the rows is
 * refused; {@link #named} explains why.
 */
public sealed interface Scaling {
  /** The feature for {@code raw}, which is finite. */
  float apply(double raw);

  /** The feature for a missing value, if the constants suggest one. */
  OptionalDouble neutral();

  /** The raw number unchanged. */
  record None() implements Scaling {
    @Override
    public float apply(double raw) {
      return (float) raw;
    }

    @Override
    public OptionalDouble neutral() {
      return OptionalDouble.empty();
    }
  }

  /**
   * A public range mapped to [−1, 1]. Values outside are moved to its nearest end, so that no
   * record leaves the range; the middle stands for a missing value.
   *
   * @param min finite
   * @param max finite, above {@code min}
   */
  record Range(double min, double max) implements Scaling {
    public Range {
      if (!Double.isFinite(min) || !Double.isFinite(max) || !(min < max)) {
        throw new IllegalArgumentException(
            "min and max must be finite with min below max, were " + min + " and " + max);
      }
    }

    @Override
    public float apply(double raw) {
      double clamped = Math.min(Math.max(raw, min), max);
      return (float) (2 * (clamped - min) / (max - min) - 1);
    }

    /**
     * The number whose feature is {@code scaled}: outside the range where that is not in [−1, 1].
     */
    public double raw(double scaled) {
      return min + (scaled + 1) / 2 * (max - min);
    }

    @Override
    public OptionalDouble neutral() {
      return OptionalDouble.of(0);
    }
  }

  /**
   * {@code (raw − centre) / divisor}, the constants published with the data or known beforehand.
   *
   * @param centre finite; stands for a missing value
   * @param divisor finite and not 0
   */
  record Affine(double centre, double divisor) implements Scaling {
    /** Bytes of a pixel to [0, 1]. */
    public static final Affine PIXEL = new Affine(0, 255);

    /** Bytes of a pixel to [−1, 1]. */
    public static final Affine CENTRED_PIXEL = new Affine(127.5, 127.5);

    public Affine {
      if (!Double.isFinite(centre) || !Double.isFinite(divisor) || divisor == 0) {
        throw new IllegalArgumentException(
            "centre and divisor must be finite and divisor not 0, were "
                + centre
                + " and "
                + divisor);
      }
    }

    @Override
    public float apply(double raw) {
      return (float) ((raw - centre) / divisor);
    }

    @Override
    public OptionalDouble neutral() {
      return OptionalDouble.of(0);
    }
  }

  /**
   * The scaling that a configuration names without giving constants: {@code none}.
   *
   * @throws IllegalArgumentException for every other name; for those of fitted scalings, such as
   *     {@code fitted}, {@code minmax} or {@code standardize}, with the reason
   */
  static Scaling named(String name) {
    return switch (name) {
      case "none" -> new None();
      case "fitted", "fit", "auto", "minmax", "standardize", "standardise", "zscore", "normalize" ->
          throw new IllegalArgumentException(
              "scaling '"
                  + name
                  + "' without constants would be fitted on the clients' own rows: the smallest,"
                  + " largest or mean value of a column reveals records of single clients, and no"
                  + " guarantee would count it. Give public constants for each column (a range such"
                  + " as [0, 120] for an age), or 'none'");
      default ->
          throw new IllegalArgumentException(
              "scaling must be a range per column or 'none', was '" + name + "'");
    };
  }
}
