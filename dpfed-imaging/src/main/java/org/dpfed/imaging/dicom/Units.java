package org.dpfed.imaging.dicom;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the numbers of a frame mean: by which kind of transform they come about, and in which units
 * the file says that they are. How much a transform stretches or shifts is not part of it: that may
 * differ from slice to slice, as in PET.
 *
 * @param of the attributes, each with its text, or whether it is there
 */
record Units(List<Of> of) {
  private record Of(Tag tag, Optional<String> value) {}

  /**
   * The units of a frame.
   *
   * @param file its attributes
   * @param rescale where slope and intercept are: those, or a functional group
   */
  static Units of(DataSet file, DataSet rescale) throws DicomException {
    List<Of> found = new ArrayList<>();
    found.add(new Of(Tag.SLOPE, presence(rescale, Tag.SLOPE)));
    found.add(new Of(Tag.RESCALE_TYPE, rescale.ascii(Tag.RESCALE_TYPE)));
    found.add(new Of(Tag.MODALITY_LUT_SEQUENCE, presence(file, Tag.MODALITY_LUT_SEQUENCE)));
    for (DataSet table : file.items(Tag.MODALITY_LUT_SEQUENCE)) {
      found.add(new Of(Tag.MODALITY_LUT_TYPE, table.ascii(Tag.MODALITY_LUT_TYPE)));
    }
    found.add(new Of(Tag.DOSE_SCALING, presence(file, Tag.DOSE_SCALING)));
    found.add(new Of(Tag.DOSE_UNITS, file.ascii(Tag.DOSE_UNITS)));
    found.add(new Of(Tag.UNITS, file.ascii(Tag.UNITS)));
    return new Units(found);
  }

  private static Optional<String> presence(DataSet data, Tag tag) {
    return data.has(tag) ? Optional.of("") : Optional.empty();
  }

  /** The first attribute in which two differ. */
  Optional<Tag> differenceFrom(Units other) {
    for (int i = 0; i < Math.min(of.size(), other.of.size()); i++) {
      if (!of.get(i).equals(other.of.get(i))) {
        return Optional.of(of.get(i).tag());
      }
    }
    return of.equals(other.of) ? Optional.empty() : Optional.of(Tag.MODALITY_LUT_SEQUENCE);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "units";
  }
}
