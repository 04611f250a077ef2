/**
 * Volumes whose place in the patient is known, their slices along anatomical axes, and volumes with
 * a class for each voxel. Formats are read elsewhere.
 */
@NullMarked
package org.dpfed.imaging.volume;

import org.jspecify.annotations.NullMarked;
