package org.dpfed.accounting;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A proven privacy guarantee: (epsilon, delta)-differential privacy, together with the relation,
 * unit, accountant and assumptions that give the two numbers their meaning. An infinite epsilon
 * means no privacy.
 *
 * @param epsilon at least 0, possibly infinite
 * @param delta in (0, 1)
 * @param relation which two populations cannot be told apart
 * @param unit the unit of privacy, what one client stands for, such as {@code patient}
 * @param accountant the accountant that proved it
 * @param assumptions what must be true of the run, one sentence each
 */
public record Guarantee(
    double epsilon,
    double delta,
    NeighbouringRelation relation,
    String unit,
    String accountant,
    List<String> assumptions) {
  public Guarantee {
    Bounds.epsilon(epsilon);
    Bounds.delta(delta);
    if (unit.isBlank()) {
      throw new IllegalArgumentException(
          "unit must name what one client stands for, such as patient, was blank");
    }
    assumptions = List.copyOf(assumptions);
  }

  /** Whether anything is promised at all. */
  public boolean isPrivate() {
    return epsilon < Double.POSITIVE_INFINITY;
  }

  /** This guarantee with more that must be true of the run, one sentence each. */
  public Guarantee assuming(List<String> more) {
    Set<String> all = new LinkedHashSet<>(assumptions);
    all.addAll(more);
    return new Guarantee(epsilon, delta, relation, unit, accountant, List.copyOf(all));
  }

  /** The guarantee in one line. Epsilon is rounded up, so the line promises nothing more. */
  public String summary() {
    if (!isPrivate()) {
      return "no privacy: the privacy loss of one " + unit + " has no bound";
    }
    return String.format(
        Locale.ROOT,
        "(ε = %s, δ = %s)-differential privacy for one %s, %s (%s)",
        displayedEpsilon(),
        Double.toString(delta),
        unit,
        relation.label(),
        accountant);
  }

  /**
   * Epsilon for people to read, rounded up: read back as a number, the text is at least epsilon.
   * Four digits after the point, seven below 0.01; very large and very small values in scientific
   * notation.
   *
   * @return such as {@code 1.8283}, {@code 0.0010213}, {@code 1.00E-12}; {@code ∞} when there is no
   *     privacy
   */
  public String displayedEpsilon() {
    return displayed(epsilon);
  }

  /**
   * As {@link #displayedEpsilon()}, for an epsilon that belongs to no guarantee.
   *
   * @param epsilon at least 0, possibly infinite
   */
  public static String displayed(double epsilon) {
    Bounds.epsilon(epsilon);
    if (Double.isInfinite(epsilon)) {
      return "∞";
    } else if (epsilon == 0) {
      return "0";
    }
    // The shortest decimal that reads back as epsilon: 0.1 stays 0.1000.
    BigDecimal exact = BigDecimal.valueOf(epsilon);
    if (epsilon < 1e-5) {
      return scientific(exact, 3);
    } else if (epsilon < 0.01) {
      return exact.setScale(7, RoundingMode.CEILING).toPlainString();
    } else if (epsilon < 1e7) {
      return exact.setScale(4, RoundingMode.CEILING).toPlainString();
    }
    return scientific(exact, 5);
  }

  private static String scientific(BigDecimal value, int digits) {
    BigDecimal rounded = value.round(new MathContext(digits, RoundingMode.CEILING));
    int exponent = rounded.precision() - rounded.scale() - 1;
    BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent).setScale(digits - 1);
    return mantissa.toPlainString() + "E" + exponent;
  }

  /** {@link #summary()}, followed by the assumptions, one to a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(summary());
    assumptions.forEach(assumption -> text.append("\n  assuming ").append(assumption));
    return text.toString();
  }
}
