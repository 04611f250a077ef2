/**
 * The differentially private sum: sampling of a cohort, clipping of each client's delta, exact
 * sums, noise, and the event that a round costs. {@link org.dpfed.mechanism.SampledGaussian} is
 * where a round begins; nobody outside this package can make an aggregator, a sampler or a key.
 *
 * <p>Networks and the training loop live in {@code federated}; the arithmetic in {@code kernel}.
 */
@NullMarked
package org.dpfed.mechanism;

import org.jspecify.annotations.NullMarked;
