package org.dpfed.imaging.dicom;

import java.util.ArrayList;
import java.util.List;

/** The values of interest that a file proposes. */
final class VoiReader {
  private VoiReader() {}

  /**
   * Tables first, then windows, each in the order of the file.
   *
   * @param signed whether values in the units of the modality can be negative
   */
  static List<Voi> read(DataSet file, DataSet windows, boolean signed) throws DicomException {
    List<Voi> found = new ArrayList<>();
    for (DataSet item : file.items(Tag.VOI_LUT_SEQUENCE)) {
      found.add(new VoiTable(LookupTable.of(item, Tag.LUT_DESCRIPTOR, Tag.LUT_DATA, signed)));
    }
    List<Double> centers = windows.decimals(Tag.WINDOW_CENTER);
    List<Double> widths = windows.decimals(Tag.WINDOW_WIDTH);
    if (centers.size() != widths.size()) {
      throw windows.error(Tag.WINDOW_WIDTH, "must have as many values as Window Center");
    }
    Window.Function function = function(windows);
    for (int i = 0; i < centers.size(); i++) {
      try {
        found.add(new Window(centers.get(i), widths.get(i), function));
      } catch (IllegalArgumentException e) {
        throw windows.error(Tag.WINDOW_WIDTH, "must be above 0, and 1 or more for LINEAR");
      }
    }
    return List.copyOf(found);
  }

  private static Window.Function function(DataSet windows) throws DicomException {
    String name = windows.ascii(Tag.VOI_FUNCTION).orElse("LINEAR");
    for (Window.Function function : Window.Function.values()) {
      if (function.name().equals(name)) {
        return function;
      }
    }
    throw windows.error(Tag.VOI_FUNCTION, "must be LINEAR, LINEAR_EXACT or SIGMOID");
  }
}
