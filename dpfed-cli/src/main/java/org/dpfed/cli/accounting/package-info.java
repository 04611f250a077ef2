/** Commands that answer what a run would cost, without running it. */
@NullMarked
package org.dpfed.cli.accounting;

import org.jspecify.annotations.NullMarked;
