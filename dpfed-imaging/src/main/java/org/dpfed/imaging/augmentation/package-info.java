/**
 * Random changes of images in a client's local training. Images are read elsewhere, and what is
 * evaluated never comes here.
 */
@NullMarked
package org.dpfed.imaging.augmentation;

import org.jspecify.annotations.NullMarked;
