package org.dpfed.cli.training;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dpfed data}: what can be done with the data of a run without training. */
@Command(name = "data", description = "Prepare the data of a run.", sortOptions = false)
public final class DataCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The command with its own commands. */
  public static CommandLine commandLine() {
    return new CommandLine(new DataCommand())
        .addSubcommand(DataIndexCommand.commandLine())
        .addSubcommand(new CommandLine(new DataVerifyCommand()));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is needed: " + String.join(", ", spec.subcommands().keySet()));
  }
}
