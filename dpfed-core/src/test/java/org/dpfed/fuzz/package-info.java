/**
 * Damages files at random and gives them to readers, which must read them or refuse them as they
 * document, in bounded time and memory. The tests of each module name their readers and the files
 * to start from.
 */
@NullMarked
package org.dpfed.fuzz;

import org.jspecify.annotations.NullMarked;
