/**
 * Timings of the kernels, compared with ND4J's operations and with a plain copy of as many bytes.
 */
@NullMarked
package org.dpfed.bench.kernel;

import org.jspecify.annotations.NullMarked;
