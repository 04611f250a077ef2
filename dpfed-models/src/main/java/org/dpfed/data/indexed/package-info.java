/**
 * A population in files that are read client by client: {@link
 * org.dpfed.data.indexed.ClientIndexWriter} writes it once, {@link
 * org.dpfed.data.indexed.ClientIndex} is the population for as many processes as can read the
 * files, none of which holds a list of clients.
 *
 * <p>How rows become clients is decided before, in {@code org.dpfed.data.partition}.
 */
@NullMarked
package org.dpfed.data.indexed;

import org.jspecify.annotations.NullMarked;
