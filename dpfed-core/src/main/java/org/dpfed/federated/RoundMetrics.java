package org.dpfed.federated;

import java.util.List;
import java.util.Optional;

/**
 * One finished round.
 *
 * @param round counts from 1
 * @param seconds wall-clock time of the round, evaluation left out; covered by no guarantee, since
 *     it depends on the clients that took part
 * @param noiseStddev standard deviation of the noise in each coordinate of the mean, of the root
 *     mean square where layers differ; public
 * @param clipNorms the clip norm of this round, or one for each layer; infinite when nothing was
 *     clipped; public
 * @param meanNorm L2 norm of the noisy mean that was released; public. Its square is that of the
 *     mean without noise plus {@code dimension × noiseStddev²}, in expectation
 * @param evaluation on held-out data, in the rounds in which it was asked for
 * @param diagnostics not private; empty unless they were asked for
 */
public record RoundMetrics(
    int round,
    double seconds,
    double noiseStddev,
    List<Double> clipNorms,
    double meanNorm,
    Optional<ModelEvaluation> evaluation,
    Optional<RoundDiagnostics> diagnostics) {
  public RoundMetrics {
    clipNorms = List.copyOf(clipNorms);
  }
}
