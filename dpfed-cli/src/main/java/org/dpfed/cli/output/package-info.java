/**
 * What commands that take long show while they work: a bar on a terminal, or events for machines.
 * What a command has to say is in its own package.
 */
@NullMarked
package org.dpfed.cli.output;

import org.jspecify.annotations.NullMarked;
