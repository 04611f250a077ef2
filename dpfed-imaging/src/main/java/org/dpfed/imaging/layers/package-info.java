/**
 * Layers that images need and Deeplearning4j 1.0.0-M2.1 lacks. They compute one network on one
 * thread, on ND4J's CPU backend, in {@code float}.
 */
@NullMarked
package org.dpfed.imaging.layers;

import org.jspecify.annotations.NullMarked;
