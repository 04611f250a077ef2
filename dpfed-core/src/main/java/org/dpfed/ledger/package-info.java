/**
 * The durable record of privacy charges: one file for a population, which all runs over it share.
 * Each round is charged before the aggregator releases a noisy sum.
 */
@NullMarked
package org.dpfed.ledger;

import org.jspecify.annotations.NullMarked;
