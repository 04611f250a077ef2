package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pixels of every format, and what turns them into numbers of the modality. */
class PixelsTest {
  private static void assertRefused(DicomBytes file, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(
            () -> {
              DicomFile opened = file.open();
              opened.frames();
              opened.voi(0);
            })
        .withMessageStartingWith("test.dcm: ")
        .withMessageContaining(problem);
  }

  private static float[] values(DicomBytes file) throws IOException {
    return file.open().frame(0).values();
  }

  private static DicomBytes bytes(int... pixels) {
    return DicomBytes.grey(1, pixels.length, 8).bytes(Tag.PIXELS, "OB", pixels);
  }

  private static DicomBytes words(int... pixels) {
    return DicomBytes.grey(1, pixels.length, 16).words(Tag.PIXELS, "OW", pixels);
  }

  @Test
  void values_bitsOutsideTheStoredOnes_areDropped() throws IOException {
    DicomBytes file = words(0xF123, 0x0FFF).number(Tag.BITS_STORED, 12).number(Tag.HIGH_BIT, 11);

    assertThat(values(file)).containsExactly(0x123, 0xFFF);
    assertThat(values(file.number(Tag.SIGNED, 1))).containsExactly(0x123, -1);
  }

  @Test
  void values_highBitAboveTheStoredOnes_areShifted() throws IOException {
    DicomBytes file = words(0xA5F3, 0x0010).number(Tag.BITS_STORED, 10).number(Tag.HIGH_BIT, 13);

    assertThat(values(file)).containsExactly(0xA5F3 >> 4 & 0x3FF, 1);
    assertThat(values(file.number(Tag.SIGNED, 1))).containsExactly((0xA5F3 >> 4 & 0x3FF) - 1024, 1);
  }

  @Test
  void values_singleBitsOfSeveralFrames_goOnWithinAByte() throws IOException {
    DicomBytes file =
        DicomBytes.grey(1, 5, 1).text(Tag.FRAMES, "IS", "3").bytes(Tag.PIXELS, "OB", 0xB3, 0x4D);
    // The lowest bit comes first: 11001, 10110, 11001, and one that is left over.
    assertThat(file.open().frame(0).values()).containsExactly(1, 1, 0, 0, 1);
    assertThat(file.open().frame(1).values()).containsExactly(1, 0, 1, 1, 0);
    assertThat(file.open().frames().get(2).values()).containsExactly(1, 1, 0, 0, 1);
  }

  @Test
  void values_bytesInBigEndianWords_areSwapped() throws IOException {
    DicomBytes file =
        DicomBytes.grey(1, 3, 8)
            .text(Tag.FRAMES, "IS", "2")
            .bytes(Tag.PIXELS, "OW", 2, 1, 4, 3, 6, 5);
    DicomFile opened = DicomFile.of("test.dcm", file.file(TransferSyntax.EXPLICIT_BIG));

    assertThat(opened.frame(0).values()).containsExactly(1, 2, 3);
    assertThat(opened.frame(1).values()).containsExactly(4, 5, 6);
  }

  @Test
  void values_thirtyTwoBits_areRoundedToFloats() throws IOException {
    DicomBytes file = DicomBytes.grey(1, 2, 32).doubleWords(Tag.PIXELS, "OW", -1, 1 << 24);

    assertThat(values(file)).containsExactly(0x1p32f, 0x1p24f);
    assertThat(values(file.number(Tag.SIGNED, 1))).containsExactly(-1, 16777216);
  }

  @Test
  void values_thirtyTwoBitsInBigEndianWords_areRefusedAndInLongsRead() throws IOException {
    DicomBytes words = DicomBytes.grey(1, 1, 32).doubleWords(Tag.PIXELS, "OW", 7);
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> DicomFile.of("x", words.file(TransferSyntax.EXPLICIT_BIG)))
        .withMessageContaining("big-endian words of 16 are written in two ways");

