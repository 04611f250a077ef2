package org.dpfed.ledger;

import java.io.IOException;

/**
 * A ledger is not as dpfed wrote it: a record was changed, moved, doubled or taken out, or a newer
 * version wrote it. The message names file and record. Nothing may be charged to it.
 */
public final class DamagedLedgerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long record;

  DamagedLedgerException(String file, long record, String problem) {
    super("%s, record %d: %s".formatted(file, record, problem));
    this.record = record;
  }

  /** The number of the first record that is not as it was written, from 1. */
  public long record() {
    return record;
  }
}
