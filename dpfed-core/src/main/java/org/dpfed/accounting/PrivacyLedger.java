package org.dpfed.accounting;

/**
 * Records privacy charges. {@link #charge} returns only after the event has been recorded as
 * durably as this ledger promises; callers must charge an event before they release its value.
 */
@FunctionalInterface
public interface PrivacyLedger {
  /**
   * Records that {@code event} is about to be released.
   *
   * @throws IllegalStateException when the charge is refused, because it would exceed the budget or
   *     the ledger takes no more; nothing was recorded and nothing may be released
   * @throws java.io.UncheckedIOException when the record could not be made durable; nothing may be
   *     released, and the charge counts as spent, since part of the record may be there
   */
  void charge(DpEvent event);
}
