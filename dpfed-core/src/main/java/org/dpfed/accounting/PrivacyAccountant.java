package org.dpfed.accounting;

import java.util.List;

/**
 * Composes events into one guarantee. Immutable: {@link #compose} returns a new accountant, so a
 * refused event changes nothing.
 */
public interface PrivacyAccountant {
  /** The name shown in guarantees, such as {@code RDP}. */
  String name();

  /** The relation under which every answer of this accountant holds. */
  NeighbouringRelation relation();

  /**
   * Whether epsilon and delta are exactly what was composed can cost, not only bounds from above.
   * Nobody needs to ask another accountant then.
   */
  default boolean isExact() {
    return false;
  }

  /** What must be true of the run for the answers to hold, one sentence each. */
  List<String> assumptions();

  /**
   * This accountant with {@code event} added, {@code count} times, to what it has composed.
   *
   * @param count at least 1
   * @return this accountant is left as it was
   * @throws UnsupportedEventException when this accountant has no bound for the event or a part of
   *     it; it names the part and the accountants that have one
   */
  PrivacyAccountant compose(DpEvent event, long count);

  /** As {@link #compose(DpEvent, long)}, once. */
  default PrivacyAccountant compose(DpEvent event) {
    return compose(event, 1);
  }

  /**
   * An upper bound of epsilon at {@code delta} for everything composed; {@link
   * Double#POSITIVE_INFINITY} when there is none.
   *
   * @param delta in (0, 1)
   */
  double epsilon(double delta);

  /**
   * An upper bound of delta at {@code epsilon} for everything composed.
   *
   * @param epsilon at least 0
   */
  double delta(double epsilon);

  /**
   * The guarantee at {@code delta} for everything composed.
   *
   * @param unit what one client stands for, such as {@code patient}
   */
  default Guarantee guarantee(double delta, String unit) {
    return new Guarantee(epsilon(delta), delta, relation(), unit, name(), assumptions());
  }
}
