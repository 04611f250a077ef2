/**
 * Replacements for Deeplearning4j's dense, convolution, pooling and softmax output layers that
 * compute the same numbers with one BLAS call per matrix product and plain loops over Java arrays,
 * which the JIT compiler turns into vector instructions, instead of a chain of ND4J operations.
 * They stand in for the original layers inside a network of DL4J and keep to its interfaces;
 * nothing outside this package knows them.
 */
@NullMarked
package org.dpfed.dl4j.internal;

import org.jspecify.annotations.NullMarked;
