/**
 * General numerical methods: the normal distribution and binomial tails to full relative accuracy,
 * the Fourier transform with a bound of its round-off, and quadrature.
 *
 * <p>Internal to {@code org.dpfed.accounting} and its subpackages.
 */
@NullMarked
package org.dpfed.accounting.numerics;

import org.jspecify.annotations.NullMarked;
