package org.dpfed.data;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of the columns of a CSV file, fixed before any file is read: the label and its
 * classes, the features with their public scaling, and the optional key column that says whose
 * record a row is.
 *
 * <p>If the file has a header, columns are identified by name, otherwise by zero-based position in
 * digits. Features come in the order of declaration, followed by the remaining columns in the order
 * of the file. Classes, categories and ranges are declared, never collected from the file, because
 * the values that occur there belong to the clients. One rule compares labels, keys, categories and
 * missing markers: blanks at the ends are ignored, numbers are compared by value, and other texts
 * are equal only if identical.
 */
public final class CsvSchema {
  private final Builder settings;
  private final CsvLabel label;
  private final ValueIndex missingMarkers;

  private CsvSchema(Builder settings, CsvLabel label, ValueIndex missingMarkers) {
    this.settings = settings;
    this.label = label;
    this.missingMarkers = missingMarkers;
  }

  /** A schema of a comma-separated file with a header, in which a missing value is refused. */
  public static Builder builder() {
    return new Builder();
  }

  /** Names of the classes, in the order of their indices; empty where the label is a number. */
  public List<String> classNames() {
    return label instanceof CsvLabel.OfClasses of
        ? of.classes().stream().map(LabelClass::name).toList()
        : List.of();
  }

  /** The public range of a label that is a number; empty where it is a class. */
  public Optional<Scaling.Range> labelRange() {
    return label instanceof CsvLabel.OfNumbers of ? Optional.of(of.scaling()) : Optional.empty();
  }

  /**
   * Number of features of one row.
   *
   * @throws IllegalStateException when features also come from remaining columns; {@link
   *     CsvReader#resolve} names them
   */
  public int featureCount() {
    requireResolved();
    return settings.features.stream().mapToInt(CsvFeature::width).sum();
  }

  /** A builder that has the settings of this schema. */
  public Builder toBuilder() {
    return settings.copy();
  }

  /**
   * The schema of files with new rows for a model that was trained on files of this one. Columns
   * that are neither features nor the label are ignored, whatever they are called, and no column is
   * a key. A file without a header must have as many columns as the files before, since its columns
   * go by position.
   *
   * @throws IllegalStateException when features also come from remaining columns; {@link
   *     CsvReader#resolve} names them
   */
  public CsvSchema forNewRows() {
    requireResolved();
    Builder builder = settings.copy();
    builder.columns = settings.header ? 0 : columnsByPosition();
    builder.keyColumn = null;
    builder.ignored.clear();
    builder.ignoresOthers = true;
    return builder.build();
  }

  /** In a file without a header every column was named by its position, or refused. */
  private int columnsByPosition() {
    return Stream.of(
                Stream.of(label.column()),
                keyColumn().stream(),
                settings.ignored.stream(),
                settings.features.stream().map(CsvFeature::column))
            .flatMap(columns -> columns)
            .mapToInt(Integer::parseInt)
            .max()
            .orElseThrow()
        + 1;
  }

  /** Refuses a schema that does not name all columns of features. */
  void requireResolved() {
    if (settings.remaining != null) {
      throw new IllegalStateException(
          "remaining columns must be named first, by CsvReader.resolve on the files that were read");
    }
  }

  /** This schema with these features and no rule for remaining columns. */
  CsvSchema withFeatures(List<CsvFeature> features) {
    Builder builder = settings.copy();
    builder.features = new ArrayList<>(features);
    builder.remaining = null;
    return builder.build();
  }

  boolean header() {
    return settings.header;
  }

  /** Number of columns that a file must have; 0 for any. */
  int columns() {
    return settings.columns;
  }

  /** Whether columns that are not mentioned are left out. */
  boolean ignoresOthers() {
    return settings.ignoresOthers;
  }

  List<String> missingMarkers() {
    return settings.missingMarkers;
  }

  CsvSyntax syntax() {
    return settings.syntax;
  }

  CsvLabel label() {
    return label;
  }

  Optional<String> keyColumn() {
    return Optional.ofNullable(settings.keyColumn);
  }

  SimilarKeys similarKeys() {
    return settings.similarKeys;
  }

  List<CsvFeature> features() {
    return Collections.unmodifiableList(settings.features);
  }

  Optional<Scaling> remaining() {
    return Optional.ofNullable(settings.remaining);
  }

  List<String> ignored() {
    return settings.ignored;
  }

  MissingValues missingValues() {
    return settings.missingValues;
  }

  /** Whether {@code text}, stripped, stands for a missing value; the empty text always does. */
  boolean isMissing(String text) {
    return text.isEmpty() || missingMarkers.contains(text);
  }

  /** Collects the columns; a label and at least one feature are required. */
  public static final class Builder {
    private boolean header = true;
    private CsvSyntax syntax = CsvSyntax.COMMAS;
    private @Nullable CsvLabel label;
    private @Nullable String keyColumn;
    private SimilarKeys similarKeys = SimilarKeys.REFUSE;
    private List<CsvFeature> features = new ArrayList<>();
    private @Nullable Scaling remaining;
    private List<String> ignored = new ArrayList<>();
    private MissingValues missingValues = MissingValues.REFUSE;
    private List<String> missingMarkers = new ArrayList<>();
    private boolean ignoresOthers;
    private int columns;

    private Builder() {}

