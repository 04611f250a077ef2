package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.imaging.Image;

/**
 * A series as a volume: parallel slices of one size, at even distances, in the order in which they
 * lie along their normal (row direction × column direction). Names of files and numbers of
 * instances play no part. Whatever is not such a volume is refused: nothing is resampled or filled
 * in.
 *
 * <p>All slices are in the same units. Rescale slopes and intercepts may differ from slice to
 * slice, as in PET; whether there are any may not.
 */
public final class DicomSeries {
  /**
   * A slice.
   *
   * @param file that has it
   * @param frame of the file, counted from 0
   */
  public record Slice(DicomFile file, int frame) {
    Plane plane() {
      return file.header().planes().get(frame);
    }

    String place() {
      int frames = file.header().frames();
      return frames == 1 ? file.toString() : file + ", frame " + (frame + 1);
    }
  }

  private final List<Slice> slices;
  private final SliceOrder order;

  private DicomSeries(List<Slice> slices, SliceOrder order) {
    this.slices = slices;
    this.order = order;
  }

  /**
   * Files by their Series Instance UID, in the order given.
   *
   * @throws DicomException when one has none
   */
  public static Map<String, List<DicomFile>> bySeries(Collection<DicomFile> files)
      throws DicomException {
    Map<String, List<DicomFile>> series = new LinkedHashMap<>();
    for (DicomFile file : files) {
      series.computeIfAbsent(seriesOf(file), uid -> new ArrayList<>()).add(file);
    }
    return series;
  }

  private static String seriesOf(DicomFile file) throws DicomException {
    return file.header()
        .seriesUid()
        .orElseThrow(() -> new DicomException(file.toString(), Tag.SERIES_UID, "is missing"));
  }

  /**
   * The volume of a series.
   *
   * @param files all of one series, in any order
   * @throws DicomException when they are not a volume; the message says which file and why
   * @throws IllegalArgumentException when there are none
   */
  public static DicomSeries of(Collection<DicomFile> files) throws DicomException {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a series needs at least one file");
    }
    DicomFile first = files.iterator().next();
    List<Slice> slices = new ArrayList<>();
    for (DicomFile file : files) {
      if (!seriesOf(file).equals(seriesOf(first))) {
        throw new DicomException(
            file.toString(), Tag.SERIES_UID, "is another than that of " + first);
      }
      requireSame(first, file);
      for (int frame = 0; frame < file.header().frames(); frame++) {
        slices.add(new Slice(file, frame));
      }
    }
    SliceOrder order = SliceOrder.of(slices);
    return new DicomSeries(order.sorted(), order);
  }

  private static void requireSame(DicomFile firstFile, DicomFile otherFile) throws DicomException {
    DicomHeader first = firstFile.header();
    DicomHeader other = otherFile.header();
    if (first.rows() != other.rows() || first.columns() != other.columns()) {
      throw new DicomException(
          other.source(), Tag.ROWS, "or columns differ from " + first.source());
    }
    if (first.photometric() != other.photometric()) {
      throw new DicomException(
          other.source(), Tag.PHOTOMETRIC, "differs from that of " + first.source());
    }
    if (!first.patientId().equals(other.patientId())) {
      throw new DicomException(
          other.source(), Tag.PATIENT_ID, "differs from that of " + first.source());
    }
    for (Tag tag : List.of(Tag.STUDY_UID, Tag.FRAME_OF_REFERENCE, Tag.MODALITY)) {
      if (!firstFile.ascii(tag).equals(otherFile.ascii(tag))) {
        throw new DicomException(
            other.source(), tag, "differs from that of " + first.source() + ": split the series");
      }
    }
    Optional<Tag> unit = otherFile.units().differenceFrom(firstFile.units());
    if (unit.isPresent()) {
      throw new DicomException(
          other.source(),
          unit.get(),
          "differs from that of "
              + first.source()
              + ", which would mix units: split the series by units");
    }
  }

  /** The slices, in order. */
  public List<Slice> slices() {
    return slices;
  }

  /** The pixels of all slices, in order, each as by {@link DicomFile#frame}. */
  public List<Image> images() throws IOException {
    // A file of several frames may have to be decompressed as a whole.
    Map<DicomFile, List<Image>> several = new HashMap<>();
    List<Image> images = new ArrayList<>();
    for (Slice slice : slices) {
      DicomFile file = slice.file();
      if (file.header().frames() > 1 && !several.containsKey(file)) {
        several.put(file, file.frames());
      }
      List<Image> frames = several.get(file);
      images.add(frames == null ? file.frame(0) : frames.get(slice.frame()));
    }
    return images;
  }

  /** Millimetres between slices, between rows and between columns. */
  public List<Double> spacing() {
    List<Double> inPlane = slices.get(0).plane().spacing();
    return List.of(order.gap(), inPlane.get(0), inPlane.get(1));
  }

  /**
   * Where a voxel's center lies in the patient: the position is {@code affine · (slice, row,
   * column, 1)}, in millimetres to the patient's left, back and head.
   *
   * @return three rows of four numbers; the caller's
   */
  public double[][] affine() {
    return order.affine();
  }

  /** The number of slices alone. */
  @Override
  public String toString() {
    return "series of " + slices.size() + " slices";
  }
}
