/**
 * The commands {@code account} and {@code calibrate}, which compute the privacy cost of a run
 * without running it.
 */
@NullMarked
package org.dpfed.cli.accounting;

import org.jspecify.annotations.NullMarked;
