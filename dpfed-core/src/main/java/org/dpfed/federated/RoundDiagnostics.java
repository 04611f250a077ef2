package org.dpfed.federated;

/**
 * Statistics of one round, computed from clients' data without noise. <b>Not private:</b> no
 * guarantee covers them, and only the server's operator may see them.
 *
 * @param cohortSize clients sampled
 * @param failed clients whose data or training threw or took longer than the client time limit, or
 *     that gave no delta; they contributed zero
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
