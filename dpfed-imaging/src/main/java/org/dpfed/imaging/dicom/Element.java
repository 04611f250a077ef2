package org.dpfed.imaging.dicom;

/**
 * The value of one attribute, as it stands in the file.
 *
 * @param representation of the value; empty when the file does not say
 * @param bytes not copied, not changed
 * @param bigEndian whether its numbers are
 */
@SuppressWarnings("ArrayRecordComponent") // Neither compared nor printed.
record Element(String representation, byte[] bytes, boolean bigEndian) {
  /** The unsigned number in two bytes, counted in numbers. */
  int unsignedShort(int index) {
    int first = Byte.toUnsignedInt(bytes[2 * index]);
    int second = Byte.toUnsignedInt(bytes[2 * index + 1]);
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  /** Shows nothing of the value. */
  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
