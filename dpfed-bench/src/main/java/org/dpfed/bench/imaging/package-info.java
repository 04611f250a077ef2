/** Tables and plots of the example with simulated hospitals, {@code benchmarks/imaging.sh}. */
@NullMarked
package org.dpfed.bench.imaging;

import org.jspecify.annotations.NullMarked;
