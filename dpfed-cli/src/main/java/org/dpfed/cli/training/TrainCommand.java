package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingReport;
import org.dpfed.federated.TrainingResult;
import org.dpfed.ledger.FileLedger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed train}: trains what a file and flags describe, breast cancer records otherwise. */
@Command(
    name = "train",
    description = {
      "Train a network under differential privacy.",
      "Without arguments: an MLP on 455 patients' records, epsilon 3 at delta 1e-4."
    },
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  private static final String TERMINAL = "dpfed.terminal";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; flags override.")
  private @Nullable Path config;

  /** The command with a flag for every setting. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new TrainCommand());
    for (Setting setting : Settings.ALL) {
      boolean yesNo = setting.kind().bound().equals(Setting.yesNo().bound());
      OptionSpec.Builder option =
          OptionSpec.builder(setting.flag())
              .type(String.class)
              .paramLabel("VALUE")
              .arity(yesNo ? "0..1" : "1")
              .description(
                  setting.description(), "%s: %s".formatted(setting.key(), setting.kind().bound()));
      command
          .getCommandSpec()
          .addOption(yesNo ? option.fallbackValue("true").build() : option.build());
    }
    return command;
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration =
        config == null ? Configuration.standard() : Configuration.of(config);
    for (Setting setting : Settings.ALL) {
      String text = spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), "");
      if (!text.isEmpty()) {
        configuration.withFlag(setting, text);
      }
    }
    try (Experiment experiment = Experiment.of(configuration)) {
      RunDirectory directory =
          RunDirectory.create(Path.of(configuration.text("run.directory")), runName(configuration));
      directory.writeConfiguration(configuration);
      try (FileLedger ledger = directory.openLedger()) {
        return train(experiment, directory, ledger);
      }
    }
  }

  private int train(Experiment experiment, RunDirectory directory, FileLedger ledger)
      throws IOException {
    PrivacyPlan plan = experiment.plan();
    boolean terminal = Boolean.getBoolean(TERMINAL);
    spec.commandLine().getOut().println(plan.guarantee().summary());
    try (Interruption interruption = new Interruption();
        Progress progress = Progress.of(terminal, plan.rounds(), spec.commandLine().getOut())) {
      FederatedAveraging averaging =
          experiment.averaging(ledger, (metrics, parameters) -> progress.finished(metrics));
      interruption.stops(averaging);
      try {
        TrainingResult result = averaging.run();
        progress.close();
        finish(
            experiment,
            directory,
            result,
            result.report().isStoppedEarly() ? "stopped" : "finished");
        return CommandLine.ExitCode.OK;
      } catch (RoundFailedException e) {
        progress.close();
        finish(experiment, directory, e.result(), "failed");
        throw e;
      }
    }
  }

  private void finish(
      Experiment experiment, RunDirectory directory, TrainingResult result, String status)
      throws IOException {
    TrainingReport report = result.report();
    directory.writeModel(experiment.network().network(result.parameters()));
    directory.writeReport(RunReport.of(status, experiment.configuration(), report));
    var out = spec.commandLine().getOut();
    out.println(SummaryTable.of(report));
    out.printf(
        "%s after %d rounds; written to %s%n", status, report.rounds().size(), directory.path());
    out.flush();
  }

  private String runName(Configuration configuration) {
    String base =
        config == null
            ? configuration.text("data.set")
            : config.getFileName().toString().replaceAll("\\.ya?ml$", "");
    String now =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return configuration.optionalText("run.name").orElse(base + "-" + now);
  }
}
