/**
 * Arithmetic on flat {@code float} vectors of ND4J: row norms, scaled sums, Gaussian noise. There
 * are several implementations of one interface; {@link org.dpfed.kernel.KernelSelection} chooses
 * one and reports the reason.
 *
 * <p>Clip bounds and privacy budgets belong to {@code mechanism}.
 */
@NullMarked
package org.dpfed.kernel;

import org.jspecify.annotations.NullMarked;
