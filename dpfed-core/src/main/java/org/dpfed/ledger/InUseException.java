package org.dpfed.ledger;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A ledger or a directory of checkpoints is held by this process or another; the message has its
 * process id.
 */
public final class InUseException extends IOException {
  private static final long serialVersionUID = 1L;

  InUseException(Path held, String pid) {
    super(
        "%s is in use by process %s; only one process at a time may have it: wait for that one to end"
            .formatted(held, pid.isEmpty() ? "(unknown)" : pid));
  }
}
