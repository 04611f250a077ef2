/**
 * Fast replacements for Deeplearning4j's dense, convolution, pooling and softmax output layers.
 * They compute the same numbers with one BLAS call per matrix product and plain loops over Java
 * arrays, which the JIT compiler vectorises, instead of a chain of ND4J operations.
 *
 * <p>They replace the original layers inside a DL4J network and implement its interfaces. Only
 * {@code org.dpfed.dl4j} uses this package.
 */
@NullMarked
package org.dpfed.dl4j.internal;

import org.jspecify.annotations.NullMarked;
