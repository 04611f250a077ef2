package org.dpfed.accounting;

/**
 * A ledger refused a charge because all charges together would cost more than its budget. Nothing
 * was recorded and nothing may be released; what was released before stays within the budget.
 */
public final class BudgetExceededException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** A refusal with that message, which names the budget and what the charge would have cost. */
  public BudgetExceededException(String message) {
    super(message);
  }
}
