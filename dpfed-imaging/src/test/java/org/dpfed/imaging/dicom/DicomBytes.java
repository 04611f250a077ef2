package org.dpfed.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;

/** Writes small DICOM files for tests, of attributes in any order and with any fault. */
final class DicomBytes {
  private static final Set<String> LONG = Set.of("OB", "OD", "OF", "OL", "OW", "SQ", "UN", "UT");

  /** An item without a length that is stated. */
  static final int UNDEFINED = -1;

  /** Encodes a value. */
  private interface Value {
    byte[] bytes(TransferSyntax syntax);
  }

  private record Written(String representation, boolean undefined, Value value) {}

  private final Map<Integer, Written> elements = new TreeMap<>(Integer::compareUnsigned);

  /** Grey pixels of so many bits, all stored. */
  static DicomBytes grey(int rows, int columns, int bits) {
    return new DicomBytes()
        .text(Tag.STUDY_UID, "UI", "1.2")
        .text(Tag.SERIES_UID, "UI", "1.2.3")
        .text(Tag.INSTANCE_UID, "UI", "1.2.3.4")
        .text(Tag.MODALITY, "CS", "MR")
        .text(Tag.PATIENT_ID, "LO", "patient-7")
        .text(Tag.PHOTOMETRIC, "CS", "MONOCHROME2")
        .number(Tag.SAMPLES, 1)
        .number(Tag.ROWS, rows)
        .number(Tag.COLUMNS, columns)
        .number(Tag.BITS_ALLOCATED, bits)
        .number(Tag.BITS_STORED, bits)
        .number(Tag.HIGH_BIT, bits - 1)
        .number(Tag.SIGNED, 0);
  }

  /** Colours of 8 bits. */
  static DicomBytes colours(int rows, int columns, String photometric) {
    return grey(rows, columns, 8)
        .text(Tag.PHOTOMETRIC, "CS", photometric)
        .number(Tag.SAMPLES, 3)
        .number(Tag.PLANAR, 0);
  }

  DicomBytes without(Tag tag) {
    elements.remove(tag.number());
    return this;
  }

  DicomBytes text(Tag tag, String representation, String text) {
    return text(tag.number(), representation, text);
  }

  DicomBytes text(int tag, String representation, String text) {
    String even = text.length() % 2 == 0 ? text : text + (representation.equals("UI") ? "\0" : " ");
    return bytes(tag, representation, even.getBytes(StandardCharsets.ISO_8859_1));
  }

  DicomBytes number(Tag tag, int number) {
    return words(tag, "US", number);
  }

  /** Numbers of two bytes. */
  DicomBytes words(Tag tag, String representation, int... numbers) {
    return put(
        tag.number(),
        new Written(
            representation,
            false,
            syntax -> {
              ByteBuffer buffer = ByteBuffer.allocate(2 * numbers.length).order(order(syntax));
              Arrays.stream(numbers).forEach(number -> buffer.putShort((short) number));
              return buffer.array();
            }));
  }

  /** Numbers of four bytes. */
  DicomBytes doubleWords(Tag tag, String representation, int... numbers) {
    return put(
        tag.number(),
        new Written(
            representation,
            false,
            syntax -> {
              ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(order(syntax));
              Arrays.stream(numbers).forEach(buffer::putInt);
              return buffer.array();
            }));
  }

  /** Bytes as they are, whatever the byte order. */
  DicomBytes bytes(int tag, String representation, byte[] bytes) {
    return put(tag, new Written(representation, false, syntax -> bytes));
  }

  DicomBytes bytes(Tag tag, String representation, int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return bytes(tag.number(), representation, all);
  }

  /** A sequence whose items are all of one kind: with their length, or with delimiters. */
  DicomBytes sequence(int tag, boolean undefined, DicomBytes... items) {
    return put(
        tag, new Written("SQ", undefined, syntax -> items(syntax, undefined, List.of(items))));
  }

  DicomBytes sequence(Tag tag, DicomBytes... items) {
    return sequence(tag.number(), false, items);
  }

