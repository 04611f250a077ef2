package org.dpfed.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Standard output takes nothing any more: nobody reads it, or its disk is full. Whoever started the
 * command hears the reason from {@link Main}, or nothing where nobody reads.
 */
public final class OutputLostException extends IOException {
  private static final long serialVersionUID = 1L;

  OutputLostException() {
    super("standard output cannot be written");
  }

  /**
   * Writes what is held back.
   *
   * @param out a file or standard output
   * @throws IOException when it cannot be written, of standard output too, which is silent of it
   */
  public static void flush(Writer out) throws IOException {
    out.flush();
    if (out instanceof PrintWriter printed && printed.checkError()) {
      throw new OutputLostException();
    }
  }
}
