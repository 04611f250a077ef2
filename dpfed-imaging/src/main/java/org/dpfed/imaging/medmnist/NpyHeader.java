package org.dpfed.imaging.medmnist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpfed.data.MalformedDataException;

/**
 * What precedes the values of a NumPy array file: magic string, format version 1.0 to 3.0, and a
 * Python dictionary with the type, the order of the values and the shape (NumPy Enhancement
 * Proposal 1, and {@code numpy.lib.format}).
 *
 * @param fortranOrder whether the first axis varies fastest
 * @param shape size of each axis, with a product below 2³¹ bytes
 */
record NpyHeader(NpyType type, ByteOrder byteOrder, boolean fortranOrder, List<Integer> shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Far above what an array of numbers needs: its header has 128 bytes. */
  private static final int LONGEST = 1 << 16;

  private static final int MOST_AXES = 32;

  /** The dictionary as NumPy writes it, whose keys are sorted. */
  private static final Pattern DICTIONARY =
      Pattern.compile(
          "\\{'descr': '([<>|=])([a-zA-Z]\\d{0,9})', 'fortran_order': (True|False),"
              + " 'shape': \\(([0-9, ]*)\\),? ?} *\n?");

  /**
   * Reads a header and leaves the stream at the first value.
   *
   * @param place for errors
   * @throws MalformedDataException when it is none, or of an array that cannot be read
   */
  static NpyHeader read(InputStream stream, MalformedDataException.Place place) throws IOException {
    byte[] start = stream.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw place.problem("expected a NumPy array, found other bytes");
    }
    if (start[6] < 1 || start[6] > 3 || start[7] != 0) {
      throw place.problem(
          "expected a NumPy array of format version 1.0, 2.0 or 3.0, found another");
    }
    int lengthBytes = start[6] == 1 ? 2 : 4;
    long length = 0;
    byte[] digits = stream.readNBytes(lengthBytes);
    for (int i = digits.length - 1; i >= 0; i--) {
      length = length << 8 | Byte.toUnsignedInt(digits[i]);
    }
    if (digits.length < lengthBytes || length > LONGEST) {
      throw place.problem(
          "expected a header of a NumPy array with at most %d bytes, found a longer or shortened one"
              .formatted(LONGEST));
    }
    byte[] text = stream.readNBytes((int) length);
    if (text.length < length) {
      throw place.problem("expected a whole header of a NumPy array, found a shortened one");
    }
    return of(new String(text, StandardCharsets.UTF_8), place);
  }

  private static NpyHeader of(String text, MalformedDataException.Place place)
      throws MalformedDataException {
    if (text.contains("'|O'")) {
      throw place.problem(
          "expected an array of numbers, found one of Python objects (pickle), which can execute code; save numbers, such as array.astype('uint8')");
    }
    Matcher dictionary = DICTIONARY.matcher(text);
    if (!dictionary.matches()) {
      throw place.problem(
          "expected the type, order and shape of an array of numbers as NumPy writes them, found something else; arrays with named fields cannot be read");
    }
    NpyType type =
        NpyType.of(dictionary.group(2))
            .orElseThrow(
                () ->
                    place.problem(
                        "expected values of type bool, uint8, int8, int16, int32, int64, float32 or float64, found others; convert them, such as array.astype('uint8')"));
    return new NpyHeader(
        type,
        dictionary.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        dictionary.group(3).equals("True"),
        shape(dictionary.group(4), type, place));
  }

  private static List<Integer> shape(String axes, NpyType type, MalformedDataException.Place place)
      throws MalformedDataException {
    String[] sizes = axes.isBlank() ? new String[0] : axes.strip().split(" *, *", -1);
    // A tuple of one has a comma behind it.
    int count = sizes.length == 2 && sizes[1].isEmpty() ? 1 : sizes.length;
    List<Integer> shape = new ArrayList<>();
    long bytes = type.bytes();
    for (int axis = 0; axis < count; axis++) {
      if (!sizes[axis].matches("\\d{1,9}")) {
        throw place.problem("expected a shape of sizes from 1 to 999999999, found another");
      }
      int size = Integer.parseInt(sizes[axis]);
      shape.add(size);
      bytes *= size;
      if (size < 1 || bytes > Integer.MAX_VALUE || count > MOST_AXES) {
        throw place.problem(
            "expected an array of at most %d axes with sizes of at least 1 and less than 2 GiB in all, found another"
                .formatted(MOST_AXES));
      }
    }
    return shape;
  }

  /** Number of values. */
  int size() {
    return shape.stream().reduce(1, (product, size) -> product * size);
  }

  /** Bytes of all values. */
  int bytes() {
    return size() * type.bytes();
  }
}
