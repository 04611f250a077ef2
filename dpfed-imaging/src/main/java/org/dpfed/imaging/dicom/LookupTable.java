package org.dpfed.imaging.dicom;

/**
 * A table that gives a number for each of a range; those below and above it get the first and the
 * last (Part 3, C.11.1).
 */
final class LookupTable {
  private final long first;
  private final int[] entries;
  private final int bits;

  private LookupTable(long first, int[] entries, int bits) {
    this.first = first;
    this.entries = entries;
    this.bits = bits;
  }

  /**
   * Reads a table.
   *
   * @param signed whether the first number that is mapped is, where the file does not say
   */
  static LookupTable of(DataSet file, Tag descriptor, Tag data, boolean signed)
      throws DicomException {
    Element three = file.element(descriptor).orElseThrow(() -> file.missing(descriptor));
    if (three.bytes().length != 6) {
      throw file.error(descriptor, "is not three numbers");
    }
    int length = three.unsignedShort(0) == 0 ? 1 << 16 : three.unsignedShort(0);
    int bits = three.unsignedShort(2);
    if (bits < 8 || bits > 16) {
      throw file.error(descriptor, "must have entries of 8 to 16 bits");
    }
    boolean isStated = three.representation().equals("SS") || three.representation().equals("US");
    boolean isSigned = isStated ? three.representation().equals("SS") : signed;
    int first = isSigned ? (short) three.unsignedShort(1) : three.unsignedShort(1);
    Element values = file.element(data).orElseThrow(() -> file.missing(data));
    return new LookupTable(first, entries(file, data, values, length, bits), bits);
  }

  private static int[] entries(DataSet file, Tag data, Element values, int length, int bits)
      throws DicomException {
    int bytes = values.bytes().length;
    boolean words = bytes == 2 * length;
    boolean packed = bits == 8 && bytes == length + length % 2;
    if (!words && !packed) {
      throw file.error(data, "has another length than its descriptor says");
    }
    int[] entries = new int[length];
    for (int i = 0; i < length; i++) {
      int word = values.unsignedShort(words ? i : i / 2);
      entries[i] = words ? word : i % 2 == 0 ? word & 0xFF : word >> 8;
      if (entries[i] >= 1 << bits) {
        throw file.error(data, "has entries of more bits than its descriptor says");
      }
    }
    return entries;
  }

  int at(double number) {
    double index = Math.min(Math.max(Math.rint(number) - first, 0), entries.length - 1);
    return entries[(int) index];
  }

  /** The largest number of as many bits as the entries have. */
  int largest() {
    return (1 << bits) - 1;
  }
}
