package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.output.OutputOptions;
import org.dpfed.federated.CohortEngine;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code dpfed train}: trains what a file and flags describe, breast cancer records otherwise. */
@Command(
    name = "train",
    customSynopsis =
        "dpfed train [--config=FILE | --resume=DIR] [--dry-run] [--quiet | --json] [--FLAG VALUE]...",
    description = {
      "Train a network under differential privacy.",
      "Without arguments: an MLP on 455 patients' records, epsilon 3 at delta 1e-4.",
      "A flag overrides the file; '--flag none' takes back what the file says. Paths in a file are relative to it."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the run finished, now or before it was to be resumed",
      "1:the run failed; its report says what was spent",
      "2:what was asked for cannot be done; nothing was trained",
      "3:the budget of ledger or plan ended the run, after writing model and report",
      "130:interrupted by Ctrl-C (143 by SIGTERM), after writing model and report"
    },
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  /** Directory of optimised strategies, beside the runs. */
  static final String STRATEGIES = "strategies";

  /** Exit status. */
  static final int BUDGET_EXCEEDED = 3;

  private static final String NOISE_MULTIPLIER = "privacy.noiseMultiplier";
  private static final List<String> MAKES_NOISE =
      List.of("privacy.rounds", "privacy.epsilon", "privacy.delta");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; flags override.")
  private @Nullable Path config;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = {
        "Go on with the run in this directory from its last checkpoint, on its ledger.",
        "Flags may change rounds, budget and how it runs, not what it trains."
      })
  private @Nullable Path resume;

  @Option(
      names = "--dry-run",
      description = {
        "Read the data, make the plan and print both;",
        "train nothing, charge nothing, write nothing."
      })
  private boolean dryRun;

  /** The command with a flag for every setting. */
  public static CommandLine commandLine() {
    CommandLine command = new CommandLine(new TrainCommand());
    Settings.ALL.forEach(setting -> command.getCommandSpec().addOption(option(setting)));
    return command;
  }

  /** The flag of a setting. */
  static OptionSpec option(Setting setting) {
    String when = setting.dependence().isEmpty() ? "" : "; " + setting.dependence();
    String fallback = setting.fallback().isEmpty() ? "" : "; default " + setting.fallback();
    boolean isSwitch = setting.kind().shape() == Kind.Shape.SWITCH;
    OptionSpec.Builder option =
        OptionSpec.builder(setting.flag())
            .type(String.class)
            .paramLabel("VALUE")
            .arity(isSwitch ? "0..1" : "1")
            .description(
                setting.description().replace("%", "%%"),
                (setting.key() + ": " + setting.kind().bound() + fallback + when)
                    .replace("%", "%%"));
    return isSwitch ? option.fallbackValue("true").build() : option.build();
  }

  @Mixin private OutputOptions options = new OutputOptions();

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    try (RunOutput output = RunOutput.of(options, command.getOut(), command.getErr())) {
      try {
        options.check();
        return run(output);
      } catch (IOException | RuntimeException | Error e) {
        output.failed(e);
        throw e;
      }
    }
  }

  private int run(RunOutput output) throws IOException {
    Configuration configuration = configuration();
    Optional<Resumption> resumption = Optional.ofNullable(resume).map(Resumption::of);
    keepNoise(configuration, resumption);
    try (Experiment experiment = experiment(configuration, resumption)) {
      LedgerChoice ledger = LedgerChoice.of(configuration, experiment.plan().unit());
      if (dryRun) {
        requireRunnable(experiment, ledger, resumption);
        output.dry(experiment, ledger, resumption);
        return CommandLine.ExitCode.OK;
      }
      if (resumption.isPresent()) {
        requireRunnable(experiment, ledger, resumption);
        Optional<ObjectNode> finished =
            resumption.get().directory().finished(experiment.plan().rounds());
        if (finished.isPresent()) {
          output.alreadyFinished(finished.get(), resumption.get().directory());
          return CommandLine.ExitCode.OK;
        }
      }
      try (TrainingEngine engine = TrainingEngine.start(configuration);
          LedgerFile opened = ledger.open()) {
        return train(experiment, engine.engine(), opened, output);
      }
    }
  }

  private int train(Experiment experiment, CohortEngine engine, LedgerFile ledger, RunOutput output)
      throws IOException {
    Configuration configuration = experiment.configuration();
    RunDirectory directory =
        resume == null ? directory(configuration) : RunDirectory.existing(resume);
    try (CheckpointDirectory checkpoints = directory.checkpoints()) {
      if (resume == null) {
        directory.writeConfiguration(configuration);
      }
      // Of a run that goes on, what is there is the same.
      directory.writePreprocessing(experiment);
      TrainingRun run =
          new TrainingRun(
              experiment, directory, resume != null, engine, output, spec.commandLine().getErr());
      OptionalDouble most = configuration.optionalNumber("privacy.maxEpsilon");
      boolean isWithinBudget =
          run.run(most.isPresent() ? ledger.limitedTo(most.getAsDouble()) : ledger, checkpoints);
      return isWithinBudget ? CommandLine.ExitCode.OK : BUDGET_EXCEEDED;
    }
  }

  /** Refuses what the run would refuse, before anything is written. */
  private static void requireRunnable(
      Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    try {
      experiment.planned().check();
    } catch (IllegalArgumentException e) {
      throw new UsageException(Causes.words(e), e);
    }
    resumption.ifPresent(run -> run.requireSame(experiment, ledger));
  }

  /** Other clients than those of the run that goes on are refused before they get a plan. */
  private Experiment experiment(Configuration configuration, Optional<Resumption> resumption) {
    return Experiment.of(
        configuration,
        strategies(configuration),
        DataSource.of(configuration),
        clients -> resumption.ifPresent(run -> run.requireSameClients(clients)));
  }

  /** Beside the runs, so that a second run of the same shape finds them; none in a dry run. */
  private Optional<StrategyCache> strategies(Configuration configuration) {
    return dryRun
        ? Optional.empty()
        : Optional.of(
            new StrategyCache(Path.of(configuration.text("run.directory")).resolve(STRATEGIES)));
  }

  private Configuration configuration() {
    Configuration configuration = withoutFlags();
    ParseResult flags = spec.commandLine().getParseResult();
    Settings.ALL.stream()
        .filter(setting -> flags.hasMatchedOption(setting.flag()))
        .forEach(this::requireChangeable);
    configuration.withFlags(Settings.ALL, flags).complete();
    return config == null
        ? configuration.named(configuration.text("data.set"), "--data")
        : configuration.named(
            config.getFileName().toString().replaceFirst("\\.ya?ml$", ""), "the name of " + config);
  }

  private Configuration withoutFlags() {
    if (resume == null) {
      return config == null ? Configuration.standard() : Configuration.of(config);
    } else if (config != null) {
      throw new UsageException(
          "--resume takes the settings of the run; leave out --config, or start a new run with it");
    }
    return Configuration.of(RunDirectory.existing(resume).configuration());
  }

  /**
   * A resumed run keeps the noise that epsilon, delta and rounds made once. Others then cost
   * another epsilon, and the plan refuses them where that is above the one allowed.
   */
  private void keepNoise(Configuration configuration, Optional<Resumption> resumption) {
    boolean wouldChange =
        MAKES_NOISE.stream().anyMatch(configuration::isFromFlag)
            && !configuration.has(NOISE_MULTIPLIER);
    if (resume == null || !wouldChange) {
      return;
    }
    Configuration recorded = withoutFlags();
    recorded.complete();
    try (Experiment before = experiment(recorded, resumption)) {
      configuration.withFlag(
          Settings.named(NOISE_MULTIPLIER), Double.toString(before.plan().noiseMultiplier()));
    }
  }

  /**
   * The library compares all that a checkpoint knows; it knows no files. Personal layers would be
   * named there as a part of the network.
   */
  private void requireChangeable(Setting setting) {
    boolean isFixed =
        setting.key().startsWith("data.")
            || setting.key().startsWith("partition.")
            || setting.key().equals("model.personal")
            || setting.key().equals("client.personalSteps")
            || setting.key().equals("run.name")
            || setting.key().equals("run.directory");
    if (resume != null && isFixed) {
      throw new UsageException(
          "%s cannot change when a run is resumed; leave it out, or start a new run"
              .formatted(setting.flag()));
    }
  }

  /** A name that was asked for is that name; any other is made to fit beside earlier runs. */
  private static RunDirectory directory(Configuration configuration) throws IOException {
    Path runs = Path.of(configuration.text("run.directory"));
    String name = configuration.text("run.name");
    return configuration.isFromFlag("run.name")
        ? RunDirectory.named(runs, name)
        : RunDirectory.numbered(runs, name);
  }
}
