package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.cli.UsageException;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.ledger.CheckpointDirectory;

/** One run of a sweep: an ordinary run with some of the settings of a file changed. */
public final class VariedRun {
  /** What the seed is called among the settings of a run. */
  public static final String SEED = "seed";

  private static final List<String> SEEDED = List.of("model.seed", "partition.seed");

  /** Global parameters, optimizer, what a listener sees, the sum; delta and copies of a worker. */
  private static final long BYTES_PER_PARAMETER = 5 * Float.BYTES + Long.BYTES;

  private static final long BYTES_PER_PARAMETER_AND_WORKER = 6 * Float.BYTES;

  private final Path file;
  private final int number;
  private final Map<String, String> settings;
  private final List<SettingsReader.Entry> entries;
  private final Optional<String> seed;
  private final SharedData data;

  VariedRun(
      Path file,
      int number,
      Map<String, String> settings,
      List<SettingsReader.Entry> entries,
      Optional<String> seed,
      SharedData data) {
    this.file = file;
    this.number = number;
    this.settings = new LinkedHashMap<>(settings);
    this.entries = List.copyOf(entries);
    this.seed = seed;
    this.data = data;
  }

  /** Name of its directory, such as {@code 007}. */
  public String name() {
    return "%03d".formatted(number);
  }

  /** What it was given of each setting that differs between runs, in order, as text. */
  public Map<String, String> settings() {
    return new LinkedHashMap<>(settings);
  }

  /**
   * Plans the run; trains nothing.
   *
   * @throws org.dpfed.cli.UsageException when the settings describe nothing that can run
   */
  public PlannedTraining planned() {
    Configuration configuration = configuration();
    try (Experiment experiment = experiment(configuration)) {
      PrivacyPlan plan = experiment.plan();
      int workers = experiment.execution().workers();
      return new PlannedTraining(
          plan.planned(),
          plan.accountedAfter(plan.rounds()).epsilon(),
          plan.noiseMultiplier(),
          LedgerChoice.of(configuration, plan.unit()).file(),
          configuration.optionalNumber("privacy.maxEpsilon"),
          workers,
          experiment.network().dimension()
              * (BYTES_PER_PARAMETER + workers * BYTES_PER_PARAMETER_AND_WORKER));
    }
  }

  /**
   * Checks that the directory of its name, if there is one, holds this run and no other.
   *
   * @param runs directory of all runs
   * @param ledgerFile the one that {@link #planned} names
   * @throws org.dpfed.cli.UsageException when it holds a run with other settings
   */
  public void requireSame(Path runs, Path ledgerFile) throws IOException {
    RunDirectory.requireSame(runs, name(), placed(runs, ledgerFile));
  }

  private Configuration placed(Path runs, Path ledgerFile) {
    return configuration()
        .with("run.name", name())
        .with("run.directory", runs.toString())
        .with("run.ledger", ledgerFile.toString());
  }

  /**
   * Trains in the directory of its name, from the newest checkpoint where there is one.
   *
   * @param runs directory of all runs
   * @param ledgerFile the one that {@link #planned} names
   * @param ledger how the run charges it
   * @param log for what {@code dpfed train} would print
   * @param onRound runs after each round
   * @throws org.dpfed.cli.UsageException when the directory holds a run with other settings
   */
  public void train(
      Path runs, Path ledgerFile, PopulationLedger ledger, PrintWriter log, Runnable onRound)
      throws IOException {
    Configuration base = configuration();
    Configuration configuration = placed(runs, ledgerFile);
    try (Experiment experiment = experiment(base, configuration)) {
      RunDirectory directory = RunDirectory.kept(runs, name(), configuration);
      try (CheckpointDirectory checkpoints = directory.checkpoints()) {
        boolean resumes = checkpoints.newest().isPresent();
        if (!resumes && checkpoints.hasDamaged()) {
          throw new UsageException(
              directory.path()
                  + " has no intact checkpoint, only damaged ones; remove the directory to train this run anew, beside what it was charged already");
        }
        if (resumes) {
          directory.requirePreprocessing(experiment);
        }
        directory.writeConfiguration(configuration);
        directory.writePreprocessing(experiment);
        new TrainingRun(
                experiment,
                directory,
                resumes,
                CohortEngine.local(),
                new PlainOutput(Optional.empty(), log, onRound),
                log)
            .run(ledger, checkpoints);
      }
    }
  }

  private Experiment experiment(Configuration configuration) {
    return experiment(configuration, configuration);
  }

  /** Strategies are kept where those of all runs are. */
  private Experiment experiment(Configuration base, Configuration configuration) {
    StrategyCache strategies =
        new StrategyCache(Path.of(base.text("run.directory")).resolve(TrainCommand.STRATEGIES));
    return Experiment.of(
        configuration, Optional.of(strategies), data.of(configuration), clients -> {});
  }

  private Configuration configuration() {
    Configuration configuration = Configuration.of(file, entries);
    seed.ifPresent(text -> seed(configuration, text));
    if (!configuration.has("run.workers")) {
      configuration.with("run.workers", "1");
    }
    configuration.complete();
    if (!configuration.text(EngineSettings.KIND).equals(EngineSettings.LOCAL)) {
      throw new UsageException(
          "%s: a sweep trains its runs side by side on this machine; leave engine.kind out, or train one run by 'dpfed train'"
              .formatted(file));
    }
    return configuration;
  }

  /** Noise stays secure unless the file seeds it. */
  private void seed(Configuration configuration, String text) {
    configuration.with("run.seed", text);
    for (String key : SEEDED) {
      if (entries.stream().noneMatch(entry -> entry.key().equals(key))) {
        configuration.with(key, text);
      }
    }
    if (configuration.has("privacy.seed")) {
      configuration.with("privacy.seed", text);
    }
  }
}
