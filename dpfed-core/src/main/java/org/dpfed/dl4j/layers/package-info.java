/**
 * What layers and losses of one's own implement so that dpfed's fast training steps compute them.
 * Where a network has a layer that does not, Deeplearning4j computes the step.
 */
@NullMarked
package org.dpfed.dl4j.layers;

import org.jspecify.annotations.NullMarked;
