/**
 * Privacy accounting: events that describe what a mechanism did, accountants that compose events,
 * calibration of the noise to a target, and the resulting guarantee.
 *
 * <p>Pure Java, usable on its own. The package uses no arrays of ND4J, no networks, no clocks and
 * no randomness. Subpackages {@code pld} (privacy loss distributions) and {@code numerics}
 * (numerical methods) are internal.
 */
@NullMarked
package org.dpfed.accounting;

import org.jspecify.annotations.NullMarked;
