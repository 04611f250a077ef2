/**
 * Fast training steps. Kernels compute the same numbers as Deeplearning4j's layers in plain loops
 * over Java arrays, which the JIT compiler vectorises, and one BLAS call per matrix product,
 * instead of a chain of ND4J operations. {@link org.dpfed.dl4j.internal.TrainingSteps} runs whole
 * networks from kernel to kernel.
 *
 * <p>Where a network has a part that is not known, dense, convolution, pooling and softmax output
 * layers replace the original ones inside the DL4J network and implement its interfaces. Only
 * {@code org.dpfed.dl4j} uses this package.
 */
@NullMarked
package org.dpfed.dl4j.internal;

import org.jspecify.annotations.NullMarked;
