/**
 * The durable record of privacy charges. Each round is charged before the aggregator releases a
 * noisy sum.
 */
@NullMarked
package org.dpfed.ledger;

import org.jspecify.annotations.NullMarked;
