/**
 * The command {@code dpfed sweep}: many training runs side by side, one table of their results, and
 * what they and the choice among them cost. Trains and plans through {@code
 * org.dpfed.cli.training}.
 */
@NullMarked
package org.dpfed.cli.sweep;

import org.jspecify.annotations.NullMarked;
