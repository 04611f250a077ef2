package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpfed.data.CsvRecords;
import org.dpfed.data.MalformedDataException;

/**
 * A CSV file with commas that lists images or labels. Its values are never shown.
 *
 * @param columns those of its header, in the order in which they were asked for
 * @param rows in the order of the file
 */
record ListFile(List<String> columns, List<Row> rows) {
  /**
   * One line.
   *
   * @param place of it, for errors
   * @param values in the order of the columns, none of them empty
   */
  record Row(MalformedDataException.Place place, List<String> values) {}

  /**
   * Reads a file.
   *
   * @param headers columns that it may have, of which it has exactly one list, in any order
   * @throws MalformedDataException when it has others, or a line has an empty value, too many or
   *     too few
   */
  static ListFile read(Path file, List<List<String>> headers) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    try (CsvRecords records = CsvRecords.open(file)) {
      List<String> header = records.next();
      List<String> columns =
          headers.stream()
              .filter(
                  each ->
                      each.size() == header.size() && Set.copyOf(each).equals(Set.copyOf(header)))
              .findFirst()
              .orElseThrow(
                  () ->
                      place
                          .line(1)
                          .problem(
                              "expected the header %s with commas between, found another"
                                  .formatted(shown(headers))));
      List<Row> rows = new ArrayList<>();
      for (List<String> row = records.next(); !row.isEmpty(); row = records.next()) {
        MalformedDataException.Place line = place.line(records.line());
        if (row.size() != columns.size() || row.contains("")) {
          throw line.problem(
              "expected %d values, none of them empty, found others".formatted(columns.size()));
        }
        List<String> values = row;
        rows.add(
            new Row(line, columns.stream().map(name -> values.get(header.indexOf(name))).toList()));
      }
      if (rows.isEmpty()) {
        throw place.problem("expected lines below the header, found none");
      }
      return new ListFile(columns, rows);
    }
  }

  private static String shown(List<List<String>> headers) {
    return headers.stream().map(each -> String.join(",", each)).collect(Collectors.joining(" or "));
  }
}
