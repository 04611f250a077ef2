/**
 * The kernel contract on CUDA devices: the same CUDA C++ source for every device, compiled when it
 * is first needed, launched on ND4J's own streams and memory.
 *
 * <p>Found by {@link java.util.ServiceLoader}; where it cannot be used, the selection says why.
 */
@NullMarked
package org.dpfed.kernel.cuda;

import org.jspecify.annotations.NullMarked;
