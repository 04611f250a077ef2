package org.dpfed.cli.output;

import java.io.PrintStream;
import java.util.Optional;

/**
 * One line on a terminal that is drawn over and over, with a bar where there is room for one. It
 * never reaches the last column, so that no terminal breaks it.
 *
 * <p>The launcher says how wide the terminal is when the command starts. The libraries that would
 * ask it later take over the signals, and Ctrl-C would end the process before the model and the
 * report are written.
 */
public final class TerminalBar implements AutoCloseable {
  private static final String TERMINAL = "dpfed.terminal";
  private static final String COLUMNS = "dpfed.columns";
  private static final int USUAL_COLUMNS = 80;
  private static final int LEAST_CELLS = 8;
  private static final int MOST_CELLS = 32;
  private static final long NANOS_BETWEEN_DRAWINGS = 100_000_000;

  private final int columns;
  private final PrintStream out;
  private String latest = "";
  private int drawnLength;
  private long notBefore = System.nanoTime();

  /**
   * @param columns of the terminal, at least 2
   * @param out the terminal
   */
  TerminalBar(int columns, PrintStream out) {
    this.columns = columns - 1;
    this.out = out;
  }

  /** On standard error; empty where the launcher found no terminal there. */
  public static Optional<TerminalBar> onTerminal() {
    int told = Integer.getInteger(COLUMNS, 0);
    return Boolean.getBoolean(TERMINAL)
        ? Optional.of(new TerminalBar(told < 2 ? USUAL_COLUMNS : told, System.err))
        : Optional.empty();
  }

  /**
   * Shows what has changed. What comes too soon after the last drawing is drawn with the next one
   * or at the end.
   *
   * @param line beside the bar
   * @param share of the bar that is full, from 0 to 1
   */
  public void show(FittedLine line, double share) {
    String text = line.within(columns);
    int room = (columns - text.length() - "[] ".length()) / 4 * 4;
    latest = room < LEAST_CELLS ? text : bar(share, Math.min(room, MOST_CELLS)) + " " + text;
    long now = System.nanoTime();
    if (now - notBefore >= 0) {
      draw(latest);
      notBefore = now + NANOS_BETWEEN_DRAWINGS;
    }
  }

  private static String bar(double share, int cells) {
    int full = (int) (Math.max(0, Math.min(1, share)) * cells);
    String done = full < cells ? "=".repeat(full) + ">" : "=".repeat(cells);
    return "[" + done + " ".repeat(cells - done.length()) + "]";
  }

  /** Clears the line, so that something else can be printed there; the next drawing is below. */
  public void clear() {
    draw("");
    out.print('\r');
    out.flush();
    notBefore = System.nanoTime();
  }

  private void draw(String text) {
    out.print("\r" + text + " ".repeat(Math.max(0, drawnLength - text.length())));
    out.flush();
    drawnLength = text.length();
  }

  /** Draws the line a last time, and leaves the cursor on a fresh one. */
  @Override
  public void close() {
    draw(latest);
    out.println();
    out.flush();
  }
}
