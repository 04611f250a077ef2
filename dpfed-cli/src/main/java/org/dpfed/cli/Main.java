package org.dpfed.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Entry point of the process: passes its arguments to {@link DpfedCommand} and exits with the
 * status that it returns.
 */
public final class Main {
  /** For logback: without control characters other than tabs and line breaks. */
  private static final String STACK_TRACE =
      "%replace(%ex){'[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]', '?'}%nopex";

  private Main() {}

  /**
   * Runs one command, and ends the process with its exit status.
   *
   * @param arguments as the user typed them
   */
  public static void main(String[] arguments) {
    // ε and δ are printed whatever the locale says.
    StandardOutput output = new StandardOutput();
    System.setOut(utf8(output));
    System.setErr(utf8(new FileOutputStream(FileDescriptor.err)));
    // Plots need no screen, and a display that cannot be reached would stop them.
    System.setProperty("java.awt.headless", "true");
    configureLogging(List.of(arguments).contains(DpfedCommand.VERBOSE));
    int status = DpfedCommand.commandLine().execute(arguments);
    output.problem().ifPresent(problem -> System.err.println("dpfed: " + problem));
    System.exit(status);
  }

  /** Before the first logger exists: logback reads these properties once. */
  private static void configureLogging(boolean verbose) {
    if (verbose) {
      System.setProperty("dpfed.log.level", "INFO");
      System.setProperty("dpfed.log.stackTrace", STACK_TRACE);
    }
  }

  private static PrintStream utf8(OutputStream out) {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }
}
