/**
 * Ways to assign the rows of a data set to clients: one row each, equal random shares, random
 * shares with skewed labels, or by a key in the data.
 *
 * <p>A partition determines what one client is, and so what the guarantee protects: a row, whatever
 * the key identifies, or a simulated client. It refuses any other name.
 */
@NullMarked
package org.dpfed.data.partition;

import org.jspecify.annotations.NullMarked;
