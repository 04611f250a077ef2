package org.dpfed.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.regex.Pattern;

/**
 * Text in which a terminal finds no commands. Names come from files of others, and a terminal obeys
 * the control characters in them: they can hide or replace what was printed. Each one but tabs and
 * line breaks is written as JSON writes it, such as {@code \u005cu001b}, so that JSON keeps its
 * meaning.
 */
public final class TerminalText {
  /** Those of ASCII and of ISO 8859-1, which some terminals obey too. */
  private static final Pattern COMMAND = Pattern.compile("[\\p{Cc}&&[^\\t\\n\\r]]|\\r(?!\\n)");

  private TerminalText() {}

  /** The text, with control characters written out. */
  public static String harmless(String text) {
    return COMMAND
        .matcher(text)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }

  /**
   * What prints harmless text; {@link PrintWriter#checkError} tells whether {@code out} failed.
   *
   * @param out flushed after each line; closed by its owner
   */
  static PrintWriter over(PrintWriter out) {
    return new PrintWriter(new Harmless(out), true);
  }

  private static final class Harmless extends Writer {
    private final PrintWriter out;

    Harmless(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) {
      out.write(harmless(new String(text, from, length)));
    }

    @Override
    public void flush() throws IOException {
      // A PrintWriter keeps what went wrong to itself.
      if (out.checkError()) {
        throw new OutputLostException();
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
