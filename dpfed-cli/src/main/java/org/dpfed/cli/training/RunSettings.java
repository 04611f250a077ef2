package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.anyInteger;
import static org.dpfed.cli.training.Kind.directoryName;
import static org.dpfed.cli.training.Kind.integer;
import static org.dpfed.cli.training.Kind.path;
import static org.dpfed.cli.training.Kind.text;
import static org.dpfed.cli.training.Kind.yesNo;

import java.util.List;

/** Settings of the run itself: its directory, its speed and what it shows. */
final class RunSettings {
  static final List<Setting> ALL =
      List.of(
          Setting.of(
              "run.name",
              "--name",
              directoryName(),
              "",
              "Name of the run's directory. If it exists, a name from a file gets a number, and a name from the flag is refused. Default: the name of the file or data set."),
          Setting.of("run.directory", "--runs", path(), "runs", "Directory of all runs."),
          Setting.of(
              "run.ledger",
              "--ledger",
              path(),
              "",
              "Ledger of the population, which all runs over it must share. Default: one for the data set and its unit, in the directory ledgers beside the runs."),
          Setting.of(
              "run.evaluateEvery",
              "--evaluate-every",
              integer(1),
              "10",
              "Rounds between evaluations."),
          Setting.of(
              "run.checkpointEvery",
              "--checkpoint-every",
              integer(0),
              "10",
              "Rounds between checkpoints, from which --resume goes on; 0 saves only at the start and at the end, Ctrl-C included."),
          Setting.of("run.seed", "--seed", anyInteger(), "0", "Seed of local training."),
          Setting.of(
              "run.workers",
              "--workers",
              integer(1),
              "",
              "Threads that train clients in parallel, at most 8 per processor. Default: one per processor."),
          Setting.of(
              "run.kernel",
              "--kernel",
              text(),
              "",
              "Name of the kernel for clipping and noise. Default: the fastest that works on this machine."),
          Setting.of(
                  "run.diagnostics",
                  "--diagnostics",
                  yesNo(),
                  "false",
                  "Also report statistics of each round that no guarantee covers.")
              .notWith("privacy.trust", "local"),
          Setting.of(
                  "run.showClientErrors",
                  "--show-client-errors",
                  yesNo(),
                  "false",
                  "Log which clients fail and why, for debugging: the log is not private.")
              .notWith("privacy.trust", "local"));

  private RunSettings() {}
}
