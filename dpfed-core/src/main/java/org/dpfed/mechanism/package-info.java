/**
 * The differentially private sum: sampling a cohort, clipping each client's delta, summing exactly,
 * adding noise, and the privacy event of a run. {@link org.dpfed.mechanism.Mechanism} is the entry
 * point; only this package can create aggregators and keys.
 *
 * <p>The training loop is in {@code federated}, the arithmetic in {@code kernel}.
 */
@NullMarked
package org.dpfed.mechanism;

import org.jspecify.annotations.NullMarked;
