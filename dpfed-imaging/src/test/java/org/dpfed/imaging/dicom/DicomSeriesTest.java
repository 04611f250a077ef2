package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Test;

/** Slices in the order in which they lie, or refused. */
class DicomSeriesTest {
  private static final String AXIAL = "1\\0\\0\\0\\1\\0";

  /** A slice whose pixel is its place. */
  private static DicomBytes slice(double x, double y, double z, int pixel) {
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.ORIENTATION, "DS", AXIAL)
        .text(Tag.SPACING, "DS", "0.5\\0.25")
        .text(Tag.POSITION, "DS", String.format(Locale.ROOT, "%s\\%s\\%s", x, y, z))
        .bytes(Tag.PIXELS, "OB", pixel, 0);
  }

  private static DicomFile open(String name, DicomBytes file) throws IOException {
    return DicomFile.of(name, file.file());
  }

  private static List<DicomFile> stack(double... heights) throws IOException {
    List<DicomFile> files = new ArrayList<>();
    for (int i = 0; i < heights.length; i++) {
      files.add(open("slice" + i, slice(-10, 20, heights[i], i)));
    }
    return files;
  }

  private static void assertRefused(List<DicomFile> files, String message) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> DicomSeries.of(files))
        .withMessageContaining(message);
  }

  private static void assertRefusedBeside(DicomBytes other, String message) throws IOException {
    List<DicomFile> files = stack(0, 3);
    files.add(open("other", other));
    assertRefused(files, message);
  }

  @Test
  void of_filesInAnyOrder_areOrderedByPosition() throws IOException {
    List<DicomFile> files = stack(-6, -3, 0, 3, 6);
    Collections.shuffle(files, new Random(1));

    DicomSeries series = DicomSeries.of(files);

    assertThat(series.images())
        .extracting(image -> image.at(0, 0, 0))
        .containsExactly(0f, 1f, 2f, 3f, 4f);
    assertThat(series.spacing()).containsExactly(3.0, 0.5, 0.25);
    assertThat(series.affine())
        .isDeepEqualTo(new double[][] {{0, 0, 0.25, -10}, {0, 0.5, 0, 20}, {3, 0, 0, -6}});
    assertThat(series).hasToString("series of 5 slices");
  }

  @Test
  void of_obliqueSlices_areOrderedAlongTheirNormal() throws IOException {
    // Along a row to the left, along a column to the back and the head: the normal is (0, −0.6,
    // 0.8).
    List<DicomFile> files = new ArrayList<>();
    for (int i : new int[] {2, 0, 1}) {
      files.add(
          open(
              "slice" + i,
              slice(0, -0.6 * 2 * i, 0.8 * 2 * i, i)
                  .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\0.8\\0.6")));
    }
    DicomSeries series = DicomSeries.of(files);

    assertThat(series.images()).extracting(image -> image.at(0, 0, 0)).containsExactly(0f, 1f, 2f);
    assertThat(series.spacing().get(0)).isCloseTo(2, within(1e-12));
    assertThat(series.affine()[1][0]).isCloseTo(-1.2, within(1e-12));
    assertThat(series.affine()[2][0]).isCloseTo(1.6, within(1e-12));
  }

  @Test
  void of_slicesWithoutGeometry_areRefused() throws IOException {
    assertRefusedBeside(
        slice(-10, 20, 6, 0).without(Tag.POSITION),
        "other: (0020,0032) Image Position (Patient): is missing, so the slices cannot be put in"
            + " order: read them as single images");
    assertRefusedBeside(slice(-10, 20, 6, 0).without(Tag.ORIENTATION), "other: (0020,0037)");
    assertRefusedBeside(slice(-10, 20, 6, 0).without(Tag.SPACING), "other: (0028,0030)");
    assertRefusedBeside(slice(-10, 20, 6, 0).text(Tag.SPACING, "DS", "0\\1"), "other: (0028,0030)");
  }

  @Test
  void of_slicesThatDoNotFit_areRefused() throws IOException {
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\0\\-1"),
        "other: (0020,0037) Image Orientation (Patient): differs from that of slice0: take out"
            + " localizers");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.SPACING, "DS", "0.5\\0.26"),
        "other: (0028,0030) Pixel Spacing: differs from that of slice0");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).number(Tag.COLUMNS, 1), "other: (0028,0010) Rows: or columns differ");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.PHOTOMETRIC, "CS", "MONOCHROME1"), "other: (0028,0004)");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.PATIENT_ID, "LO", "other"),
        "other: (0010,0020) Patient ID: differs from that of slice0");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.SERIES_UID, "UI", "1.9"), "other: (0020,000E)");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.STUDY_UID, "UI", "1.9"), "other: (0020,000D)");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.FRAME_OF_REFERENCE, "UI", "1.9"), "other: (0020,0052)");
    assertRefusedBeside(slice(-10, 20, 6, 0).text(Tag.MODALITY, "CS", "PT"), "other: (0008,0060)");
    assertRefusedBeside(slice(-10, 20, 6, 0).without(Tag.SERIES_UID), "Instance UID: is missing");
  }

  @Test
  void of_unevenOrDoubledSlices_areRefused() throws IOException {
    assertRefused(
        stack(0, 3, 9, 12),
        "slice2: (0020,0032) Image Position (Patient): and that of slice1 are not as far apart as"
            + " others: a slice is missing");
    assertRefused(stack(0, 3, 3, 6), "are the same: split the series by time");
    assertRefused(stack(0, 3, 6.1), "are not as far apart");
    assertRefused(stack(-1e308, 1e308), "are not as far apart");
    assertRefused(stack(-1e308, 0, 1e308), "is not straight above");
    assertRefused(
        List.of(open("a", slice(-1e308, 0, 0, 0)), open("b", slice(1e308, 0, 3, 0))),
        "is not straight above");
    assertRefused(stack(0), "is a series of one slice, which has no depth");
    assertThat(DicomSeries.of(stack(0, 3.01, 6)).slices()).hasSize(3);
    assertThatIllegalArgumentException().isThrownBy(() -> DicomSeries.of(List.of()));
  }

  @Test
  void of_tiltedGantry_isRefused() throws IOException {
    assertRefusedBeside(slice(-10, 20.5, 6, 0), "is not straight above that of slice0");
    assertRefusedBeside(
        slice(-10, 20, 6, 0).text(Tag.ORIENTATION, "DS", "1\\0\\0.1\\0\\1\\0"), "(0020,0037)");
    List<DicomFile> skew =
        List.of(
            open("a", slice(0, 0, 0, 0).text(Tag.ORIENTATION, "DS", "1\\0\\0\\0.6\\0.8\\0")),
            open("b", slice(0, 0, 1, 0).text(Tag.ORIENTATION, "DS", "1\\0\\0\\0.6\\0.8\\0")));
    assertRefused(skew, "must be two directions of length 1 at a right angle");
  }

  @Test
  void bySeries_mixedFiles_areSeparated() throws IOException {
    List<DicomFile> files = stack(0, 3);
    files.add(open("other", slice(0, 0, 0, 0).text(Tag.SERIES_UID, "UI", "1.9")));

    assertThat(DicomSeries.bySeries(files))
        .hasSize(2)
        .hasEntrySatisfying("1.2.3", series -> assertThat(series).hasSize(2));
  }

  /** One file of several frames, each with its place. */
  static DicomBytes enhanced(double... heights) {
    DicomBytes[] frames = new DicomBytes[heights.length];
    int[] pixels = new int[2 * heights.length];
    for (int i = 0; i < heights.length; i++) {
      pixels[2 * i] = i;
      frames[i] =
          new DicomBytes()
              .sequence(
                  Tag.PLANE_POSITION_SEQUENCE,
                  new DicomBytes().text(Tag.POSITION, "DS", "0\\0\\" + heights[i]))
              .sequence(
                  Tag.TRANSFORMATION_SEQUENCE,
                  new DicomBytes()
                      .text(Tag.SLOPE, "DS", String.valueOf(i + 1))
                      .text(Tag.INTERCEPT, "DS", "0"));
    }
    DicomBytes shared =
        new DicomBytes()
            .sequence(
                Tag.PLANE_ORIENTATION_SEQUENCE, new DicomBytes().text(Tag.ORIENTATION, "DS", AXIAL))
            .sequence(
                Tag.FRAME_VOI_SEQUENCE,
                new DicomBytes()
                    .text(Tag.WINDOW_CENTER, "DS", "40")
                    .text(Tag.WINDOW_WIDTH, "DS", "400"))
            .sequence(
                Tag.PIXEL_MEASURES_SEQUENCE, new DicomBytes().text(Tag.SPACING, "DS", "1\\1"));
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.FRAMES, "IS", String.valueOf(heights.length))
        .sequence(Tag.SHARED_GROUPS, shared)
        .sequence(Tag.PER_FRAME_GROUPS, frames)
        .bytes(Tag.PIXELS, "OB", pixels);
  }

  @Test
  void of_enhancedFrames_areOrderedByTheirGroups() throws IOException {
    for (TransferSyntax syntax :
        List.of(TransferSyntax.EXPLICIT_LITTLE, TransferSyntax.IMPLICIT_LITTLE)) {
      DicomFile file = DicomFile.of("enhanced", enhanced(4, 0, 2).file(syntax));
      DicomSeries series = DicomSeries.of(List.of(file));

      assertThat(series.slices()).extracting(DicomSeries.Slice::frame).containsExactly(1, 2, 0);
      // Pixel 1 by slope 2, pixel 2 by slope 3, pixel 0 by slope 1.
      assertThat(series.images())
          .extracting(image -> image.at(0, 0, 0))
          .containsExactly(2f, 6f, 0f);
      assertThat(series.spacing()).containsExactly(2.0, 1.0, 1.0);
      assertThat(file.voi(2)).containsExactly(new Window(40, 400, Window.Function.LINEAR));
    }
  }

  @Test
  void of_enhancedFramesWithFaults_areRefused() throws IOException {
    assertRefused(
        List.of(open("enhanced", enhanced(0, 2, 2))),
        "enhanced, frame 3: (0020,0032) Image Position (Patient): and that of enhanced, frame 2");
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(
            () ->
                open(
                    "enhanced",
                    enhanced(0, 2, 4)
                        .text(Tag.FRAMES, "IS", "2")
                        .bytes(Tag.PIXELS, "OB", 1, 2, 3, 4)))
        .withMessageContaining("must have one item for each frame");
    DicomBytes both =
        new DicomBytes()
            .sequence(
                Tag.PLANE_POSITION_SEQUENCE, new DicomBytes().text(Tag.POSITION, "DS", "0\\0\\1"));
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(() -> open("enhanced", enhanced(0, 2, 4).sequence(Tag.SHARED_GROUPS, both)))
        .withMessageContaining("is there for all frames and for single ones");
  }

  @Test
  void of_severalFramesWithoutGroups_areRefused() throws IOException {
    DicomBytes frames =
        slice(0, 0, 0, 0).text(Tag.FRAMES, "IS", "2").bytes(Tag.PIXELS, "OB", 1, 2, 3, 4);

    assertRefused(List.of(open("frames", frames)), "frames, frame 1: (0020,0032)");
    Image second = open("frames", frames).frame(1);
    assertThat(second.at(0, 0, 0)).isEqualTo(3);
  }
}
