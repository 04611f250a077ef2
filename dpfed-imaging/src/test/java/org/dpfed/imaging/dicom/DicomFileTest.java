package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of every encoding, and their headers. */
class DicomFileTest {
  private static final int PRIVATE = 0x0019_1001;

  @TempDir private Path directory;

  private static DicomBytes example() {
    return DicomBytes.grey(2, 3, 16)
        .text(Tag.CHARACTER_SET, "CS", "ISO_IR 100")
        .text(Tag.STUDY_UID, "UI", "1.2")
        .text(Tag.SOP_CLASS, "UI", "1.2.840.10008.5.1.4.1.1.4")
        .text(Tag.INSTITUTION, "LO", "Universitätsklinik ")
        .text(Tag.POSITION, "DS", "-1.5\\2\\3e1")
        .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
        .text(Tag.SPACING, "DS", "0.5\\0.25")
        .words(Tag.PIXELS, "OW", 1, 2, 3, 400, 500, 65535);
  }

  private static Image expected() {
    return new Image(1, 2, 3, new float[] {1, 2, 3, 400, 500, 65535});
  }

  private static DicomFile open(byte[] content) throws IOException {
    return DicomFile.of("test.dcm", content);
  }

  private static void assertRefused(byte[] content, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> open(content).frames())
        .withMessageStartingWith("test.dcm: ")
        .withMessageContaining(problem);
  }

  @ParameterizedTest
  @EnumSource(names = {"IMPLICIT_LITTLE", "EXPLICIT_LITTLE", "DEFLATED", "EXPLICIT_BIG"})
  void frames_ofEverySyntax_areEqual(TransferSyntax syntax) throws IOException {
    byte[] content = example().file(syntax);
    Path file = Files.write(directory.resolve("a.dcm"), content);

    assertThat(open(content).frames()).containsExactly(expected());
    assertThat(DicomFile.open(file).frames()).containsExactly(expected());
    assertThat(DicomFile.open(file).header().transferSyntax()).isEqualTo(syntax);
  }

  @Test
  void header_always_hasWhatTheFileStates() throws IOException {
    DicomHeader header = open(example().file()).header();

    assertThat(header.source()).isEqualTo("test.dcm");
    assertThat(header.sopClassUid()).contains("1.2.840.10008.5.1.4.1.1.4");
    assertThat(header.studyUid()).contains("1.2");
    assertThat(header.seriesUid()).contains("1.2.3");
    assertThat(header.instanceUid()).contains("1.2.3.4");
    assertThat(header.patientId()).contains("patient-7");
    assertThat(header.modality()).contains("MR");
    assertThat(header.institutionName()).contains("Universitätsklinik");
    assertThat(header.sourceAeTitle()).contains("PACS");
    assertThat(header.site()).contains("Universitätsklinik");
    assertThat(header.rows()).isEqualTo(2);
    assertThat(header.columns()).isEqualTo(3);
    assertThat(header.frames()).isEqualTo(1);
    assertThat(header.photometric()).isEqualTo(Photometric.MONOCHROME2);
    assertThat(header.planes())
        .containsExactly(
            new Plane(
                List.of(-1.5, 2.0, 30.0),
                List.of(1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
                List.of(0.5, 0.25)));
  }

  @Test
  void header_missingTexts_areEmpty() throws IOException {
    DicomHeader header =
        open(example().without(Tag.INSTITUTION).text(Tag.PATIENT_ID, "LO", "  ").file()).header();

    assertThat(header.patientId()).isEmpty();
    assertThat(header.institutionName()).isEmpty();
    assertThat(header.site()).contains("PACS");
  }

  @Test
  void header_textBeyondTheCharacterSet_isRefusedWithTheRemedy() {
    assertRefused(
        example().text(Tag.CHARACTER_SET, "CS", "\\ISO 2022 IR 87").file(),
        "(0008,0080) Institution Name: cannot be read in the file's Specific Character Set:"
            + " convert the file to UTF-8");
    assertRefused(example().text(Tag.CHARACTER_SET, "CS", "ISO_IR 192").file(), "convert");
    assertRefused(
        example()
            .text(Tag.CHARACTER_SET, "CS", "ISO 2022 IR 100")
            .text(Tag.INSTITUTION, "LO", "\033-AUniversitätsklinik")
            .file(),
        "convert");
  }

  @Test
  void header_textWithoutEscapes_isOfTheFirstCharacterSet() throws IOException {
    byte[] file = example().text(Tag.CHARACTER_SET, "CS", "ISO 2022 IR 100\\ISO 2022 IR 87").file();
    assertThat(open(file).header().institutionName()).contains("Universitätsklinik");
  }

  @Test
  void open_sequencesOfEveryKind_arePassedOver() throws IOException {
    DicomBytes inner = new DicomBytes().number(Tag.ROWS, 99).text(0x0019_1010, "LO", "ROWS");
    DicomBytes nested =
        new DicomBytes().sequence(PRIVATE, true, inner).sequence(PRIVATE + 1, false, inner);
    for (boolean undefined : new boolean[] {true, false}) {
      for (TransferSyntax syntax :
          List.of(
              TransferSyntax.EXPLICIT_LITTLE,
              TransferSyntax.IMPLICIT_LITTLE,
              TransferSyntax.EXPLICIT_BIG)) {
        byte[] content = example().sequence(PRIVATE, undefined, nested, inner).file(syntax);
        assertThat(open(content).frames()).containsExactly(expected());
      }
    }
    byte[] unknown = example().unknownSequence(PRIVATE, nested, inner).file();
    assertThat(open(unknown).frames()).containsExactly(expected());
  }

  @Test
  void open_iconInFragments_isPassedOver() throws IOException {
    DicomBytes icon = new DicomBytes().fragments(new byte[0], new byte[] {1, 2});

    assertThat(open(example().sequence(0x0019_1001, true, icon).file()).frames())
        .containsExactly(expected());
  }

  @Test
  void open_sequencesNestedDeeply_areRefused() {
    DicomBytes nested = new DicomBytes();
    for (int i = 0; i < 100; i++) {
      nested = new DicomBytes().sequence(PRIVATE, true, nested);
    }
    assertRefused(example().sequence(PRIVATE, true, nested).file(), "nested more than 64 deep");
  }

  @ParameterizedTest
  @EnumSource(names = {"IMPLICIT_LITTLE", "EXPLICIT_LITTLE", "EXPLICIT_BIG"})
  void frames_withoutPreambleAndMeta_areReadWhenGroup8TellsTheEncoding(TransferSyntax syntax)
      throws IOException {
    assertThat(open(example().dataSet(syntax)).frames()).containsExactly(expected());

    DicomBytes noGroup8 =
        example()
            .without(Tag.CHARACTER_SET)
            .without(Tag.SOP_CLASS)
            .without(Tag.INSTANCE_UID)
            .without(Tag.MODALITY)
            .without(Tag.INSTITUTION);
    assertRefused(noGroup8.dataSet(syntax), "without meta information: convert it with dcmconv");
  }

  @Test
  void frames_withoutPreamble_areRead() throws IOException {
    byte[] file = example().file();
    byte[] rest = Arrays.copyOfRange(file, 132, file.length);

    assertThat(open(rest).frames()).containsExactly(expected());
    assertThat(open(rest).header().sourceAeTitle()).contains("PACS");
  }

  @ParameterizedTest
  @EnumSource
  void open_everySyntax_isReadOrRefusedByNameWithTheRemedy(TransferSyntax syntax)
      throws IOException {
    if (!syntax.isRead()) {
      assertRefused(
          example().file(syntax),
          "(0002,0010) Transfer Syntax UID: "
              + syntax.meaning()
              + " is not read: ask the server for Explicit VR Little Endian, 1.2.840.10008.1.2.1");
    } else if (syntax == TransferSyntax.RLE) {
      assertRefused(example().file(syntax), "are not in fragments, which RLE needs");
    } else {
      assertThat(open(example().file(syntax)).frames()).containsExactly(expected());
    }
  }

  @Test
  void open_unknownSyntax_isRefused() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(DicomBytes.meta("1.2.3.99"));
    file.writeBytes(example().dataSet(TransferSyntax.EXPLICIT_LITTLE));

    assertRefused(file.toByteArray(), "one that is not known here: ask the server for");
  }

  @Test
  void open_otherFiles_areRefused() {
    assertRefused(new byte[0], "is no DICOM file");
    assertRefused("name,age,sick\nx,7,1\n".getBytes(StandardCharsets.UTF_8), "is no DICOM file");
    assertRefused(
        example().without(Tag.PIXELS).file(), "(7FE0,0010) Pixel Data: is missing: this is no");
  }

  @Test
  void open_everyPrefix_isRefused() {
    byte[] file = example().file();
    for (int length = 0; length < file.length; length++) {
      byte[] prefix = Arrays.copyOf(file, length);
      assertThatExceptionOfType(DicomException.class)
          .as("%d bytes", length)
          .isThrownBy(() -> open(prefix).frames());
    }
  }

  @Test
  void open_elementBehindThePixelsThatBelongsBefore_isNotOverlooked() {
    byte[] slope =
        new DicomBytes().text(Tag.SLOPE, "DS", "2 ").dataSet(TransferSyntax.EXPLICIT_LITTLE);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(example().file());
    file.writeBytes(slope);

    assertRefused(
        file.toByteArray(), "elements that are not in ascending order, which dcmconv mends");
  }

  @Test
  void open_elementsBehindThePixels_arePassedOver() throws IOException {
    byte[] padded = example().bytes(0xFFFC_FFFC, "OB", new byte[100]).file();

    assertThat(open(padded).frames()).containsExactly(expected());
  }

  @Test
  void open_pixelsOfTwoKinds_areRefused() {
    assertRefused(
        example().bytes(Tag.FLOAT_PIXELS, "OF", 0, 0, 0, 0).file(),
        "(7FE0,0010) Pixel Data: stands beside other pixels");
  }

  @Test
  void frames_ofAFileThatChanged_areRefused() throws IOException {
    Path path = Files.write(directory.resolve("a.dcm"), example().file());
    DicomFile file = DicomFile.open(path);
    Files.write(path, new byte[10]);

    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(file::frames)
        .withMessage(path + ": changed after its header was read");
  }

  @Test
  void open_deflatedFarBeyondWhatImagesDo_isRefused() {
    byte[] zeros = new byte[1 << 25];
    byte[] file = example().bytes(0x0019_1010, "OB", zeros).file(TransferSyntax.DEFLATED);

    assertThat(file).hasSizeLessThan(100_000);
    assertRefused(file, "expands more than 200-fold: inflate it first");
  }

  @Test
  void toString_always_hasNoValue() throws IOException {
    DicomFile file = open(example().file());

    assertThat(file).hasToString("test.dcm");
    assertThat(file.header()).hasToString("DICOM header of 1 frames of 2 × 3");
    assertThat(file.header().planes().get(0)).hasToString("plane");
  }
}
