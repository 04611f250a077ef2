package org.dpfed.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.dpfed.cli.report.ReportCommand;
import org.dpfed.cli.sweep.SweepCommand;
import org.dpfed.cli.training.DataIndexCommand;
import org.dpfed.cli.training.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Prints an error as one line on standard error: exit status {@value CommandLine.ExitCode#USAGE}
 * when what was asked for cannot be done, {@value CommandLine.ExitCode#SOFTWARE} when doing it
 * failed. The stack trace is for those who asked for it.
 */
final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** Commands that are done when their files are, whoever hears of it. */
  private static final Set<Class<?>> LEAVES_FILES =
      Set.of(TrainCommand.class, SweepCommand.class, DataIndexCommand.class, ReportCommand.class);

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

  /**
   * Runs the last command, which prints harmless text; an {@link Error} of it is handled as an
   * exception is.
   */
  static int run(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    List<CommandLine> commands = parsed.asCommandLineList();
    CommandLine last = commands.get(commands.size() - 1);
    last.setOut(TerminalText.over(last.getOut())).setErr(TerminalText.over(last.getErr()));
    try {
      int status = new RunLast().execute(parsed);
      boolean isLost =
          !LEAVES_FILES.contains(last.getCommand().getClass()) && last.getOut().checkError();
      if (isLost && status == CommandLine.ExitCode.OK) {
        throw new OutputLostException();
      }
      return status;
    } catch (Error | OutputLostException e) {
      throw new ExecutionException(last, e.toString(), e);
    }
  }

  @Override
  public int handleExecutionException(
      Exception error, CommandLine commandLine, ParseResult parsed) {
    Throwable failure =
        error instanceof ExecutionException && error.getCause() != null ? error.getCause() : error;
    if (!(failure instanceof OutputLostException)) {
      print(commandLine, failure, Causes.words(failure), verbose.getAsBoolean());
    }
    return Causes.exitStatus(failure);
  }

  private static void print(
      CommandLine commandLine, Throwable error, String message, boolean wantsTrace) {
    PrintWriter err = TerminalText.over(commandLine.getErr());
    err.println(commandLine.getCommandSpec().qualifiedName() + ": " + message);
    if (wantsTrace) {
      error.printStackTrace(err);
    }
  }

  private static String message(ParameterException error) {
    String suggestion =
        error instanceof UnmatchedArgumentException unmatched
            ? suggestion(unmatched).map("; did you mean %s?"::formatted).orElse("")
            : "";
    return Causes.words(error) + suggestion;
  }

  /** Of flags the nearest one; of other words, such as commands, what picocli finds like them. */
  private static Optional<String> suggestion(UnmatchedArgumentException error) {
    String typed = error.getUnmatched().get(0).replaceFirst("=.*", "");
    return error.isUnknownOption()
        ? Nearest.of(error.getCommandLine().getCommandSpec().optionsMap().keySet(), typed)
        : error.getSuggestions().stream().findFirst();
  }
}
