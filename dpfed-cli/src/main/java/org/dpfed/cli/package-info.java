/**
 * The command line: the names of the commands, error messages and exit statuses. Everything that it
 * does is available in the library.
 */
@NullMarked
package org.dpfed.cli;

import org.jspecify.annotations.NullMarked;
