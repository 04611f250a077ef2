package org.dpfed.imaging.dicom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.dpfed.imaging.dicom.DicomSeries.Slice;

/**
 * Slices in the order in which they lie along their normal. Comparisons are written so that what is
 * no number, as differences of very large positions are, fails them.
 *
 * @param sorted the slices
 * @param gap millimetres from one to the next, on average
 * @param normal of length 1
 */
record SliceOrder(List<Slice> sorted, double gap, Vector normal) {
  /** Of directions, written with six digits mostly, of which some scanners round to four. */
  private static final double DIRECTION_TOLERANCE = 1e-3;

  /** Of a gap, as part of the usual one: positions are rounded to hundredths of millimetres. */
  private static final double GAP_TOLERANCE = 0.01;

  /** Positions that are closer, in millimetres, are the same. */
  private static final double SAME_PLACE = 1e-3;

  /** How far, in pixels, a slice may lie beside the line through the first one's corner. */
  private static final double SHIFT_TOLERANCE = 0.1;

  private record Placed(Slice slice, double depth) {}

  static SliceOrder of(List<Slice> slices) throws DicomException {
    for (Slice slice : slices) {
      requireComplete(slice);
    }
    Slice first = slices.get(0);
    Vector normal = normal(first);
    List<Placed> placed = new ArrayList<>();
    for (Slice slice : slices) {
      requireParallel(first, slice);
      placed.add(new Placed(slice, position(slice).dot(normal)));
    }
    placed.sort(Comparator.comparingDouble(Placed::depth));
    if (placed.size() < 2) {
      throw new DicomException(
          first.place(), "is a series of one slice, which has no depth: read it as an image");
    }
    double usual = median(gaps(placed));
    double gap =
        (placed.get(placed.size() - 1).depth() - placed.get(0).depth()) / (placed.size() - 1);
    for (int i = 1; i < placed.size(); i++) {
      requireEven(placed.get(i - 1), placed.get(i), usual);
      requireAbove(placed.get(0).slice(), placed.get(i).slice(), normal);
    }
    return new SliceOrder(placed.stream().map(Placed::slice).toList(), gap, normal);
  }

  private static double[] gaps(List<Placed> placed) {
    double[] gaps = new double[placed.size() - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = placed.get(i + 1).depth() - placed.get(i).depth();
    }
    return gaps;
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void requireComplete(Slice slice) throws DicomException {
    Plane plane = slice.plane();
    Tag missing =
        plane.position().isEmpty()
            ? Tag.POSITION
            : plane.orientation().isEmpty() ? Tag.ORIENTATION : Tag.SPACING;
    if (plane.position().isEmpty() || plane.orientation().isEmpty() || plane.spacing().isEmpty()) {
      throw new DicomException(
          slice.place(),
          missing,
          "is missing, so the slices cannot be put in order: read them as single images");
    }
    if (plane.spacing().stream().anyMatch(spacing -> !(spacing > 0))) {
      throw new DicomException(slice.place(), Tag.SPACING, "must be above 0");
    }
  }

  private static Vector position(Slice slice) {
    return Vector.of(slice.plane().position(), 0);
  }

  private static Vector alongRow(Slice slice) {
    return Vector.of(slice.plane().orientation(), 0);
  }

  private static Vector alongColumn(Slice slice) {
    return Vector.of(slice.plane().orientation(), 3);
  }

  private static Vector normal(Slice slice) throws DicomException {
    Vector row = alongRow(slice);
    Vector column = alongColumn(slice);
    Vector normal = row.cross(column);
    boolean isRight =
        Math.abs(row.length() - 1) < DIRECTION_TOLERANCE
            && Math.abs(column.length() - 1) < DIRECTION_TOLERANCE
            && Math.abs(row.dot(column)) < DIRECTION_TOLERANCE;
    if (!isRight) {
      throw new DicomException(
          slice.place(), Tag.ORIENTATION, "must be two directions of length 1 at a right angle");
    }
    return new Vector(0, 0, 0).plus(1 / normal.length(), normal);
  }

  private static void requireParallel(Slice first, Slice slice) throws DicomException {
    for (int i = 0; i < 6; i++) {
      double difference = slice.plane().orientation().get(i) - first.plane().orientation().get(i);
      if (!(Math.abs(difference) <= DIRECTION_TOLERANCE)) {
        throw new DicomException(
            slice.place(),
            Tag.ORIENTATION,
            "differs from that of "
                + first.place()
                + ": take out localizers, or split the series by orientation");
      }
    }
    for (int i = 0; i < 2; i++) {
      double spacing = first.plane().spacing().get(i);
      double difference = slice.plane().spacing().get(i) - spacing;
      if (!(Math.abs(difference) <= DIRECTION_TOLERANCE * spacing)) {
        throw new DicomException(
            slice.place(), Tag.SPACING, "differs from that of " + first.place());
      }
    }
  }

  private static void requireEven(Placed before, Placed slice, double usual) throws DicomException {
    double own = slice.depth() - before.depth();
    String places = "and that of " + before.slice().place();
    if (own < SAME_PLACE) {
      throw new DicomException(
          slice.slice().place(),
          Tag.POSITION,
          places + " are the same: split the series by time, echo or reconstruction");
    }
    if (!(Math.abs(own - usual) <= GAP_TOLERANCE * usual)) {
      throw new DicomException(
          slice.slice().place(),
          Tag.POSITION,
          places + " are not as far apart as others: a slice is missing, or resample the series");
    }
  }

  private static void requireAbove(Slice first, Slice slice, Vector normal) throws DicomException {
    Vector way = position(slice).plus(-1, position(first));
    double beside = way.plus(-way.dot(normal), normal).length();
    double pixel = Math.min(first.plane().spacing().get(0), first.plane().spacing().get(1));
    if (!(beside <= SHIFT_TOLERANCE * pixel)) {
      throw new DicomException(
          slice.place(),
          Tag.POSITION,
          "is not straight above that of "
              + first.place()
              + ", as with a tilted gantry: resample the series");
    }
  }

  /** From slice, row and column to millimetres: three rows of four numbers. */
  double[][] affine() {
    Slice first = sorted.get(0);
    Vector origin = position(first);
    Vector down = new Vector(0, 0, 0).plus(first.plane().spacing().get(0), alongColumn(first));
    Vector across = new Vector(0, 0, 0).plus(first.plane().spacing().get(1), alongRow(first));
    Vector deep = new Vector(0, 0, 0).plus(gap, normal);
    return new double[][] {
      {deep.x(), down.x(), across.x(), origin.x()},
      {deep.y(), down.y(), across.y(), origin.y()},
      {deep.z(), down.z(), across.z(), origin.z()}
    };
  }
}
