/**
 * Reads DICOM images: files and what a DICOMweb server sends, their pixels in the units of the
 * modality, series as volumes, and a keyed hash in place of the patient's identity. Part 3, 5, 10
 * and 18 below are those of the DICOM standard.
 *
 * <p>It reads what is not compressed, and RLE; all else is refused by name. No message contains a
 * value from a file.
 */
@NullMarked
package org.dpfed.imaging.dicom;

import org.jspecify.annotations.NullMarked;
