/**
 * Numerical methods that know nothing of privacy: the normal distribution and binomial tails to
 * full relative accuracy, the Fourier transform with a bound of its round-off, quadrature.
 *
 * <p>For {@code org.dpfed.accounting} and its subpackages only.
 */
@NullMarked
package org.dpfed.accounting.numerics;

import org.jspecify.annotations.NullMarked;
