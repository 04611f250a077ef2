package org.dpfed.imaging.dicom;

/**
 * Where the pixels are.
 *
 * @param tag integers, floats or doubles
 * @param representation of the value; empty when the file does not say
 * @param bigEndian whether numbers are
 * @param start of the value, in bytes
 * @param length in bytes; negative for fragments
 */
record PixelElement(Tag tag, String representation, boolean bigEndian, long start, long length) {
  boolean isInFragments() {
    return length < 0;
  }
}
