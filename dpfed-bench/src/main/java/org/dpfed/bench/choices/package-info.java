/** What sampling, clipping, noise and trust other than the simplest cost in time. */
@NullMarked
package org.dpfed.bench.choices;

import org.jspecify.annotations.NullMarked;
