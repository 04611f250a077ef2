package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Runs, their segments, and the fragments that they come in. */
class RunLengthTest {
  private static final byte[] NO_TABLE = {};

  static byte[] frame(byte[]... segments) {
    ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(segments.length);
    int at = 64;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] segment : segments) {
      header.putInt(at);
      at += segment.length;
    }
    all.writeBytes(header.array());
    for (byte[] segment : segments) {
      all.writeBytes(segment);
    }
    return all.toByteArray();
  }

  static byte[] bytes(int... bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(bytes).forEach(all::write);
    return all.toByteArray();
  }

  static byte[] table(int... offsets) {
    ByteBuffer table = ByteBuffer.allocate(4 * offsets.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(offsets).forEach(table::putInt);
    return table.array();
  }

  private static DicomFile open(DicomBytes file) throws IOException {
    return DicomFile.of("test.dcm", file.file(TransferSyntax.RLE));
  }

  private static void assertRefused(DicomBytes file, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> open(file).frames())
        .withMessageStartingWith("test.dcm: (7FE0,0010) Pixel Data: ")
        .withMessageContaining(problem);
  }

  private static DicomBytes grey(int columns) {
    return DicomBytes.grey(1, columns, 8);
  }

  @Test
  void frame_runsAndLiterals_areExpanded() throws IOException {
    // Five times 7, nothing, the bytes 1 2 3, padding.
    byte[] frame = frame(bytes(0xFC, 7, 0x80, 2, 1, 2, 3, 0));

    assertThat(open(grey(8).fragments(NO_TABLE, frame)).frame(0).values())
        .containsExactly(7, 7, 7, 7, 7, 1, 2, 3);
  }

  @Test
  void frame_wordsAndColours_haveTheHighestByteFirst() throws IOException {
    DicomBytes words = DicomBytes.grey(1, 2, 16);
    assertThat(
            open(words.fragments(NO_TABLE, frame(bytes(1, 1, 2), bytes(1, 3, 4))))
                .frame(0)
                .values())
        .containsExactly(0x103, 0x204);
    DicomBytes rgb = DicomBytes.colours(1, 2, "RGB");
    byte[] frame = frame(bytes(1, 1, 2), bytes(1, 3, 4), bytes(1, 5, 6));
    assertThat(open(rgb.fragments(NO_TABLE, frame)).frame(0).values())
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void frames_inFragments_areFoundByTheTableOrOneByOne() throws IOException {
    byte[] first = frame(bytes(1, 1, 2));
    byte[] second = frame(bytes(1, 3, 4));
    byte[] start = Arrays.copyOf(second, 30);
    byte[] rest = Arrays.copyOfRange(second, 30, second.length);
    DicomBytes file = grey(2).text(Tag.FRAMES, "IS", "2");
    int next = first.length + 8;

    for (DicomBytes form :
        new DicomBytes[] {
          file.fragments(NO_TABLE, first, second),
          file.fragments(table(0, next), first, second),
          file.fragments(table(0, next), first, start, rest)
        }) {
      assertThat(open(form).frame(0).values()).containsExactly(1, 2);
      assertThat(open(form).frame(1).values()).containsExactly(3, 4);
    }
    assertRefused(file.fragments(NO_TABLE, first, start, rest), "another number of fragments");
    assertRefused(file.fragments(table(0), first, second), "for another number of frames");
    assertRefused(file.fragments(table(0, 3), first, second), "does not point at fragments");
    assertRefused(file.fragments(table(0, 0), first, second), "does not point at fragments");
    assertThat(open(grey(2).fragments(NO_TABLE, start, rest)).frame(0).values())
        .containsExactly(3, 4);
  }

  @Test
  void frame_damaged_isRefused() {
    assertRefused(grey(4).fragments(NO_TABLE, frame(bytes(1, 1, 2))), "are fewer than the image");
    assertRefused(grey(4).fragments(NO_TABLE, frame(bytes(3, 1, 2))), "are fewer than the image");
    assertRefused(grey(4).fragments(NO_TABLE, frame(bytes(0x80, 0x80))), "are fewer than the");
    assertRefused(grey(4).fragments(NO_TABLE, frame(bytes(0xFB, 7))), "are more than the image");
    assertRefused(grey(4).fragments(NO_TABLE, bytes(1, 2)), "do not have the segments");
    assertRefused(
        grey(4).fragments(NO_TABLE, frame(bytes(0xFD, 7), bytes(0xFD, 7))), "do not have the seg");
    byte[] wrong = frame(bytes(0xFD, 7));
    wrong[4] = 10;
    assertRefused(grey(4).fragments(NO_TABLE, wrong), "segments that do not follow each other");
    assertRefused(
        DicomBytes.grey(60_000, 30_000, 8).fragments(NO_TABLE, frame(bytes(0xFD, 7))),
        "are fewer than the image needs");
    assertRefused(grey(4).text(Tag.FRAMES, "IS", "2147483647").fragments(NO_TABLE), "are fewer");
    assertRefused(
        DicomBytes.grey(1, 4, 1).fragments(NO_TABLE, frame(bytes(0xFD, 7))), "not allowed in RLE");
  }
}
