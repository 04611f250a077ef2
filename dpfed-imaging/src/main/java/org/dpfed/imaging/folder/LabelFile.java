package org.dpfed.imaging.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpfed.data.CsvRecords;
import org.dpfed.data.MalformedDataException;

/**
 * A CSV file with the header {@code path,label}, or the other way round.
 *
 * @param file its name, for errors
 * @param labels by path, an index into the class names
 * @param lines where each path stands
 */
record LabelFile(String file, Map<String, Integer> labels, Map<String, Long> lines) {
  private static final String PATH = "path";
  private static final String LABEL = "label";

  static LabelFile read(Path file, List<String> classNames) throws IOException {
    LabelFile read = new LabelFile(file.toString(), new HashMap<>(), new HashMap<>());
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    try (CsvRecords records = CsvRecords.open(file)) {
      List<String> header = records.next();
      if (header.size() != 2 || !header.contains(PATH) || !header.contains(LABEL)) {
        throw place
            .line(1)
            .problem("expected the header path,label with a comma between, found another");
      }
      for (List<String> row = records.next(); !row.isEmpty(); row = records.next()) {
        if (row.size() != 2) {
          throw place
              .line(records.line())
              .problem("expected a path and a label, found another number of values");
        }
        int label = classNames.indexOf(row.get(header.indexOf(LABEL)));
        if (label < 0) {
          throw place
              .line(records.line())
              .problem("expected a label among %s, found another".formatted(classNames));
        }
        read.add(row.get(header.indexOf(PATH)), label, records.line());
      }
    }
    return read;
  }

  private void add(String path, int label, long line) throws MalformedDataException {
    Long before = lines.putIfAbsent(path, line);
    if (before != null) {
      throw MalformedDataException.in(file)
          .line(line)
          .problem("expected each path once, found that of line %d again".formatted(before));
    }
    labels.put(path, label);
  }
}
