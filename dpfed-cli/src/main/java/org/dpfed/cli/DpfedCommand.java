package org.dpfed.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.dpfed.cli.accounting.AccountCommand;
import org.dpfed.cli.accounting.CalibrateCommand;
import org.dpfed.cli.accounting.StrategyCommand;
import org.dpfed.cli.ledger.LedgerCommand;
import org.dpfed.cli.report.ReportCommand;
import org.dpfed.cli.sweep.SweepCommand;
import org.dpfed.cli.training.DataCommand;
import org.dpfed.cli.training.EvaluateCommand;
import org.dpfed.cli.training.PredictCommand;
import org.dpfed.cli.training.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code dpfed}: names the commands and what they have in common. */
@Command(
    name = "dpfed",
    description = "Federated averaging with client-level differential privacy for Deeplearning4j.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    scope = ScopeType.INHERIT)
public final class DpfedCommand implements Runnable {
  static final String VERBOSE = "--verbose";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = VERBOSE,
      scope = ScopeType.INHERIT,
      description = "Show stack traces and the libraries' own messages.")
  private boolean verbose;

  /** The command line, ready to execute: one line for each error, exit statuses as promised. */
  public static CommandLine commandLine() {
    DpfedCommand root = new DpfedCommand();
    OneLineErrors errors = new OneLineErrors(() -> root.verbose);
    return new CommandLine(root)
        .addSubcommand(AccountCommand.commandLine())
        .addSubcommand(CalibrateCommand.commandLine())
        .addSubcommand(StrategyCommand.commandLine())
        .addSubcommand(TrainCommand.commandLine())
        .addSubcommand(DataCommand.commandLine())
        .addSubcommand(new CommandLine(new ReportCommand()))
        .addSubcommand(LedgerCommand.commandLine())
        .addSubcommand(new CommandLine(new SweepCommand()))
        .addSubcommand(new CommandLine(new PredictCommand()))
        .addSubcommand(new CommandLine(new EvaluateCommand()))
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(OneLineErrors::run)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is needed: " + String.join(", ", spec.subcommands().keySet()));
  }
}
