package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.ledger.Checkpoint;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerHistory;

/**
 * A run that is to go on, as its files tell before anything of them is held or changed.
 *
 * @param directory of the run
 * @param checkpoint the newest that is intact
 */
record Resumption(RunDirectory directory, Checkpoint checkpoint) {
  /**
   * Reads the directory of a run.
   *
   * @throws UsageException when it is none, or has no checkpoint to go on from
   */
  static Resumption of(Path path) {
    RunDirectory directory = RunDirectory.existing(path);
    Path checkpoints = directory.checkpointsPath();
    try {
      Optional<Checkpoint> newest = CheckpointDirectory.newestIn(checkpoints);
      return new Resumption(
          directory,
          newest.orElseThrow(
              () ->
                  new UsageException(
                      checkpoints
                          + " holds no intact checkpoint to resume from; start a new run")));
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /**
   * Refuses other clients before there is a plan for them.
   *
   * @throws UsageException when these are not the clients of the run
   */
  void requireSameClients(FederatedDataset clients) {
    try {
      FederatedAveraging.requireSameClients(clients, checkpoint);
    } catch (IllegalArgumentException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /**
   * What all runs on the ledger will have cost when this one has come to its end.
   *
   * @throws org.dpfed.accounting.UnsupportedEventException when nobody knows
   */
  PrivacyAccountant composedWithRest(Experiment experiment, LedgerChoice ledger) {
    LedgerPosition position = requireSame(experiment, ledger);
    return history(ledger)
        .composedWithRest(experiment.plan().planned(), position.run(), checkpoint.round());
  }

  /**
   * Refuses what a run that goes on would refuse, and changes nothing.
   *
   * @return where it is on its ledger
   * @throws UsageException when settings, clients or ledger are not those of the run
   */
  LedgerPosition requireSame(Experiment experiment, LedgerChoice ledger) {
    try {
      LedgerPosition position =
          experiment.planned().requireResumable(checkpoint, ledger.file(), history(ledger));
      directory.requirePreprocessing(experiment);
      return position;
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static LedgerHistory history(LedgerChoice ledger) {
    return ledger.history().orElseGet(() -> new LedgerHistory(List.of(), List.of()));
  }
}
