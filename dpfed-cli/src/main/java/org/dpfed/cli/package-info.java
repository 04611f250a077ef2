/**
 * The command line: what a command is called, how its errors look, what it exits with. It can do
 * nothing that the library cannot.
 */
@NullMarked
package org.dpfed.cli;

import org.jspecify.annotations.NullMarked;
