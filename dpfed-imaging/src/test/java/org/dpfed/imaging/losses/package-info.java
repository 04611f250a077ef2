@NullMarked
package org.dpfed.imaging.losses;

import org.jspecify.annotations.NullMarked;
