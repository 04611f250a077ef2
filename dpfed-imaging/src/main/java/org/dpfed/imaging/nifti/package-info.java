/**
 * Volumes in the format NIfTI-1: single files and pairs, plain and gzipped. NIfTI-2 and Analyze 7.5
 * are refused.
 */
@NullMarked
package org.dpfed.imaging.nifti;

import org.jspecify.annotations.NullMarked;
