/**
 * From images to labelled rows: masks, CT windows, and the collector that scales images with public
 * constants and keeps whose they are. Nothing here is fitted to the images.
 */
@NullMarked
package org.dpfed.imaging.data;

import org.jspecify.annotations.NullMarked;
