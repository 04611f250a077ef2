package org.dpfed.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What stands before the data set of a file (Part 10, section 7).
 *
 * @param syntax of the data set
 * @param start of the data set, in bytes
 * @param sourceAeTitle application that sent the file
 */
record Part10(TransferSyntax syntax, long start, Optional<String> sourceAeTitle) {
  private static final int PREAMBLE = 128;

  /** Deflate reaches 1,032; images stay far below. */
  private static final int MOST_EXPANSION = 200;

  /** How far a deflated file of any size may expand, in bytes. */
  private static final int ALWAYS_ALLOWED = 1 << 24;

  static Part10 read(Cursor cursor, String source) throws IOException {
    boolean hasPreamble =
        cursor.size() >= PREAMBLE + 4
            && new String(cursor.bytes(PREAMBLE, 4), StandardCharsets.ISO_8859_1).equals("DICM");
    long at = hasPreamble ? PREAMBLE + 4 : 0;
    if (cursor.size() < at + 8) {
      throw new DicomException(source, "is no DICOM file, or ends within its first element");
    }
    if (cursor.unsignedShort(at, false) == 2) {
      DataSetReader reader = new DataSetReader(source, cursor, at, true, false);
      DataSet meta = reader.readMeta();
      TransferSyntax syntax =
          TransferSyntax.require(source, meta.requiredAscii(Tag.TRANSFER_SYNTAX));
      return new Part10(syntax, reader.position(), meta.ascii(Tag.SOURCE_AE_TITLE));
    }
    return new Part10(detect(cursor, source, at), at, Optional.empty());
  }

  /**
   * The encoding of a data set without meta information: it must start with group 8, whose bytes
   * tell the order, and the letters of a value representation tell whether they are there. A wrong
   * guess is refused later, when the elements do not fit.
   */
  private static TransferSyntax detect(Cursor cursor, String source, long at) throws IOException {
    boolean little = cursor.unsignedShort(at, false) == 8;
    boolean big = cursor.unsignedShort(at, true) == 8;
    boolean explicit = isLetter(cursor, at + 4) && isLetter(cursor, at + 5);
    if (!(little || (big && explicit))) {
      throw new DicomException(
          source, "is no DICOM file, or one without meta information: convert it with dcmconv");
    }
    if (big) {
      return TransferSyntax.EXPLICIT_BIG;
    }
    return explicit ? TransferSyntax.EXPLICIT_LITTLE : TransferSyntax.IMPLICIT_LITTLE;
  }

  private static boolean isLetter(Cursor cursor, long at) throws IOException {
    int letter = cursor.unsignedByte(at);
    return letter >= 'A' && letter <= 'Z';
  }

  /** Where the data set is read from, at {@link #dataSetStart}; the file, unless it is deflated. */
  Cursor dataSet(Cursor file, String source) throws IOException {
    return syntax == TransferSyntax.DEFLATED
        ? new Cursor(source, ByteBuffer.wrap(inflate(file, source)))
        : file;
  }

  long dataSetStart() {
    return syntax == TransferSyntax.DEFLATED ? 0 : start;
  }

  private byte[] inflate(Cursor file, String source) throws IOException {
    long length = file.size() - start;
    if (length > Integer.MAX_VALUE - 64) {
      throw new DicomException(source, "is too large to be inflated");
    }
    long most = Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * length);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 14];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(file.bytes(start, (int) length));
      while (!inflater.finished()) {
        int count = inflater.inflate(some);
        plain.write(some, 0, count);
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new DicomException(source, "ends within its deflated data");
        }
        if (plain.size() > Math.min(most, Integer.MAX_VALUE - (1 << 20))) {
          throw new DicomException(
              source, "expands more than %d-fold: inflate it first".formatted(MOST_EXPANSION));
        }
      }
    } catch (DataFormatException e) {
      throw new DicomException(source, "has damaged deflated data");
    } finally {
      inflater.end();
    }
    return plain.toByteArray();
  }
}
