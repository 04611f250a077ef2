@NullMarked
package org.dpfed.imaging.layers;

import org.jspecify.annotations.NullMarked;
