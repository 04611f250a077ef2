package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is promised: (epsilon, delta)-differential privacy, and everything that the two numbers mean
 * nothing without. An infinite epsilon is the statement that there is no privacy.
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
    List<String> all = new ArrayList<>(assumptions);
    all.addAll(more);
    return new Guarantee(epsilon, delta, relation, unit, accountant, all);
  }

  /** The guarantee in one line. Epsilon is rounded up, so the line promises nothing more. */
  public String summary() {
    if (!isPrivate()) {
      return "no privacy: the privacy loss of one " + unit + " has no bound";
    }
    return String.format(
        Locale.ROOT,
        "(ε = %s, δ = %s)-differential privacy for one %s, %s (%s)",
        roundedUp(epsilon),
        Double.toString(delta),
        unit,
        relation.label(),
        accountant);
  }

  private static String roundedUp(double epsilon) {
    double step = epsilon < 0.01 ? 1e-7 : 1e-4;
    double rounded = Math.ceil(epsilon / step) * step;
    return String.format(Locale.ROOT, epsilon < 0.01 ? "%.7f" : "%.4f", rounded);
  }

  /** {@link #summary()}, followed by the assumptions, one to a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(summary());
    assumptions.forEach(assumption -> text.append("\n  assuming ").append(assumption));
    return text.toString();
  }
}
