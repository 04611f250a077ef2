package org.dpfed.imaging.dicom;

import java.util.Optional;

/**
 * What turns stored numbers into those of the modality, such as Hounsfield units (Part 3, C.11.1).
 */
sealed interface ModalityTransform {
  /** Stored numbers as they are. */
  ModalityTransform NONE = new Linear(1, 0);

  double apply(double stored);

  /** The numbers between which all are that any stored ones can become: low, then high. */
  double[] range(PixelFormat format);

  /** {@code slope · stored + intercept}. */
  record Linear(double slope, double intercept) implements ModalityTransform {
    @Override
    public double apply(double stored) {
      return slope * stored + intercept;
    }

    @Override
    public double[] range(PixelFormat format) {
      double one = apply(format.smallest());
      double other = apply(format.largest());
      return new double[] {Math.min(one, other), Math.max(one, other)};
    }
  }

  /** A table; numbers outside it get its first or last entry. */
  record Table(LookupTable table) implements ModalityTransform {
    @Override
    public double apply(double stored) {
      return table.at(stored);
    }

    @Override
    public double[] range(PixelFormat format) {
      return new double[] {0, table.largest()};
    }
  }

  /**
   * The transform of a frame.
   *
   * @param file its attributes
   * @param rescale where slope and intercept are: those, or a functional group
   * @throws DicomException when it is not complete, or there are several
   */
  static ModalityTransform of(DataSet file, DataSet rescale, PixelFormat format)
      throws DicomException {
    Optional<DataSet> table = file.onlyItem(Tag.MODALITY_LUT_SEQUENCE);
    Optional<Double> slope = rescale.decimalNumber(Tag.SLOPE);
    Optional<Double> intercept = rescale.decimalNumber(Tag.INTERCEPT);
    Optional<Double> dose = file.decimalNumber(Tag.DOSE_SCALING);
    if (slope.isPresent() != intercept.isPresent()) {
      throw rescale.missing(slope.isPresent() ? Tag.INTERCEPT : Tag.SLOPE);
    }
    int transforms =
        (table.isPresent() ? 1 : 0) + (slope.isPresent() ? 1 : 0) + (dose.isPresent() ? 1 : 0);
    if (transforms > 1) {
      throw file.error(
          table.isPresent() ? Tag.MODALITY_LUT_SEQUENCE : Tag.DOSE_SCALING,
          "stands beside another transform of the pixels, and nothing says which is meant");
    }
    if (table.isPresent()) {
      return new Table(
          LookupTable.of(table.get(), Tag.LUT_DESCRIPTOR, Tag.LUT_DATA, format.signed()));
    }
    if (slope.filter(number -> number == 0).isPresent()) {
      throw rescale.error(Tag.SLOPE, "is 0, which makes all pixels equal");
    }
    return dose.map(scaling -> (ModalityTransform) new Linear(scaling, 0))
        .orElseGet(() -> slope.isEmpty() ? NONE : new Linear(slope.get(), intercept.get()));
  }
}
