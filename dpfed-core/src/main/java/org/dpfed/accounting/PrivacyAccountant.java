package org.dpfed.accounting;

/**
 * Composes events into one guarantee. Immutable: {@link #compose} returns a new accountant, so an
 * event that is refused leaves no trace.
 */
public interface PrivacyAccountant {
  /** The name shown in guarantees, such as {@code RDP}. */
  String name();

  /** The relation under which every answer of this accountant holds. */
  NeighbouringRelation relation();

  /**
   * This accountant with {@code event} added to what it has composed.
   *
   * @throws UnsupportedOperationException when this accountant has no bound for the event or a part
   *     of it; the message names the part and an accountant that has one, if there is any
   */
  PrivacyAccountant compose(DpEvent event);

  /** As {@link #compose(DpEvent)}, {@code count} times; {@code count} is at least 1. */
  default PrivacyAccountant compose(DpEvent event, long count) {
    return compose(new DpEvent.SelfComposed(event, count));
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
}