    DicomBytes longs = DicomBytes.grey(1, 1, 32).doubleWords(Tag.PIXELS, "OL", 7);
    assertThat(DicomFile.of("x", longs.file(TransferSyntax.EXPLICIT_BIG)).frame(0).values())
        .containsExactly(7);
  }

  @Test
  void values_floats_areAsTheyAre() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(-1.5f).putFloat(1e30f);
    DicomBytes file =
        DicomBytes.grey(1, 2, 32).bytes(Tag.FLOAT_PIXELS.number(), "OF", floats.array());
    assertThat(values(file)).containsExactly(-1.5f, 1e30f);

    floats.putFloat(4, Float.NaN);
    assertRefused(file, "(7FE0,0008) Float Pixel Data: become infinite or no number");
  }

  @Test
  void values_colours_areChannelAfterChannel() throws IOException {
    DicomBytes rgb = DicomBytes.colours(1, 2, "RGB").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6);
    assertThat(values(rgb)).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(values(rgb.number(Tag.PLANAR, 1))).containsExactly(1, 2, 3, 4, 5, 6);

    // Luminance alone is grey; the differences of pure red are 85 − 128 and 255 − 128.
    DicomBytes ybr =
        DicomBytes.colours(1, 2, "YBR_FULL").bytes(Tag.PIXELS, "OB", 77, 128, 128, 76, 85, 255);
    assertThat(values(ybr)).containsExactly(77, 254, 77, 0, 77, 0);
    DicomBytes pairs =
        DicomBytes.colours(1, 2, "YBR_FULL_422").bytes(Tag.PIXELS, "OB", 9, 200, 128, 128);
    assertThat(values(pairs)).containsExactly(9, 200, 9, 200, 9, 200);
  }

  @Test
  void values_palette_areColours() throws IOException {
    DicomBytes file =
        bytes(4, 5, 6, 9)
            .text(Tag.PHOTOMETRIC, "CS", "PALETTE COLOR")
            .words(Tag.RED_DESCRIPTOR, "US", 3, 5, 8)
            .words(Tag.GREEN_DESCRIPTOR, "US", 3, 5, 16)
            .words(Tag.BLUE_DESCRIPTOR, "US", 3, 5, 8)
            .bytes(Tag.RED_DATA, "OW", 10, 20, 30, 0)
            .words(Tag.GREEN_DATA, "OW", 1000, 2000, 3000)
            .words(Tag.BLUE_DATA, "OW", 1, 2, 3);

    assertThat(values(file)).containsExactly(10, 10, 20, 30, 1000, 1000, 2000, 3000, 1, 1, 2, 3);
    assertRefused(
        file.bytes(Tag.SEGMENTED_RED_DATA, "OW", 0, 0),
        "(0028,1221) Segmented Red Palette Color Lookup Table Data: is not read");
  }

  @Test
  void values_rescaled_areInTheUnitsOfTheModality() throws IOException {
    DicomBytes file =
        words(0, 1, 4).text(Tag.SLOPE, "DS", "2.5").text(Tag.INTERCEPT, "DS", "-1024");

    assertThat(values(file)).containsExactly(-1024, -1021.5f, -1014);
    assertRefused(file.text(Tag.DOSE_SCALING, "DS", "1e-3"), "stands beside another transform");
    assertRefused(file.without(Tag.DOSE_SCALING).text(Tag.SLOPE, "DS", "0"), "is 0, which makes");
    assertRefused(file.without(Tag.SLOPE), "(0028,1053) Rescale Slope: is missing");
  }

  @Test
  void values_doses_areScaled() throws IOException {
    assertThat(values(words(0, 500).text(Tag.DOSE_SCALING, "DS", "0.01"))).containsExactly(0, 5);
  }

  @Test
  void values_modalityTable_areItsEntries() throws IOException {
    DicomBytes table =
        new DicomBytes()
            .words(Tag.LUT_DESCRIPTOR, "US", 3, 1, 16)
            .words(Tag.LUT_DATA, "US", 100, 300, 65535);
    DicomBytes file = words(0, 1, 2, 3, 9).sequence(Tag.MODALITY_LUT_SEQUENCE, table);

    assertThat(values(file)).containsExactly(100, 100, 300, 65535, 65535);
    assertRefused(
        file.text(Tag.SLOPE, "DS", "1").text(Tag.INTERCEPT, "DS", "0"),
        "(0028,3000) Modality LUT Sequence: stands beside another transform");
    assertRefused(
        words(0).sequence(Tag.MODALITY_LUT_SEQUENCE, table, table), "has more than one item");
  }

  @Test
  void highIsWhite_monochrome1_mirrorsTheStoredRange() throws IOException {
    DicomBytes file = words(0, 1, 4095).number(Tag.BITS_STORED, 12).number(Tag.HIGH_BIT, 11);
    assertThat(file.open().highIsWhite(0).values()).containsExactly(0, 1, 4095);

    file.text(Tag.PHOTOMETRIC, "CS", "MONOCHROME1");
    assertThat(file.open().frame(0).values()).containsExactly(0, 1, 4095);
    assertThat(file.open().highIsWhite(0).values()).containsExactly(4095, 4094, 0);

    file.text(Tag.SLOPE, "DS", "2").text(Tag.INTERCEPT, "DS", "-10");
    assertThat(file.open().highIsWhite(0).values()).containsExactly(8180, 8178, -10);
    assertThat(file.number(Tag.SIGNED, 1).open().highIsWhite(0).values())
        .containsExactly(-12, -14, -10);
  }

  @Test
  void windowed_monochrome1_isWhiteAtOne() throws IOException {
    Window window = new Window(10, 20, Window.Function.LINEAR_EXACT);
    DicomBytes file = words(0, 10, 15, 30);
    assertThat(file.open().windowed(0, window).values()).containsExactly(0, 0.5f, 0.75f, 1);

    file.text(Tag.PHOTOMETRIC, "CS", "MONOCHROME1");
    assertThat(file.open().windowed(0, window).values()).containsExactly(1, 0.5f, 0.25f, 0);
  }

  @Test
  void voi_windowsAndTables_areThoseOfTheFile() throws IOException {
    DicomBytes table =
        new DicomBytes()
            .words(Tag.LUT_DESCRIPTOR, "SS", 2, -1, 8)
            .words(Tag.LUT_DATA, "US", 51, 255);
    DicomBytes file =
        words(0, 1)
            .sequence(Tag.VOI_LUT_SEQUENCE, table)
            .text(Tag.WINDOW_CENTER, "DS", "40\\-600")
            .text(Tag.WINDOW_WIDTH, "DS", "400\\1500")
            .text(Tag.VOI_FUNCTION, "CS", "SIGMOID");

    List<Voi> voi = file.open().voi(0);

    assertThat(voi).hasSize(3);
    assertThat(voi.get(0).apply(-1)).isEqualTo(0.2);
    assertThat(voi.get(0).apply(7)).isEqualTo(1);
    assertThat(voi.subList(1, 3))
        .containsExactly(
            new Window(40, 400, Window.Function.SIGMOID),
            new Window(-600, 1500, Window.Function.SIGMOID));
    assertThat(words(0).open().voi(0)).isEmpty();
  }

  @Test
  void voi_damaged_isRefused() {
    DicomBytes file =
        words(0).text(Tag.WINDOW_CENTER, "DS", "40").text(Tag.WINDOW_WIDTH, "DS", "0");
    assertRefused(file, "(0028,1051) Window Width: must be above 0");
    assertRefused(file.text(Tag.WINDOW_WIDTH, "DS", "1\\2"), "as many values as Window Center");
    assertRefused(
        file.text(Tag.WINDOW_WIDTH, "DS", "9").text(Tag.VOI_FUNCTION, "CS", "CUBIC"),
        "(0028,1056) VOI LUT Function: must be LINEAR, LINEAR_EXACT or SIGMOID");
  }

  @Test
  void apply_linearWindow_followsTheStandard() {
    // Part 3, C.11.2.1.2: center 2048, width 4096 is the range 0 to 4095; width 1 is a threshold.
    Window window = new Window(2048, 4096, Window.Function.LINEAR);
    assertThat(window.apply(0)).isZero();
    assertThat(window.apply(4095)).isEqualTo(1);
    assertThat(window.apply(1)).isEqualTo((1 - 2047.5) / 4095 + 0.5);
    Window threshold = new Window(0, 1, Window.Function.LINEAR);
    assertThat(threshold.apply(-0.5)).isZero();
    assertThat(threshold.apply(-0.4)).isEqualTo(1);
    assertThat(window).hasToString("window");
    Window sigmoid = new Window(0, 1, Window.Function.SIGMOID);
    assertThat(sigmoid.apply(0)).isEqualTo(0.5);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(0, 0.5, Window.Function.LINEAR));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(0, 0, Window.Function.LINEAR_EXACT));
  }

  @Test
  void colours_operationsOfGrey_areRefused() throws IOException {
    DicomBytes rgb = DicomBytes.colours(1, 2, "RGB").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6);
    DicomFile file = rgb.open();
    Window window = new Window(0, 1, Window.Function.LINEAR);

    assertThatExceptionOfType(DicomException.class).isThrownBy(() -> file.highIsWhite(0));
    assertThatExceptionOfType(DicomException.class).isThrownBy(() -> file.windowed(0, window));
    assertThatExceptionOfType(DicomException.class).isThrownBy(() -> file.voi(0));
    assertThatIllegalArgumentException().isThrownBy(() -> window.apply(file.frame(0)));
    rgb.text(Tag.SLOPE, "DS", "2").text(Tag.INTERCEPT, "DS", "0");
    assertRefused(rgb, "colours have no unit, and the file states a transform to one");
  }

  @Test
  void open_formatsThatContradictThemselves_areRefused() {
    assertRefused(bytes(1).number(Tag.BITS_ALLOCATED, 12), "must be 1, 8, 16 or 32");
    assertRefused(bytes(1).number(Tag.BITS_STORED, 9), "(0028,0101) Bits Stored: must be 1 to");
    assertRefused(bytes(1).number(Tag.HIGH_BIT, 6), "(0028,0102) High Bit: must leave the stored");
    assertRefused(bytes(1).number(Tag.HIGH_BIT, 8), "(0028,0102) High Bit: must leave the stored");
    assertRefused(
        bytes(1).number(Tag.SIGNED, 2), "(0028,0103) Pixel Representation: must be 0 or 1");
    assertRefused(bytes(1).number(Tag.SAMPLES, 3), "must be 1 for MONOCHROME2");
    assertRefused(bytes(1).number(Tag.ROWS, 0), "(0028,0010) Rows: must be at least 1");
    assertRefused(bytes(1).without(Tag.COLUMNS), "(0028,0011) Columns: is missing");
    assertRefused(bytes(1).text(Tag.FRAMES, "IS", "0"), "(0028,0008) Number of Frames: must be");
    assertRefused(bytes(1).text(Tag.PHOTOMETRIC, "CS", "YBR_ICT"), "YBR_ICT is not read: convert");
    assertRefused(bytes(1).text(Tag.PHOTOMETRIC, "CS", "MONO"), "one that is not known here");
    assertRefused(
        bytes(1).text(Tag.ROWS.number(), "LO", "somebody"), "a value representation that");
    assertRefused(
        DicomBytes.colours(1, 1, "YBR_FULL_422").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4),
        "YBR_FULL_422 needs an even number of columns");
  }

  @Test
  void open_pixelsThatAreNotAsManyAsNeeded_areRefusedUnlessPaddedByZeros() throws IOException {
    DicomBytes file = DicomBytes.grey(2, 4, 8);
    assertRefused(file.bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6), "are fewer than the image needs");
    assertRefused(file.bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6, 7, 8, 9, 0), "are more than");
    assertRefused(file.bytes(Tag.PIXELS, "OB", new int[16]), "are enough for more frames");
    file.bytes(Tag.PIXELS, "OB", 1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
    assertThat(values(file)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertRefused(file.text(Tag.FRAMES, "IS", "2147483647"), "are fewer than the image needs");
  }
}
