/**
 * How fast the kernels are: each beside ND4J's plain operations and beside a plain copy of as many
 * bytes, in one run.
 */
@NullMarked
package org.dpfed.bench.kernel;

import org.jspecify.annotations.NullMarked;
