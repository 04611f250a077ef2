/**
 * Privacy loss distributions: the distribution of the log-likelihood ratio of two neighbours for
 * one step, and the composition of many steps by Fourier transform. Every answer is an upper or
 * lower bound that includes truncation, discretisation and round-off errors.
 *
 * <p>{@link org.dpfed.accounting.pld.PrivacyLossProfile} represents one step, {@link
 * org.dpfed.accounting.pld.PrivacyLossComposition} composes steps, and {@link
 * org.dpfed.accounting.pld.LossQuadrature} computes Rényi divergences of one step. Only {@code
 * org.dpfed.accounting} uses this package; events, neighbouring relations and accountants are
 * defined there.
 */
@NullMarked
package org.dpfed.accounting.pld;

import org.jspecify.annotations.NullMarked;
