/**
 * The durable record of what was charged. A round is charged here before anything noisy leaves the
 * aggregator.
 */
@NullMarked
package org.dpfed.ledger;

import org.jspecify.annotations.NullMarked;
