package org.dpfed.federated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.dpfed.ledger.Checkpoint;
import org.dpfed.ledger.CheckpointDirectory;

/**
 * Where and when a run saves its state.
 *
 * @param directory for this run alone
 * @param every rounds between checkpoints, at least 0; 0 saves only when the run starts and ends
 * @param resumes whether the run goes on from the newest checkpoint
 */
record Checkpointing(CheckpointDirectory directory, int every, boolean resumes) {
  Checkpointing {
    if (every < 0) {
      throw new IllegalArgumentException("every must be at least 0, was " + every);
    }
  }

  boolean isDueAfter(int round) {
    return every > 0 && round % every == 0;
  }

  /**
   * The state to go on from; empty for a new run.
   *
   * @throws IllegalArgumentException when there is none, or one that a new run would overwrite
   */
  Optional<TrainingState> start() {
    try {
      Optional<Checkpoint> newest = directory.newest();
      if (newest.isPresent() != resumes) {
        throw new IllegalArgumentException(
            resumes
                ? directory + " holds no intact checkpoint to resume from; start a new run"
                : directory
                    + " holds checkpoints of an earlier run; resume that one, or choose another directory");
      }
      return newest.map(TrainingState::of);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * @param isLast whether the run can be taken no further; then only this state stays
   */
  void save(TrainingState state, boolean isLast) {
    try {
      if (isLast) {
        directory.writeLast(state.checkpoint());
      } else {
        directory.write(state.checkpoint());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
