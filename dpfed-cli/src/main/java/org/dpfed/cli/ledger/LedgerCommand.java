package org.dpfed.cli.ledger;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dpfed ledger}: reads the ledger of a population, and never changes it. */
@Command(
    name = "ledger",
    description = "Read the ledger of a population: the history of its runs, and what they cost.",
    sortOptions = false)
public final class LedgerCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** The command with its own commands. */
  public static CommandLine commandLine() {
    return new CommandLine(new LedgerCommand())
        .addSubcommand(new CommandLine(new ShowLedger()))
        .addSubcommand(new CommandLine(new VerifyLedger()))
        .addSubcommand(new CommandLine(new ExportLedger()));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is needed: " + String.join(", ", spec.subcommands().keySet()));
  }
}
