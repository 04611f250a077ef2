/** {@code dpfed ledger}: what is on the ledger of a population. */
@NullMarked
package org.dpfed.cli.ledger;

import org.jspecify.annotations.NullMarked;
