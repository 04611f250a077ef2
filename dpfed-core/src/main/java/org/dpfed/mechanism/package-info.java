/**
 * The differentially private sum: clipping of each client's delta, aggregation of a cohort, noise,
 * and the event that each mechanism costs.
 *
 * <p>Sampling, networks and the training loop live in {@code federated}; the arithmetic in {@code
 * kernel}.
 */
@NullMarked
package org.dpfed.mechanism;

import org.jspecify.annotations.NullMarked;
