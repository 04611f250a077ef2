/**
 * What a mechanism costs: events that say what happened, accountants that compose them, calibration
 * of the noise to a target, and the guarantee that results.
 *
 * <p>Pure Java, usable alone: no arrays, no networks, no clocks and no randomness live here.
 * Privacy loss distributions are in {@code pld}, general numerical methods in {@code numerics};
 * both are for this package only.
 */
@NullMarked
package org.dpfed.accounting;

import org.jspecify.annotations.NullMarked;
