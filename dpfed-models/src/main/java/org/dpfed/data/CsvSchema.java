package org.dpfed.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a CSV file mean, decided before any file is read: the label and its classes,
 * the features with their public scaling, and which column, if any, says whose record it is.
 *
 * <p>A column goes by its name in the header or by its zero-based position written in digits, a
 * name taking precedence. Features come in the order in which they are declared, then the remaining
 * columns in the order of the file. Classes, categories and ranges are stated, never collected from
 * the file: which values occur there is the clients' own affair.
 */
public final class CsvSchema {
  private final boolean header;
  private final char delimiter;
  private final String labelColumn;
  private final List<LabelClass> classes;
  private final ValueIndex labelIndex;
  private final @Nullable String keyColumn;
  private final List<CsvFeature> features;
  private final @Nullable Scaling remaining;
  private final List<String> ignored;
  private final MissingValues missingValues;
  private final Set<String> missingMarkers;

  private CsvSchema(Builder builder, String labelColumn) {
    this.header = builder.header;
    this.delimiter = builder.delimiter;
    this.labelColumn = labelColumn;
    this.classes = List.copyOf(builder.classes);
    this.labelIndex =
        new ValueIndex("label values", classes.stream().map(LabelClass::values).toList());
    this.keyColumn = builder.keyColumn;
    this.features = List.copyOf(builder.features);
    this.remaining = builder.remaining;
    this.ignored = List.copyOf(builder.ignored);
    this.missingValues = builder.missingValues;
    this.missingMarkers = Set.copyOf(builder.missingMarkers);
  }

  /** A schema of a comma-separated file with a header, in which a missing value is refused. */
  public static Builder builder() {
    return new Builder();
  }

  /** Names of the classes, in the order of their indices. */
  public List<String> classNames() {
    return classes.stream().map(LabelClass::name).toList();
  }

  boolean header() {
    return header;
  }

  char delimiter() {
    return delimiter;
  }

  String labelColumn() {
    return labelColumn;
  }

  ValueIndex labelIndex() {
    return labelIndex;
  }

  Optional<String> keyColumn() {
    return Optional.ofNullable(keyColumn);
  }

  List<CsvFeature> features() {
    return features;
  }

  Optional<Scaling> remaining() {
    return Optional.ofNullable(remaining);
  }

  List<String> ignored() {
    return ignored;
  }

  MissingValues missingValues() {
    return missingValues;
  }

  /** Whether {@code text}, trimmed, stands for a missing value; the empty text always does. */
  boolean isMissing(String text) {
    return text.isEmpty() || missingMarkers.contains(text);
  }

  /** Collects the columns; {@link #label} and at least one feature are required. */
  public static final class Builder {
    private boolean header = true;
    private char delimiter = ',';
    private @Nullable String labelColumn;
    private List<LabelClass> classes = List.of();
    private @Nullable String keyColumn;
    private final List<CsvFeature> features = new ArrayList<>();
    private @Nullable Scaling remaining;
    private final List<String> ignored = new ArrayList<>();
    private MissingValues missingValues = MissingValues.REFUSE;
    private final Set<String> missingMarkers = new HashSet<>();

    private Builder() {}

    /** Whether the first line names the columns; true unless said otherwise. */
    public Builder header(boolean present) {
      header = present;
      return this;
    }

    /** What separates two values; a comma unless said otherwise. */
    public Builder delimiter(char separator) {
      delimiter = separator;
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
      labelColumn = column;
      classes = List.of(labelClasses);
      return this;
    }

    /** The column that says whose record it is; each distinct value becomes one client. */
    public Builder key(String column) {
      keyColumn = column;
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

    /** Columns that are neither features, label nor key. */
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
     * @throws IllegalArgumentException when the label, its classes or the features are not stated
     */
    public CsvSchema build() {
      if (labelColumn == null) {
        throw new IllegalArgumentException("label must be stated: the column and its classes");
      }
      if (classes.size() < 2) {
        throw new IllegalArgumentException(
            "classes must be at least 2, were %s; state them, they are not collected from the file"
                .formatted(classes.stream().map(LabelClass::name).toList()));
      }
      if (features.isEmpty() && remaining == null) {
        throw new IllegalArgumentException(
            "features must be stated: numeric or categorical columns, or a scaling for the"
                + " remaining columns");
      }
      return new CsvSchema(this, labelColumn);
    }
  }
}
