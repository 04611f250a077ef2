/**
 * Direct access to the memory of ND4J's arrays outside the Java heap. Only this package creates
 * pointers from addresses.
 */
@NullMarked
package org.dpfed.nativememory;

import org.jspecify.annotations.NullMarked;
