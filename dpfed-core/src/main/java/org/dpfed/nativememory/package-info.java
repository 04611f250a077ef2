/**
 * Direct access to the memory of ND4J's arrays outside the Java heap. The only place that makes
 * pointers by address; it knows nothing of what the floats mean.
 */
@NullMarked
package org.dpfed.nativememory;

import org.jspecify.annotations.NullMarked;
