package org.dpfed.data;

import java.io.IOException;

/**
 * A file does not hold what its format or its schema promises. The message names the file, what was
 * expected and what was found, and never quotes a value from a record.
 */
public final class MalformedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedDataException(String file, String problem) {
    super(file + ": " + problem);
  }
}
