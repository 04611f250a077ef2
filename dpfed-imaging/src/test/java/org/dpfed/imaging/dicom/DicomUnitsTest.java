package org.dpfed.imaging.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Slices and frames whose numbers mean different things are refused. */
class DicomUnitsTest {
  private static DicomBytes slice(int height) {
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
        .text(Tag.SPACING, "DS", "1\\1")
        .text(Tag.POSITION, "DS", "0\\0\\" + height)
        .bytes(Tag.PIXELS, "OB", 7, 0);
  }

  private static DicomBytes rescaled(DicomBytes data, int slope) {
    return data.text(Tag.SLOPE, "DS", String.valueOf(slope)).text(Tag.INTERCEPT, "DS", "-1");
  }

  private static DicomBytes table() {
    return new DicomBytes()
        .words(Tag.LUT_DESCRIPTOR, "US", 2, 0, 8)
        .words(Tag.LUT_DATA, "US", 1, 2);
  }

  private static DicomSeries series(DicomBytes first, DicomBytes second) throws IOException {
    return DicomSeries.of(
        List.of(DicomFile.of("first", first.file()), DicomFile.of("second", second.file())));
  }

  private static void assertRefused(
      UnaryOperator<DicomBytes> one, UnaryOperator<DicomBytes> other) {
    for (var pair : List.of(List.of(one, other), List.of(other, one))) {
      assertThatExceptionOfType(DicomException.class)
          .isThrownBy(() -> series(pair.get(0).apply(slice(0)), pair.get(1).apply(slice(3))))
          .withMessageStartingWith("second: (")
          .withMessageContaining("differs from that of first, which would mix units");
    }
  }

  @Test
  void of_slicesInDifferentUnits_areRefused() {
    assertRefused(plain -> plain, slice -> rescaled(slice, 1));
    assertRefused(plain -> plain, slice -> slice.sequence(Tag.MODALITY_LUT_SEQUENCE, table()));
    assertRefused(plain -> plain, slice -> slice.text(Tag.DOSE_SCALING, "DS", "2"));
    for (Tag units : List.of(Tag.RESCALE_TYPE, Tag.UNITS, Tag.DOSE_UNITS)) {
      String representation = units == Tag.RESCALE_TYPE ? "LO" : "CS";
      assertRefused(
          slice -> rescaled(slice, 1).text(units, representation, "HU"),
          slice -> rescaled(slice, 1).text(units, representation, "US"));
      assertRefused(
          slice -> rescaled(slice, 1).text(units, representation, "HU"),
          slice -> rescaled(slice, 1));
    }
    assertRefused(
        slice ->
            slice.sequence(
                Tag.MODALITY_LUT_SEQUENCE, table().text(Tag.MODALITY_LUT_TYPE, "LO", "OD")),
        slice -> slice.sequence(Tag.MODALITY_LUT_SEQUENCE, table()));
  }

  @Test
  void of_slicesOfDifferentSlopes_areRead() throws IOException {
    DicomSeries series = series(rescaled(slice(0), 2), rescaled(slice(3), 3));

    assertThat(series.images()).extracting(image -> image.at(0, 0, 0)).containsExactly(13f, 20f);
  }

  private static DicomBytes frames(DicomBytes... groups) {
    return DicomBytes.grey(1, 2, 8)
        .text(Tag.FRAMES, "IS", String.valueOf(groups.length))
        .sequence(Tag.PER_FRAME_GROUPS, groups)
        .bytes(Tag.PIXELS, "OB", new int[2 * groups.length]);
  }

  private static DicomBytes group(DicomBytes transformation) {
    return new DicomBytes().sequence(Tag.TRANSFORMATION_SEQUENCE, transformation);
  }

  private static void assertRefused(DicomBytes file, String problem) {
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(file::open)
        .withMessageStartingWith("test.dcm: (0028,105")
        .withMessageContaining(problem);
  }

  @Test
  void open_framesInDifferentUnits_areRefused() throws IOException {
    List<DicomBytes> different =
        List.of(
            new DicomBytes(),
            group(new DicomBytes()),
            group(rescaled(new DicomBytes(), 1).text(Tag.RESCALE_TYPE, "LO", "US")));
    for (DicomBytes other : different) {
      DicomBytes usual = group(rescaled(new DicomBytes(), 1));
      assertRefused(frames(usual, usual, other), "differs between frames, which would mix units");
      assertRefused(frames(other, usual, usual), "differs between frames, which would mix units");
    }
    DicomBytes slopes =
        frames(group(rescaled(new DicomBytes(), 1)), group(rescaled(new DicomBytes(), 2)));
    assertThat(slopes.open().frames()).hasSize(2);
  }

  @Test
  void open_transformOfTheFileBesideThatOfGroups_isRefused() {
    DicomBytes own = group(rescaled(new DicomBytes(), 2));
    assertRefused(rescaled(frames(own, own), 1), "stands beside that of functional groups");
    assertRefused(
        rescaled(frames(new DicomBytes()), 1).sequence(Tag.SHARED_GROUPS, own),
        "stands beside that of functional groups");
    assertRefused(
        rescaled(frames(group(new DicomBytes())), 1), "stands beside that of functional groups");
    assertRefused(
        frames(own, own).text(Tag.RESCALE_TYPE, "LO", "US"),
        "stands beside that of functional groups");
  }

  @Test
  void open_manyFramesOfOnePlace_shareIt() throws IOException {
    int count = 50_000;
    DicomBytes shared =
        new DicomBytes()
            .sequence(Tag.PIXEL_MEASURES_SEQUENCE, new DicomBytes().text(Tag.SPACING, "DS", "1\\1"))
            .sequence(
                Tag.PLANE_ORIENTATION_SEQUENCE,
                new DicomBytes().text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0"));
    DicomBytes file =
        DicomBytes.grey(1, 1, 1)
            .text(Tag.FRAMES, "IS", String.valueOf(count))
            .sequence(Tag.SHARED_GROUPS, shared)
            .bytes(Tag.PIXELS, "OB", new int[count / 8]);
    DicomBytes empty = new DicomBytes();
    DicomBytes[] items = new DicomBytes[count];
    Arrays.fill(items, empty);

    for (DicomFile opened :
        List.of(file.open(), file.sequence(Tag.PER_FRAME_GROUPS, items).open())) {
      List<Plane> planes = opened.header().planes();
      assertThat(planes).hasSize(count);
      Set<Plane> different = Collections.newSetFromMap(new IdentityHashMap<>());
      different.addAll(planes);
      assertThat(different).hasSize(1);
      assertThat(planes.get(0).spacing()).containsExactly(1.0, 1.0);
    }
  }

  @Test
  void open_framesOfOwnPlaces_shareWhatIsSaidOfAll() throws IOException {
    List<Plane> planes = DicomSeriesTest.enhanced(0, 2, 4).open().header().planes();

    assertThat(planes).extracting(plane -> plane.position().get(2)).containsExactly(0.0, 2.0, 4.0);
    assertThat(planes.get(1).orientation()).isSameAs(planes.get(0).orientation());
    assertThat(planes.get(2).spacing()).isSameAs(planes.get(0).spacing());
  }

  @Test
  void open_moreFramesThanThePixelsHold_isRefused() {
    DicomBytes file =
        DicomBytes.grey(1, 1, 1)
            .text(Tag.FRAMES, "IS", "17")
            .bytes(Tag.PIXELS, "OB", 0, 0)
            .sequence(Tag.SHARED_GROUPS, new DicomBytes());
    assertThatExceptionOfType(DicomException.class)
        .isThrownBy(file::open)
        .withMessageContaining("are fewer than the image needs");
  }
}
