/**
 * The differentially private sum: sampling a cohort, clipping each client's delta, summing exactly,
 * adding noise, and the privacy event of a round. {@link org.dpfed.mechanism.SampledGaussian} is
 * the entry point; only this package can create aggregators, samplers and keys.
 *
 * <p>The training loop is in {@code federated}, the arithmetic in {@code kernel}.
 */
@NullMarked
package org.dpfed.mechanism;

import org.jspecify.annotations.NullMarked;
