package org.dpfed.federated;

import java.util.Arrays;
import java.util.List;

/**
 * Statistics of one round, computed from clients' data without noise. <b>Not private:</b> no
 * guarantee covers them, and only the server's operator may see them.
 *
 * @param cohortSize clients sampled
 * @param failed clients whose data or training threw or took longer than the client time limit, or
 *     that gave no delta; they contributed zero
 * @param nonFinite clients whose delta held NaN or infinity; they contributed zero
 * @param clipped clients whose delta was longer than the clip norm
 * @param meanDeltaNorm mean L2 norm of the finite deltas before clipping; 0 when there were none,
 *     NaN where the engine reports sums alone
 * @param deltaNormQuantiles of the same norms, at each of {@link #QUANTILES}; empty when there were
 *     none, and where the engine reports sums alone
 * @param meanTrainingLoss mean over clients of their local training loss; 0 when there were none,
 *     NaN where the engine reports sums alone
 */
public record RoundDiagnostics(
    int cohortSize,
    int failed,
    int nonFinite,
    int clipped,
    double meanDeltaNorm,
    List<Double> deltaNormQuantiles,
    double meanTrainingLoss) {
  /** The shares of the deltas that are no longer than the quantiles. */
  public static final List<Double> QUANTILES = List.of(0.1, 0.5, 0.9);

  public RoundDiagnostics {
    deltaNormQuantiles = List.copyOf(deltaNormQuantiles);
  }

  /** The smallest norms that are at least as long as these shares of all. */
  static List<Double> quantiles(double... norms) {
    if (norms.length == 0) {
      return List.of();
    }
    double[] sorted = norms.clone();
    Arrays.sort(sorted);
    return QUANTILES.stream()
        .map(share -> sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)])
        .toList();
  }
}
