/** How long privacy accounting takes. */
@NullMarked
package org.dpfed.bench.accounting;

import org.jspecify.annotations.NullMarked;
