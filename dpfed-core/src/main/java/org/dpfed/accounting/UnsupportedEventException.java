package org.dpfed.accounting;

import java.util.List;

/**
 * An accountant has no proven bound for an event. The message names the event and the accountants
 * that have one.
 */
public final class UnsupportedEventException extends UnsupportedOperationException {
  private static final long serialVersionUID = 1;

  /** Longer events, such as matrices with thousands of coefficients, are cut in messages. */
  private static final int MOST_TEXT = 200;

  private final String event;
  private final String[] accountants;

  /**
   * A refusal of one event.
   *
   * @param event what has no bound
   * @param clause the rest of the sentence that begins with the event
   * @param accountants the names of those that have a bound for this event; may be empty
   */
  public UnsupportedEventException(DpEvent event, String clause, List<String> accountants) {
    super(text(event) + " " + clause);
    this.event = text(event);
    this.accountants = accountants.toArray(String[]::new);
  }

  /** A refusal by one accountant, which names the others. */
  static UnsupportedEventException by(String accountant, DpEvent event, List<String> others) {
    String clause = "has no bound by the " + accountant + " accountant";
    return new UnsupportedEventException(
        event,
        clause + (others.isEmpty() ? " nor any other" : "; use " + String.join(" or ", others)),
        others);
  }

  private static String text(DpEvent event) {
    String text = event.toString();
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "…";
  }

  /** The event that has no bound, as text. */
  public String event() {
    return event;
  }

  /** The names of the accountants that have a bound for this event; empty when none has. */
  public List<String> accountants() {
    return List.of(accountants);
  }
}
