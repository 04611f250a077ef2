package org.dpfed.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Entry point of the process: passes its arguments to {@link DpfedCommand} and exits with the
 * status that it returns.
 */
public final class Main {
  private Main() {}

  /**
   * Runs one command, and ends the process with its exit status.
   *
   * @param arguments as the user typed them
   */
  public static void main(String[] arguments) {
    // ε and δ are printed whatever the locale says.
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    // Plots need no screen, and a display that cannot be reached would stop them.
    System.setProperty("java.awt.headless", "true");
    configureLogging(List.of(arguments).contains(DpfedCommand.VERBOSE));
    int status = DpfedCommand.commandLine().execute(arguments);
    System.exit(status);
  }

  /** Before the first logger exists: logback reads these properties once. */
  private static void configureLogging(boolean verbose) {
    if (verbose) {
      System.setProperty("dpfed.log.level", "INFO");
      System.setProperty("dpfed.log.stackTrace", "%ex");
    }
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
