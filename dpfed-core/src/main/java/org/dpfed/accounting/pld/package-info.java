/**
 * Privacy loss distributions: what one step may reveal, as a distribution of the log-likelihood
 * ratio of two neighbours, and the composition of many steps by Fourier transform. Every answer is
 * a bound: mass cut off, discretisation and round-off are all counted against it.
 *
 * <p>{@link org.dpfed.accounting.pld.PrivacyLossProfile} is one step, {@link
 * org.dpfed.accounting.pld.PrivacyLossComposition} composes steps, and {@link
 * org.dpfed.accounting.pld.LossQuadrature} takes Rényi divergences of one step. Events,
 * neighbouring relations and accountants live in {@code org.dpfed.accounting}, which alone uses
 * this package.
 */
@NullMarked
package org.dpfed.accounting.pld;

import org.jspecify.annotations.NullMarked;
