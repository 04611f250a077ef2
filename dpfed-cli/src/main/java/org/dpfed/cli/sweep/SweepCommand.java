package org.dpfed.cli.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.output.OutputOptions;
import org.dpfed.cli.training.PlannedTraining;
import org.dpfed.cli.training.SweepSettings;
import org.dpfed.cli.training.VariedRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed sweep}: trains once for each combination of settings, and compares the runs. */
@Command(
    name = "sweep",
    description = {
      "Train once for each combination of the settings that the section 'sweep' of a file lists.",
      "Writes a run directory for each, one table of results, plots, and what all runs cost."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:all runs are done",
      "1:a run failed; the others went on",
      "2:what was asked for cannot be done; nothing was trained",
      "130:interrupted by Ctrl-C (143 by SIGTERM); go on with --resume"
    },
    sortOptions = false)
public final class SweepCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "Settings in YAML, with a section 'sweep'.")
  private Path config = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the sweep's directory. Default: the name of the file.")
  private @Nullable String name;

  @Option(
      names = "--sweeps",
      paramLabel = "DIR",
      description = "Directory of all sweeps. Default: sweeps.")
  private Path sweeps = Path.of("sweeps");

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = {
        "Runs side by side. Default: as many as there are cores for their workers",
        "(run.workers, 1 unless set) and memory for their models."
      })
  private @Nullable Integer parallel;

  @Option(
      names = "--resume",
      description = {
        "Go on with a sweep: runs that are done are skipped,",
        "those that were cut go on from their last checkpoint."
      })
  private boolean resume;

  @Option(
      names = "--dry-run",
      description = "Plan all runs and print what they cost; train nothing, charge nothing.")
  private boolean dryRun;

  @Mixin private OutputOptions options = new OutputOptions();

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    try (SweepOutput output = SweepOutput.of(options, command.getOut(), command.getErr())) {
      try {
        options.check();
        return run(output);
      } catch (IOException | RuntimeException | Error e) {
        output.failed(e);
        throw e;
      }
    }
  }

  private int run(SweepOutput output) throws IOException {
    if (parallel != null && parallel < 1) {
      throw new UsageException("--parallel must be at least 1, was " + parallel);
    }
    SweepSettings settings = SweepSettings.of(config);
    SweepDirectory directory = SweepDirectory.of(sweeps, name());
    if (resume || !dryRun) {
      directory.check(resume);
    }
    List<RunResult> planned = planned(settings.runs());
    if (resume) {
      planned = found(planned, directory);
    }
    List<PlannedTraining> plans = planned.stream().flatMap(run -> run.plan().stream()).toList();
    if (plans.isEmpty()) {
      throw new UsageException("no run is possible: " + planned.get(0).problem().orElseThrow());
    }
    requireOneMeaning(plans);
    int atOnce = parallel != null ? parallel : Parallelism.of(plans);
    output.planned(planned, atOnce, dryRun);
    if (dryRun) {
      return CommandLine.ExitCode.OK;
    }
    return new SweepRunner(directory, settings.varied(), planned)
        .train(atOnce, output)
        .exitStatus();
  }

  /** Each run keeps the budget in its own relation and delta, so all need the same. */
  private static void requireOneMeaning(List<PlannedTraining> plans) {
    boolean isLimited = plans.stream().anyMatch(plan -> plan.maxEpsilon().isPresent());
    long meanings =
        plans.stream()
            .filter(PlannedTraining::isPrivate)
            .map(plan -> List.of(plan.planned().relation(), plan.planned().delta()))
            .distinct()
            .count();
    if (isLimited && meanings > 1) {
      throw new UsageException(
          "privacy.maxEpsilon needs one privacy.relation and one privacy.delta for all runs of the sweep, since a budget in one says nothing in another; sweep over them without a budget, or in sweeps of their own");
    }
  }

  private String name() {
    return name == null ? config.getFileName().toString().replaceFirst("\\.ya?ml$", "") : name;
  }

  /** A combination that cannot run is a run that failed; the others go on. */
  private static List<RunResult> planned(List<VariedRun> runs) {
    List<RunResult> planned = new ArrayList<>();
    for (VariedRun run : runs) {
      try {
        planned.add(
            new RunResult(run, Optional.of(run.planned()), Optional.empty(), Optional.empty()));
      } catch (UsageException e) {
        planned.add(RunResult.refused(run, String.valueOf(e.getMessage())));
      }
    }
    return planned;
  }

  /** With what earlier runs of this sweep left, all of which must be of this file. */
  private static List<RunResult> found(List<RunResult> planned, SweepDirectory directory)
      throws IOException {
    List<RunResult> found = new ArrayList<>();
    for (RunResult result : planned) {
      if (result.plan().isPresent()) {
        PlannedTraining plan = result.plan().get();
        result.run().requireSame(directory.runs(), plan.ledgerFile());
        found.add(RunResult.of(result.run(), plan, directory.runs(), Optional.empty()));
      } else {
        found.add(result);
      }
    }
    return found;
  }
}
