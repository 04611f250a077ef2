/**
 * Network architectures as functions: given the shape of one example, the number of classes, an
 * updater and a seed, a configuration that Deeplearning4j initialises.
 *
 * <p>Nothing here reads data, trains or knows of privacy. The configurations are ordinary ones,
 * with neither regularisation nor batch normalisation; any other may be trained in their place.
 */
@NullMarked
package org.dpfed.models;

import org.jspecify.annotations.NullMarked;
