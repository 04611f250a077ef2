package org.dpfed.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The columns of one file, which the schema claims one by one. The first record of a file is taken
 * as a header only if it cannot be a record: a header must never swallow a record, and errors must
 * never show its cells.
 */
final class CsvColumns {
  private final MalformedDataException.Place place;
  private final CsvSchema schema;
  private final List<String> names;
  private final String[] claims;

  /**
   * @param firstRecord the header, or the first record of a file without one
   * @param line where it stands
   */
  CsvColumns(String file, CsvSchema schema, List<String> firstRecord, long line)
      throws MalformedDataException {
    this.place = MalformedDataException.in(file).line(line);
    this.schema = schema;
    this.names =
        schema.header()
            ? firstRecord
            : IntStream.range(0, firstRecord.size()).mapToObj(String::valueOf).toList();
    this.claims = new String[names.size()];
    requireExpectedColumns();
    if (!schema.ignoresOthers()) {
      requireDistinctNames();
    }
  }

  private void requireExpectedColumns() throws MalformedDataException {
    if (schema.columns() > 0 && schema.columns() != names.size()) {
      throw place.problem(
          "expected the %d columns of the training file, label included, found %d; without a header columns go by position, so keep every column (a value that is not needed may be empty)"
              .formatted(schema.columns(), names.size()));
    }
  }

  private void requireDistinctNames() throws MalformedDataException {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Integer first = names.get(i).isEmpty() ? null : seen.putIfAbsent(names.get(i), i);
      if (first != null) {
        throw place.problem(
            "columns %d and %d have the same name; rename one, or set header to false if this line is a record"
                .formatted(first + 1, i + 1));
      }
    }
  }

  /**
   * Refuses a record that has fewer or more values than there are columns.
   *
   * @param recordPlace where it stands
   */
  void requireWhole(List<String> record, MalformedDataException.Place recordPlace)
      throws MalformedDataException {
    if (record.size() != names.size()) {
      throw recordPlace.problem(
          "expected %d columns, found %d".formatted(names.size(), record.size()));
    }
  }

  /** The name of a column in the header, or its position; not for errors. */
  String name(int position) {
    return names.get(position);
  }

  /** A column for errors: its number and what the settings call it, never what the file does. */
  String describe(int position) {
    String claim = claims[position];
    return "column %d of %d%s"
        .formatted(position + 1, names.size(), claim == null ? "" : " (" + claim + ")");
  }

  /** The position of the column that is called {@code reference}. */
  int find(String reference) throws MalformedDataException {
    return schema.header() ? byName(reference) : byPosition(reference);
  }

  /**
   * As {@link #claim}, for a column whose values the settings list or count: the label, the key, a
   * category. A name that is itself such a value may be the first record's.
   */
  int claimValues(String reference) throws MalformedDataException {
    int position = claim(reference);
    boolean isCategory =
        schema.features().stream()
            .anyMatch(
                feature ->
                    feature instanceof CsvFeature.Categorical categorical
                        && categorical.index().contains(names.get(position)));
    if (schema.header() && (isCategory || schema.label().isLabel(names.get(position)))) {
      throw suspicious(position);
    }
    return position;
  }

  /** The position of the column that the schema calls {@code reference}; once for each column. */
  int claim(String reference) throws MalformedDataException {
    int position = find(reference);
    if (claims[position] != null) {
      throw place.problem("column '" + reference + "' is used twice in the schema");
    }
    claims[position] = schema.header() ? reference : "position " + position;
    if (schema.header() && schema.isMissing(names.get(position))) {
      throw suspicious(position);
    }
    return position;
  }

  private MalformedDataException suspicious(int position) {
    return place
        .column(describe(position))
        .problem(
            "this name is also a label, a category or a missing value of the settings: does the file have a header? set header to false if this line is a record, otherwise rename the column");
  }

  /** Claims a column that is to be left out; the empty name means all columns without a name. */
  void ignore(String reference) throws MalformedDataException {
    if (!reference.isBlank()) {
      claim(reference);
      return;
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty()) {
        claims[i] = "without a name";
      }
    }
  }

  private int byPosition(String reference) throws MalformedDataException {
    if (!isPosition(reference)) {
      throw place.problem(
          "expected positions from 0 to %d, since the file has no header, the settings name column '%s'"
              .formatted(names.size() - 1, reference));
    }
    return Integer.parseInt(reference);
  }

  private int byName(String reference) throws MalformedDataException {
    if (isPosition(reference)) {
      throw place.problem(
          "column '%s' is a position, and positions are for files without a header: set header to false if this line is a record, otherwise rename the column"
              .formatted(reference));
    }
    int position = names.indexOf(reference.strip());
    if (position < 0) {
      throw place.problem(
          "expected a header with a column '%s', found none of that name among %d; %s"
              .formatted(reference, names.size(), hint(reference)));
    }
    if (names.lastIndexOf(reference.strip()) != position) {
      throw place.problem(
          "columns %d and %d are both called '%s'; rename one"
              .formatted(position + 1, names.lastIndexOf(reference.strip()) + 1, reference));
    }
    return position;
  }

  private boolean isPosition(String reference) {
    return reference.matches("\\d{1,6}") && Integer.parseInt(reference) < names.size();
  }

  private String hint(String reference) {
    if (names.size() == 1) {
      return "is another delimiter used?";
    }
    CellValue form = new CellValue(reference).form();
    for (int i = 0; i < names.size(); i++) {
      if (new CellValue(names.get(i)).form().equals(form)) {
        return "column %d differs from it only in %s"
            .formatted(i + 1, new CellValue(reference).differenceFrom(new CellValue(names.get(i))));
      }
    }
    long values = names.stream().filter(this::isValue).count();
    return values == 0
        ? "is it spelled as in the file?"
        : "%d of them hold a number, a label or a missing value: set header to false if this line is a record"
            .formatted(values);
  }

  /** Whether a cell holds what stands in records rather than in headers. */
  private boolean isValue(String cell) {
    return CellValue.isNumber(cell)
        || (!cell.isEmpty() && schema.isMissing(cell))
        || schema.label().isLabel(cell);
  }

  /**
   * The unclaimed columns, in order. Label and key were claimed before: their names are no values,
   * so the first line is a header, and errors may show a name from it.
   *
   * @throws MalformedDataException when one has a name that a header would not have, or when the
   *     schema has no rule for them
   */
  List<Integer> left() throws MalformedDataException {
    if (schema.header() && !schema.ignoresOthers() && names.stream().allMatch(this::isValue)) {
      throw place.problem(
          "expected names of columns, found only numbers, labels and missing values: set header to false if this line is a record, otherwise rename a column");
    }
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (claims[i] != null || schema.ignoresOthers()) {
        continue;
      }
      MalformedDataException.Place column = place.column(describe(i));
      if (schema.header() && names.get(i).isEmpty()) {
        throw column.problem(
            "expected a name, found none (a delimiter too many at the end of the line?); ignore the empty name '' to leave such columns out");
      }
      if (schema.header() && isValue(names.get(i))) {
        throw column.problem(
            "expected a name, found a number, a label or a missing value; set header to false if this line is a record, otherwise declare or ignore this column by its name");
      }
      if (schema.remaining().isEmpty()) {
        throw column.problem(
            "column is not in the schema; give its range (data.ranges) or its categories (data.categories), leave it out (data.ignore), or give one range for all columns that no setting names (data.remainingRange)");
      }
      left.add(i);
    }
    return left;
  }
}
