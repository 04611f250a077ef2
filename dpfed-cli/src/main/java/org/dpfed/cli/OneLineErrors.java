package org.dpfed.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Prints an error as one line on standard error: exit status 2 when what was asked for cannot be
 * done, 1 when doing it failed. The stack trace is for those who asked for it.
 */
final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final BooleanSupplier verbose;

  OneLineErrors(BooleanSupplier verbose) {
    this.verbose = verbose;
  }

  @Override
  public int handleParseException(ParameterException error, String[] arguments) {
    boolean wantsTrace = List.of(arguments).contains(DpfedCommand.VERBOSE);
    print(error.getCommandLine(), error, message(error), wantsTrace);
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception error, CommandLine commandLine, ParseResult parsed) {
    print(commandLine, error, message(error), verbose.getAsBoolean());
    return error instanceof UsageException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static void print(
      CommandLine commandLine, Exception error, String message, boolean wantsTrace) {
    PrintWriter err = commandLine.getErr();
    err.println(commandLine.getCommandSpec().qualifiedName() + ": " + message);
    if (wantsTrace) {
      error.printStackTrace(err);
    }
  }

  private static String message(Exception error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    String suggestion =
        error instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()
            ? "; did you mean " + unmatched.getSuggestions().get(0) + "?"
            : "";
    return message.strip().replaceAll("\\s*\\R\\s*", " ") + suggestion;
  }
}
