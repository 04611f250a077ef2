@NullMarked
package org.dpfed.spark;

import org.jspecify.annotations.NullMarked;
