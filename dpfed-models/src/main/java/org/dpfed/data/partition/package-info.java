/**
 * How the rows of a data set become the clients of a population: one record each, evenly, with
 * skewed labels, or by the key that nature gave them.
 *
 * <p>A partition is made before training and is part of the experiment, not of the guarantee, which
 * speaks of the clients that result.
 */
@NullMarked
package org.dpfed.data.partition;

import org.jspecify.annotations.NullMarked;
