/**
 * The kernel on CUDA devices. One CUDA C++ source serves all devices; it is compiled on first use
 * and runs on ND4J's own streams and memory.
 *
 * <p>{@link java.util.ServiceLoader} finds this implementation. If it cannot be used, the kernel
 * selection reports the reason.
 */
@NullMarked
package org.dpfed.kernel.cuda;

import org.jspecify.annotations.NullMarked;
