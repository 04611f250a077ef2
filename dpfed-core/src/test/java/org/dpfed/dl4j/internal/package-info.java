@NullMarked
package org.dpfed.dl4j.internal;

import org.jspecify.annotations.NullMarked;
