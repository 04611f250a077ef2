@NullMarked
package org.dpfed.mechanism;

import org.jspecify.annotations.NullMarked;
