/**
 * Reads networks that Keras 2 saved as {@code .h5}. {@link org.dpfed.imaging.keras.KerasFile} is
 * the way in; nothing here trains.
 */
@NullMarked
package org.dpfed.imaging.keras;

import org.jspecify.annotations.NullMarked;
