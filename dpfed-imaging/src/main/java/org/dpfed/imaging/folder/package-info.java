/**
 * Folders of images in the formats PNG, JPEG and TIFF, one for each site, with the labels in folder
 * names or in a CSV file, or with masks; in memory, or a client at a time.
 */
@NullMarked
package org.dpfed.imaging.folder;

import org.jspecify.annotations.NullMarked;
