package org.dpfed.accounting;

/**
 * Where privacy loss is charged. {@link #charge} returns only once the event is recorded as durably
 * as this ledger promises; whoever releases a value must have charged its event first.
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
