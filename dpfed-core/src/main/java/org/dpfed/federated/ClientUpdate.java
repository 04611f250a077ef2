package org.dpfed.federated;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The result of one client's local training. It stays private to that client until it has been
 * clipped, summed and noised.
 *
 * @param delta trained − global, shape {@code [d]}, float; remains the worker's, which may
 *     overwrite or close it when it is called again: the receiver copies it before that
 * @param trainingLoss mean loss over the client's steps
 */
public record ClientUpdate(INDArray delta, double trainingLoss) {}
