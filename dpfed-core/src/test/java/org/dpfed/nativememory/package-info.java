@NullMarked
package org.dpfed.nativememory;

import org.jspecify.annotations.NullMarked;
