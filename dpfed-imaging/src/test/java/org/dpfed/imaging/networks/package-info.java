@NullMarked
package org.dpfed.imaging.networks;

import org.jspecify.annotations.NullMarked;