    /** A builder with the same settings, which changes to this one do not reach. */
    private Builder copy() {
      Builder copy = new Builder();
      copy.header = header;
      copy.syntax = syntax;
      copy.label = label;
      copy.keyColumn = keyColumn;
      copy.similarKeys = similarKeys;
      copy.features = new ArrayList<>(features);
      copy.remaining = remaining;
      copy.ignored = new ArrayList<>(ignored);
      copy.missingValues = missingValues;
      copy.missingMarkers = new ArrayList<>(missingMarkers);
      copy.ignoresOthers = ignoresOthers;
      copy.columns = columns;
      return copy;
    }

    /** Whether the first line names the columns; true unless said otherwise. */
    public Builder header(boolean present) {
      header = present;
      return this;
    }

    /**
     * What separates two values; a comma unless said otherwise. Letters, digits, line breaks and
     * the characters of numbers are refused.
     */
    public Builder delimiter(char separator) {
      syntax = syntax.withDelimiter(separator);
      return this;
    }

    /** The character around values that contain delimiters or line breaks. Default: {@code "}. */
    public Builder quote(char mark) {
      syntax = syntax.withQuote(mark);
      return this;
    }

    /** No character quotes: a quotation mark is part of its value. */
    public Builder noQuotes() {
      syntax = syntax.withoutQuotes();
      return this;
    }

    /** The encoding of the file; UTF-8 unless stated, or what its byte order mark says. */
    public Builder encoding(Charset encoding) {
      syntax = syntax.withEncoding(encoding);
      return this;
    }

    /** The label, every class going by one value that is also its name. */
    public Builder label(String column, List<String> classNames) {
      return label(
          column,
          classNames.stream().map(name -> LabelClass.of(name, name)).toArray(LabelClass[]::new));
    }

    /** The label, several values standing for one class; class indices follow the order given. */
    public Builder label(String column, LabelClass... labelClasses) {
      label = CsvLabel.OfClasses.of(column, List.of(labelClasses));
      return this;
    }

    /** The label, a number with a public range, mapped to [−1, 1]; a regression. */
    public Builder label(String column, Scaling.Range range) {
      label = new CsvLabel.OfNumbers(column, range);
      return this;
    }

    /** The column that says whose record it is; each distinct value becomes one client. */
    public Builder key(String column) {
      keyColumn = column;
      return this;
    }

    /** What happens to keys that differ in form only; refused unless said otherwise. */
    public Builder similarKeys(SimilarKeys policy) {
      similarKeys = policy;
      return this;
    }

    /** A number with a public range, mapped to [−1, 1]. */
    public Builder numeric(String column, double min, double max) {
      return numeric(column, new Scaling.Range(min, max));
    }

    /** A number. */
    public Builder numeric(String column, Scaling scaling) {
      features.add(new CsvFeature.Numeric(column, scaling));
      return this;
    }

    /** One of a public list of categories; becomes one feature for each. */
    public Builder categorical(String column, String... categories) {
      features.add(CsvFeature.Categorical.of(column, List.of(categories)));
      return this;
    }

    /** Every column not mentioned elsewhere is a number with this scaling. */
    public Builder remaining(Scaling scaling) {
      remaining = scaling;
      return this;
    }

    /**
     * Columns that are neither features, label nor key. The empty name is that of columns without a
     * name in the header.
     */
    public Builder ignore(String... columns) {
      ignored.addAll(List.of(columns));
      return this;
    }

    /** What happens where a value is missing: where a cell is empty or holds one of the markers. */
    public Builder missing(MissingValues policy, String... markers) {
      missingValues = policy;
      missingMarkers.addAll(List.of(markers));
      return this;
    }

    /**
     * The schema, checked for completeness; whether a file has these columns shows on reading.
     *
     * @throws IllegalArgumentException when the label, its classes or the features are not stated,
     *     or when a marker of missing values is also a label or a category
     */
    public CsvSchema build() {
      if (label == null) {
        throw new IllegalArgumentException(
            "label must be stated: the column, and its classes or its range");
      }
      if (label instanceof CsvLabel.OfClasses of && of.classes().size() < 2) {
        throw new IllegalArgumentException(
            "classes must be at least 2, were %s; state them, they are not collected from the file"
                .formatted(of.classes().stream().map(LabelClass::name).toList()));
      }
      if (features.isEmpty() && remaining == null) {
        throw new IllegalArgumentException(
            "features must be stated: numeric or categorical columns, or a scaling for the"
                + " remaining columns");
      }
      for (String marker : missingMarkers) {
        requireOnlyAMarker(marker, label);
      }
      return new CsvSchema(
          copy(),
          label,
          new ValueIndex("missing markers", List.of(missingMarkers.stream().distinct().toList())));
    }

    /** A class that is also a marker would be dropped, or refused, without a word. */
    private void requireOnlyAMarker(String marker, CsvLabel label) {
      String text = marker.strip();
      if (label instanceof CsvLabel.OfClasses of && of.index().contains(text)) {
        throw new IllegalArgumentException(
            "missing marker '%s' is also a label of column '%s'; a value can be only one of them"
                .formatted(marker, label.column()));
      }
      for (CsvFeature feature : features) {
        if (feature instanceof CsvFeature.Categorical categorical
            && categorical.index().contains(text)) {
          throw new IllegalArgumentException(
              "missing marker '%s' is also a category of column '%s'; a value can be only one of them"
                  .formatted(marker, feature.column()));
        }
      }
    }
  }
}
