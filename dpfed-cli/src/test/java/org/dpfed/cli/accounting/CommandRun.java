package org.dpfed.cli.accounting;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.dpfed.cli.DpfedCommand;
import picocli.CommandLine;

/** What a command came back with. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int status = command.execute(arguments.toArray(String[]::new));
    return new CommandRun(status, out.toString(), err.toString().strip());
  }

  static CommandRun of(String... arguments) {
    return of(List.of(arguments));
  }

  boolean isRefusedInOneLine() {
    return status == CommandLine.ExitCode.USAGE && err.lines().count() == 1 && out.isEmpty();
  }
}
