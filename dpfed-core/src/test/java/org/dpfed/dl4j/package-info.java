@NullMarked
package org.dpfed.dl4j;

import org.jspecify.annotations.NullMarked;