  /** A private sequence of unknown kind, whose items are implicit (Part 5, 6.2.2). */
  DicomBytes unknownSequence(int tag, DicomBytes... items) {
    return put(
        tag,
        new Written(
            "UN", true, syntax -> items(TransferSyntax.IMPLICIT_LITTLE, true, List.of(items))));
  }

  /** Pixels in fragments, the first of which is the offset table. */
  DicomBytes fragments(byte[]... fragments) {
    return put(
        Tag.PIXELS.number(),
        new Written(
            "OB",
            true,
            syntax -> {
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              for (byte[] fragment : fragments) {
                all.writeBytes(delimiter(syntax, 0xE000, fragment.length));
                all.writeBytes(fragment);
              }
              all.writeBytes(delimiter(syntax, 0xE0DD, 0));
              return all.toByteArray();
            }));
  }

  private DicomBytes put(int tag, Written written) {
    elements.put(tag, written);
    return this;
  }

  private static byte[] items(TransferSyntax syntax, boolean undefined, List<DicomBytes> items) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (DicomBytes item : items) {
      byte[] content = item.dataSet(syntax);
      all.writeBytes(delimiter(syntax, 0xE000, undefined ? UNDEFINED : content.length));
      all.writeBytes(content);
      if (undefined) {
        all.writeBytes(delimiter(syntax, 0xE00D, 0));
      }
    }
    if (undefined) {
      all.writeBytes(delimiter(syntax, 0xE0DD, 0));
    }
    return all.toByteArray();
  }

  private static byte[] delimiter(TransferSyntax syntax, int element, int length) {
    ByteBuffer buffer = ByteBuffer.allocate(8).order(order(syntax));
    return buffer.putShort((short) 0xFFFE).putShort((short) element).putInt(length).array();
  }

  private static ByteOrder order(TransferSyntax syntax) {
    return syntax.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  /** The data set alone. */
  byte[] dataSet(TransferSyntax syntax) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    elements.forEach(
        (tag, written) -> {
          byte[] value = written.value().bytes(syntax);
          ByteBuffer header = ByteBuffer.allocate(12).order(order(syntax));
          header.putShort((short) (tag >>> 16)).putShort(tag.shortValue());
          int length = written.undefined() ? UNDEFINED : value.length;
          if (!syntax.isExplicit()) {
            header.putInt(length);
          } else {
            header.put(written.representation().getBytes(StandardCharsets.ISO_8859_1));
            if (LONG.contains(written.representation())) {
              header.putShort((short) 0).putInt(length);
            } else {
              header.putShort((short) length);
            }
          }
          all.write(header.array(), 0, header.position());
          all.writeBytes(value);
        });
    return all.toByteArray();
  }

  /** The whole file. */
  byte[] file(TransferSyntax syntax) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[128]);
    all.writeBytes("DICM".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(meta(syntax.uid()));
    byte[] dataSet = dataSet(syntax);
    all.writeBytes(syntax == TransferSyntax.DEFLATED ? deflated(dataSet) : dataSet);
    return all.toByteArray();
  }

  /** The whole file, Explicit VR Little Endian. */
  byte[] file() {
    return file(TransferSyntax.EXPLICIT_LITTLE);
  }

  /** The elements of group 2. */
  static byte[] meta(String transferSyntax) {
    return new DicomBytes()
        .text(Tag.TRANSFER_SYNTAX, "UI", transferSyntax)
        .text(Tag.SOURCE_AE_TITLE, "AE", "PACS")
        .dataSet(TransferSyntax.EXPLICIT_LITTLE);
  }

  private static byte[] deflated(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(plain);
      deflater.finish();
      byte[] buffer = new byte[2 * plain.length + 100];
      return Arrays.copyOf(buffer, deflater.deflate(buffer));
    } finally {
      deflater.end();
    }
  }

  /** Opens what was written. */
  DicomFile open() throws java.io.IOException {
    return DicomFile.of("test.dcm", file());
  }
}
