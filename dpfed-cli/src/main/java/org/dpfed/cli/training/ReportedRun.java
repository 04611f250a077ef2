package org.dpfed.cli.training;

import java.nio.file.Path;
import java.util.List;

/**
 * What a report says of a run beside what the library reports.
 *
 * @param configuration of the run
 * @param notes what users may not expect of their images and of how clients train
 * @param heldOut what was not trained on
 * @param parameters of the network, those that can be trained
 * @param isOneOfSweep whether its directory is among those of a sweep
 * @param command that trains with the same settings again
 */
record ReportedRun(
    Configuration configuration,
    List<String> notes,
    HeldOut heldOut,
    long parameters,
    boolean isOneOfSweep,
    String command) {
  /**
   * @param directory of the run
   */
  static ReportedRun of(Experiment experiment, RunDirectory directory) {
    return new ReportedRun(
        experiment.configuration(),
        experiment.notes(),
        experiment.heldOut(),
        experiment.trainer().dimension(),
        directory.isOneOfSweep(),
        "./dpfed train --config " + quoted(directory.configuration()));
  }

  /** As a shell takes it. */
  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
