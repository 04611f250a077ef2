package org.dpfed.cli.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PlannedRun;

/**
 * What a run will do and need, known before it trains.
 *
 * @param planned what its ledger records of it
 * @param epsilon of the whole run, with seeded noise what it would be with secure noise
 * @param noiseMultiplier of the whole round
 * @param ledger of its population
 * @param maxEpsilon of everything on the ledger, if limited
 * @param workers threads that train clients
 * @param bytes of memory that it needs, roughly, without its data
 */
public record PlannedTraining(
    PlannedRun planned,
    double epsilon,
    double noiseMultiplier,
    Path ledger,
    OptionalDouble maxEpsilon,
    int workers,
    long bytes) {

  /** Whether a guarantee holds of the run: its noise is secure and not absent. */
  public boolean isPrivate() {
    return !(planned.firstRound() instanceof DpEvent.NonPrivate);
  }

  /** The ledger, one name for one file, and the one that a single run is charged to. */
  public Path ledgerFile() {
    Path absolute = ledger.toAbsolutePath();
    try {
      return absolute.equals(absolute.normalize()) ? absolute : LedgerChoice.real(absolute);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
