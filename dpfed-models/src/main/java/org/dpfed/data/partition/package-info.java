/**
 * How the rows of a data set become the clients of a population: one record each, evenly, with
 * skewed labels, or by the key that nature gave them.
 *
 * <p>A partition says what its client is, and so what the guarantee protects: a row, whatever a key
 * tells apart, or a simulated client. It refuses every other name.
 */
@NullMarked
package org.dpfed.data.partition;

import org.jspecify.annotations.NullMarked;
