package org.dpfed.imaging.dicom;

import java.util.List;
import java.util.Optional;

/**
 * What an enhanced image says of each frame, or of all (Part 3, C.7.6.16). Without such groups,
 * what a file says of its one frame.
 */
final class FunctionalGroups {
  private final DataSet file;
  private final Optional<DataSet> shared;
  private final List<DataSet> perFrame;

  FunctionalGroups(DataSet file, int frames) throws DicomException {
    this.file = file;
    this.shared = file.onlyItem(Tag.SHARED_GROUPS);
    this.perFrame = file.items(Tag.PER_FRAME_GROUPS);
    if (!perFrame.isEmpty() && perFrame.size() != frames) {
      throw file.error(Tag.PER_FRAME_GROUPS, "must have one item for each frame");
    }
  }

  boolean isEmpty() {
    return shared.isEmpty() && perFrame.isEmpty();
  }

  /**
   * Where the attributes of a group are.
   *
   * @return the group of the frame, else that of all frames, else the file
   * @throws DicomException when both have it
   */
  DataSet group(Tag sequence, int frame) throws DicomException {
    Optional<DataSet> own =
        perFrame.isEmpty() ? Optional.empty() : perFrame.get(frame).onlyItem(sequence);
    Optional<DataSet> common =
        shared.isEmpty() ? Optional.empty() : shared.get().onlyItem(sequence);
    if (own.isPresent() && common.isPresent()) {
      throw file.error(sequence, "is there for all frames and for single ones");
    }
    return own.or(() -> common).orElse(file);
  }

  /** Where a frame lies, as far as the file says; of several frames only groups say it. */
  Plane plane(int frame, int frames) throws DicomException {
    DataSet position = group(Tag.PLANE_POSITION_SEQUENCE, frame);
    boolean isOfAll = position == file && frames > 1;
    return new Plane(
        isOfAll ? List.of() : position.decimals(Tag.POSITION, 3),
        group(Tag.PLANE_ORIENTATION_SEQUENCE, frame).decimals(Tag.ORIENTATION, 6),
        group(Tag.PIXEL_MEASURES_SEQUENCE, frame).decimals(Tag.SPACING, 2));
  }
}
