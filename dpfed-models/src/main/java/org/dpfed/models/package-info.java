/**
 * Network architectures. An architecture turns the shape of one example, the number of classes, an
 * updater and a seed into a configuration that Deeplearning4j can initialise.
 *
 * <p>This package does not read data, train, or deal with privacy. Its configurations use neither
 * regularisation nor batch normalisation. Any other Deeplearning4j configuration can be trained
 * instead.
 */
@NullMarked
package org.dpfed.models;

import org.jspecify.annotations.NullMarked;
