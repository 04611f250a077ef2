/** Tests of the commands that answer what a run would cost. */
@NullMarked
package org.dpfed.cli.accounting;

import org.jspecify.annotations.NullMarked;
