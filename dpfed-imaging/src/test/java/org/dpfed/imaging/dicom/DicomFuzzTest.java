package org.dpfed.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged DICOM files are read or refused. */
final class DicomFuzzTest {
  /**
   * Two bytes of runs stand for 128 numbers, each of which a palette makes three floats of; a byte
   * of single bits may be eight frames.
   */
  private static final int BYTES_PER_BYTE = 2048;

  private static final int MOST_EXPANSION = 200;

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @org.junit.jupiter.api.Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static Stream<FuzzedReader> readers() {
    return Stream.of(
        reader("DICOM", plain(TransferSyntax.EXPLICIT_LITTLE)),
        reader("DICOM, implicit", plain(TransferSyntax.IMPLICIT_LITTLE)),
        reader("DICOM, big-endian", plain(TransferSyntax.EXPLICIT_BIG)),
        reader("DICOM, deflated", plain(TransferSyntax.DEFLATED))
            .allocating(MOST_EXPANSION * BYTES_PER_BYTE),
        reader("DICOM, RLE", runs()),
        reader("DICOM, data sets alone", dataSets()),
        FuzzedReader.of(
            "multipart of DICOM",
            "answer",
            List.of(parts()),
            DicomException.class,
            DicomFuzzTest::readParts));
  }

  private static FuzzedReader reader(String name, List<byte[]> seeds) {
    return FuzzedReader.of(name, "image.dcm", seeds, DicomException.class, DicomFuzzTest::read)
        .allocating(BYTES_PER_BYTE);
  }

  private static void read(Path path) throws IOException {
    DicomFile file = DicomFile.open(path);
    file.frames();
    if (file.header().photometric().isGrey()) {
      for (Voi voi : file.voi(0)) {
        file.windowed(0, voi);
      }
      file.highIsWhite(0);
    }
    DicomSeries.bySeries(List.of(file));
  }

  private static void readParts(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      Multipart parts = new Multipart("server", in, "b", 1 << 20);
      while (parts.next()) {
        DicomFile.of("part", parts.content()).frames();
      }
    }
  }

  private static byte[] parts() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (DicomBytes kind : kinds()) {
      all.writeBytes(
          "\r\n--b\r\nContent-Type: application/dicom\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      all.writeBytes(kind.file());
    }
    all.writeBytes("\r\n--b--".getBytes(StandardCharsets.US_ASCII));
    return all.toByteArray();
  }

  private static List<DicomBytes> kinds() {
    DicomBytes table =
        new DicomBytes()
            .words(Tag.LUT_DESCRIPTOR, "US", 3, 1, 16)
            .words(Tag.LUT_DATA, "US", 100, 300, 65535);
    DicomBytes nested =
        new DicomBytes().sequence(0x0019_1001, true, new DicomBytes(), new DicomBytes());
    return List.of(
        DicomBytes.grey(2, 3, 16)
            .text(Tag.CHARACTER_SET, "CS", "ISO_IR 192")
            .text(Tag.INSTITUTION, "LO", "Clinic")
            .text(Tag.PHOTOMETRIC, "CS", "MONOCHROME1")
            .text(Tag.SLOPE, "DS", "2.5")
            .text(Tag.INTERCEPT, "DS", "-1024")
            .text(Tag.WINDOW_CENTER, "DS", "40\\50")
            .text(Tag.WINDOW_WIDTH, "DS", "400\\80")
            .sequence(0x0019_1001, true, nested, nested)
            .sequence(0x0019_1002, false, nested)
            .words(Tag.PIXELS, "OW", 1, 2, 3, 4, 5, 65535),
        DicomBytes.grey(2, 2, 8)
            .sequence(Tag.MODALITY_LUT_SEQUENCE, table)
            .sequence(Tag.VOI_LUT_SEQUENCE, table, table)
            .text(Tag.FRAMES, "IS", "2")
            .bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6, 7, 8),
        DicomBytes.colours(1, 2, "RGB").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6),
        DicomBytes.colours(1, 2, "YBR_FULL_422").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4),
        palette().bytes(Tag.PIXELS, "OB", 5, 6),
        DicomBytes.grey(1, 5, 1).text(Tag.FRAMES, "IS", "3").bytes(Tag.PIXELS, "OB", 0xB3, 0x4D),
        DicomBytes.grey(1, 2, 32).bytes(Tag.FLOAT_PIXELS, "OF", 0, 0, 0, 1, 0, 0, 0, 2),
        DicomSeriesTest.enhanced(0, 3, 6));
  }

  private static DicomBytes palette() {
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.PHOTOMETRIC, "CS", "PALETTE COLOR")
        .words(Tag.RED_DESCRIPTOR, "US", 3, 5, 8)
        .words(Tag.GREEN_DESCRIPTOR, "US", 3, 5, 16)
        .words(Tag.BLUE_DESCRIPTOR, "US", 3, 5, 8)
        .bytes(Tag.RED_DATA, "OW", 10, 20, 30, 0)
        .words(Tag.GREEN_DATA, "OW", 1000, 2000, 3000)
        .words(Tag.BLUE_DATA, "OW", 1, 2, 3);
  }

  private static List<byte[]> plain(TransferSyntax syntax) {
    return kinds().stream().map(kind -> kind.file(syntax)).toList();
  }

  private static List<byte[]> dataSets() {
    return kinds().stream().map(kind -> kind.dataSet(TransferSyntax.EXPLICIT_LITTLE)).toList();
  }

  private static List<byte[]> runs() {
    byte[] first = RunLengthTest.frame(RunLengthTest.bytes(0xFE, 7, 0, 9));
    byte[] start = Arrays.copyOf(first, 30);
    byte[] rest = Arrays.copyOfRange(first, 30, first.length);
    byte[] colours =
        RunLengthTest.frame(
            RunLengthTest.bytes(1, 1, 2),
            RunLengthTest.bytes(0xFF, 2),
            RunLengthTest.bytes(0xFF, 9));
    return List.of(
        DicomBytes.grey(2, 2, 8)
            .text(Tag.FRAMES, "IS", "2")
            .fragments(RunLengthTest.table(0, first.length + 8), first, start, rest)
            .file(TransferSyntax.RLE),
        DicomBytes.colours(1, 2, "RGB").fragments(new byte[0], colours).file(TransferSyntax.RLE),
        palette()
            .fragments(new byte[0], RunLengthTest.frame(RunLengthTest.bytes(1, 5, 6)))
            .file(TransferSyntax.RLE));
  }
}
