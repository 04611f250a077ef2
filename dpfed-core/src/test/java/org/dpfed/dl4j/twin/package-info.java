@NullMarked
package org.dpfed.dl4j.twin;

import org.jspecify.annotations.NullMarked;
