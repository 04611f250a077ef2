/**
 * Arithmetic on flat weight vectors held as {@code float} arrays of ND4J: row norms, scaled sums,
 * Gaussian perturbation. One contract, several implementations, one that is chosen and says why.
 *
 * <p>Clip bounds, budgets and accountants are unknown here; they belong to {@code mechanism}.
 */
@NullMarked
package org.dpfed.kernel;

import org.jspecify.annotations.NullMarked;
