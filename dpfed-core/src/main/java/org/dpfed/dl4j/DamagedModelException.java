package org.dpfed.dl4j;

import java.io.IOException;

/**
 * A file is no model that dpfed would have written: it is damaged, of another kind, or holds what
 * must not be read from a file that anybody may have made. The message names the file and the part.
 */
public final class DamagedModelException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedModelException(String file, String problem) {
    super(file + ": " + problem);
  }

  DamagedModelException(String file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
