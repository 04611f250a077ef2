package org.dpfed.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A driver with two executors, in a process of its own, that goes on from what an earlier one left.
 */
final class DriverLife {
  /** Begins the lines that say which model the run has shown. */
  static final String SIGN = "life: ";

  static final int ROUNDS = 5;

  private DriverLife() {}

  /**
   * Prints number and SHA-256 of each model that it shows.
   *
   * @param arguments network, and the directory of ledger and checkpoints
   */
  public static void main(String[] arguments) throws IOException {
    try (LocalCluster cluster = LocalCluster.of(2, Map.of())) {
      Runs.run(
          arguments[0],
          ROUNDS,
          cluster.engine(arguments[0]),
          (metrics, parameters) ->
              System.out.println(SIGN + metrics.round() + " " + Runs.hash(parameters)),
          Path.of(arguments[1]));
    }
  }
}
