package org.dpfed.ledger;

import java.io.IOException;
import java.nio.file.Path;

/** A ledger is held by this process or another; the message has its process id. */
public final class LedgerInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  LedgerInUseException(Path ledger, String pid) {
    super(
        "%s is in use by process %s; a ledger has one run at a time: wait for that one to end"
            .formatted(ledger, pid.isEmpty() ? "(unknown)" : pid));
  }
}
