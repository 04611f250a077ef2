/** Timings of whole training rounds, compared with the same algorithm in PyTorch. */
@NullMarked
package org.dpfed.bench.training;

import org.jspecify.annotations.NullMarked;
