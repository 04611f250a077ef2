package org.dpfed.ledger;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says of what the system refused to do for which file, and what to do about it. */
final class DiskFailure {
  private static final String REMEDY =
      "make room on the disk or restore access to it, then start or resume the run";

  private DiskFailure() {}

  /**
   * @param what failed, with the file, such as "x.jsonl cannot be opened"
   */
  static IOException of(String what, IOException cause) {
    return new IOException(message(what, cause), cause);
  }

  static String message(String what, IOException cause) {
    return "%s: %s; %s".formatted(what, reason(cause), REMEDY);
  }

  /** Some exceptions say by their type alone what happened. */
  private static String reason(IOException cause) {
    if (!(cause instanceof FileSystemException known) || known.getReason() != null) {
      return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    } else if (cause instanceof NoSuchFileException) {
      return known.getFile() + " does not exist";
    } else if (cause instanceof AccessDeniedException) {
      return known.getFile() + " may not be read or written";
    } else if (cause instanceof FileAlreadyExistsException) {
      return known.getFile() + " exists already, and is no directory";
    } else if (cause instanceof NotDirectoryException) {
      return known.getFile() + " is no directory";
    }
    return cause.toString();
  }
}
