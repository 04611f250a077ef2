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
   * @throws IllegalStateException when the charge would exceed the budget; nothing may be released
   *     then
   * @throws java.io.UncheckedIOException when the record could not be made durable; likewise
   */
  void charge(DpEvent event);
}
