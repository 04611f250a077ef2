/** The round loop as a whole, timed beside the same algorithm in PyTorch. */
@NullMarked
package org.dpfed.bench.training;

import org.jspecify.annotations.NullMarked;
