package org.dpfed.data;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Converts one column to features. */
sealed interface CsvFeature {
  /** Name of the column, or its zero-based position. */
  String column();

  /** Number of features. */
  int width();

  /**
   * Writes the features of one value.
   *
   * @param text stripped, not a missing marker
   * @param row written from {@code at} on, zero there before
   * @throws CellException when the value does not fit
   */
  void encode(String text, float[] row, int at) throws CellException;

  /** Writes the features that stand for a missing value, where there are any. */
  void encodeMissing(float[] row, int at) throws CellException;

  /** A number, scaled. */
  record Numeric(String column, Scaling scaling) implements CsvFeature {
    private static final Pattern DIGITS_AND_COMMAS = Pattern.compile("[+-]?[\\d.]*,[\\d.,]*");

    @Override
    public int width() {
      return 1;
    }

    @Override
    public void encode(String text, float[] row, int at) throws CellException {
      row[at] = scale(text, scaling);
    }

    /** A number of the file, scaled. */
    static float scale(String text, Scaling scaling) throws CellException {
      OptionalDouble number = CellValue.number(text);
      if (number.isEmpty()) {
        throw new CellException(
            DIGITS_AND_COMMAS.matcher(text).matches()
                ? "expected a number, found digits with a comma; write numbers with a decimal point and"
                    + " without thousands separators"
                : "expected a number, found other text; declare it a missing marker, a categorical"
                    + " column or ignore it");
      }
      float scaled = scaling.apply(number.getAsDouble());
      if (!Float.isFinite(scaled)) {
        throw new CellException("expected a number that a float holds, found a larger one");
      }
      return scaled;
    }

    @Override
    public void encodeMissing(float[] row, int at) throws CellException {
      row[at] =
          (float)
              scaling
                  .neutral()
                  .orElseThrow(
                      () ->
                          new CellException(
                              "value is missing and an unscaled column has no neutral value; give"
                                  + " it a public range"));
    }
  }

  /** One of a public list of categories, one feature for each: 1 for the one present. */
  record Categorical(String column, List<String> categories, ValueIndex index)
      implements CsvFeature {
    static Categorical of(String column, List<String> categories) {
      List<List<String>> groups = categories.stream().map(List::of).toList();
      return new Categorical(
          column, categories, new ValueIndex("categories of column '" + column + "'", groups));
    }

    @Override
    public int width() {
      return categories.size();
    }

    @Override
    public void encode(String text, float[] row, int at) throws CellException {
      OptionalInt category = index.find(text);
      if (category.isEmpty()) {
        throw new CellException(
            "expected one of the %d categories declared for this column, found another value; add it, or declare it a missing marker"
                .formatted(categories.size()));
      }
      row[at + category.getAsInt()] = 1;
    }

    @Override
    public void encodeMissing(float[] row, int at) {
      // None of the categories: the zeros that are there.
    }
  }
}
