package org.dpfed.federated;

/**
 * What happened inside a round. <b>Not private:</b> every value is computed from clients' data
 * without noise, is covered by no guarantee, and must not leave the server's operator.
 *
 * @param cohortSize clients sampled
 * @param failed clients whose data or training threw, or that gave no delta; they contributed zero
 * @param nonFinite clients whose delta held NaN or infinity; they contributed zero
 * @param clipped clients whose delta was longer than the clip norm
 * @param meanDeltaNorm mean L2 norm of the finite deltas before clipping; 0 when there were none
 * @param meanTrainingLoss mean over clients of their local training loss; 0 when there were none
 */
public record RoundDiagnostics(
    int cohortSize,
    int failed,
    int nonFinite,
    int clipped,
    double meanDeltaNorm,
    double meanTrainingLoss) {}
