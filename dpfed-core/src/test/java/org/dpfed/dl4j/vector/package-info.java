@NullMarked
package org.dpfed.dl4j.vector;

import org.jspecify.annotations.NullMarked;
