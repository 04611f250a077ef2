package org.dpfed.ledger;

import java.time.Instant;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PlannedRun;

/** One line of a ledger. */
public sealed interface LedgerRecord {
  /** Its place in the ledger, from 1. */
  long number();

  /**
   * The first record of every ledger.
   *
   * @param format version of the format, at least 1
   */
  record Opened(long number, Instant time, int format) implements LedgerRecord {}

  /**
   * A run begins.
   *
   * @param run its number in this ledger, from 1
   * @param plan what it may charge
   * @param isBeside whether those in progress stay in progress; otherwise they end here
   */
  record Begun(long number, Instant time, int run, PlannedRun plan, boolean isBeside)
      implements LedgerRecord {}

  /**
   * A round was charged.
   *
   * @param run the number of its run
   * @param round counts from 1
   * @param event what it cost
   * @param release what it pays for
   */
  record Charged(long number, Instant time, int run, int round, DpEvent event, String release)
      implements LedgerRecord {}

  /**
   * A run goes on from an earlier state: its rounds after {@code round} are charged again where
   * they were charged before.
   *
   * @param run its number in this ledger
   * @param round the last round that it keeps; 0 for none
   * @param rounds how many it now plans
   * @param isBeside whether those in progress stay in progress; otherwise they end here
   */
  record Resumed(long number, Instant time, int run, int round, int rounds, boolean isBeside)
      implements LedgerRecord {}

  /**
   * Something was shown that no charge pays for and no guarantee covers.
   *
   * @param run during which
   * @param text what it was
   */
  record Noted(long number, Instant time, int run, String text) implements LedgerRecord {}

  /**
   * A record of which only the beginning was written, because the process or the machine stopped.
   *
   * @param text what was written
   * @param runs it counts as a round of each of these: all that may have charged it; empty where it
   *     cannot have been a charge
   */
  record Torn(long number, String text, List<Integer> runs) implements LedgerRecord {
    public Torn {
      runs = List.copyOf(runs);
    }
  }
}
