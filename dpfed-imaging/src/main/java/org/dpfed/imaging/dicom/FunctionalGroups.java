package org.dpfed.imaging.dicom;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an enhanced image says of each frame, or of all (Part 3, C.7.6.16). Without such groups,
 * what a file says of its one frame.
 */
final class FunctionalGroups {
  private final DataSet file;
  private final Optional<DataSet> shared;
  private final List<DataSet> perFrame;
  private final int frames;

  /** Where numbers are. */
  private record Place(DataSet group, Tag tag) {}

  FunctionalGroups(DataSet file, int frames) throws DicomException {
    this.file = file;
    this.frames = frames;
    this.shared = file.onlyItem(Tag.SHARED_GROUPS);
    this.perFrame = file.items(Tag.PER_FRAME_GROUPS);
    if (!perFrame.isEmpty() && perFrame.size() != frames) {
      throw file.error(Tag.PER_FRAME_GROUPS, "must have one item for each frame");
    }
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

  /**
   * Where slope and intercept of a frame are.
   *
   * @throws DicomException when the file states them beside its groups too
   */
  DataSet rescale(int frame) throws DicomException {
    DataSet group = group(Tag.TRANSFORMATION_SEQUENCE, frame);
    for (Tag tag : List.of(Tag.SLOPE, Tag.INTERCEPT, Tag.RESCALE_TYPE)) {
      if (group != file && file.has(tag)) {
        throw file.error(
            tag, "stands beside that of functional groups, and nothing says which is meant");
      }
    }
    return group;
  }

  /**
   * What the pixels of all frames mean.
   *
   * @throws DicomException when it differs from frame to frame
   */
  Units units() throws DicomException {
    Units first = Units.of(file, rescale(0));
    for (int frame = 1; frame < perFrame.size(); frame++) {
      if (rescale(frame) != rescale(0)) {
        Optional<Tag> other = Units.of(file, rescale(frame)).differenceFrom(first);
        if (other.isPresent()) {
          throw file.error(
              other.get(), "differs between frames, which would mix units: split the file");
        }
      }
    }
    return first;
  }

  /**
   * Where each frame lies, as far as the file says; of several frames only groups say it. Frames of
   * which one thing is said share it, so that memory and time do not grow beyond the file's size.
   */
  List<Plane> planes() throws DicomException {
    Map<Place, List<Double>> known = new HashMap<>();
    if (perFrame.isEmpty()) {
      return Collections.nCopies(frames, plane(0, known));
    }
    List<Plane> planes = new ArrayList<>();
    Plane last = plane(0, known);
    for (int frame = 0; frame < frames; frame++) {
      Plane plane = plane(frame, known);
      boolean isLast =
          plane.position() == last.position()
              && plane.orientation() == last.orientation()
              && plane.spacing() == last.spacing();
      last = isLast ? last : plane;
      planes.add(last);
    }
    return List.copyOf(planes);
  }

  private Plane plane(int frame, Map<Place, List<Double>> known) throws DicomException {
    DataSet position = group(Tag.PLANE_POSITION_SEQUENCE, frame);
    boolean isOfAll = position == file && frames > 1;
    return new Plane(
        isOfAll ? List.of() : numbers(position, Tag.POSITION, 3, known),
        numbers(group(Tag.PLANE_ORIENTATION_SEQUENCE, frame), Tag.ORIENTATION, 6, known),
        numbers(group(Tag.PIXEL_MEASURES_SEQUENCE, frame), Tag.SPACING, 2, known));
  }

  private static List<Double> numbers(
      DataSet group, Tag tag, int count, Map<Place, List<Double>> known) throws DicomException {
    Place place = new Place(group, tag);
    List<Double> numbers = known.get(place);
    if (numbers == null) {
      numbers = group.decimals(tag, count);
      known.put(place, numbers);
    }
    return numbers;
  }
}
