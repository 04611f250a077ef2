package org.dpfed.ledger;

import java.io.IOException;

/** A checkpoint is not as dpfed wrote it. The message names the file. */
public final class DamagedCheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedCheckpointException(Object file, String problem) {
    super("%s: %s".formatted(file, problem));
  }
}
