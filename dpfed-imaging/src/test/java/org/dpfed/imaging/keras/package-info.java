@NullMarked
package org.dpfed.imaging.keras;

import org.jspecify.annotations.NullMarked;
