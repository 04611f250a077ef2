package org.dpfed.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores a schema as a JSON file next to the model that was trained on its features. It contains
 * the features in order, each with its column and its public range or categories, the label, the
 * treatment of missing values, and the file syntax. It contains nothing from any row.
 *
 * <p>The treatment of keys that differ in form is not stored, because new rows need no keys.
 */
public final class CsvSchemaFile {
  private static final int VERSION = 1;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private CsvSchemaFile() {}

  /**
   * Writes a schema.
   *
   * @param schema one whose features are all named ({@link CsvReader#resolve})
   * @throws IllegalStateException when it has a rule for remaining columns
   */
  public static void write(CsvSchema schema, Path file) throws IOException {
    Files.writeString(file, MAPPER.writeValueAsString(Document.of(schema)) + "\n");
  }

  /**
   * Reads a schema.
   *
   * @throws MalformedDataException when the file is damaged, has unknown fields or was written by a
   *     newer version
   */
  public static CsvSchema read(Path file) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    try {
      JsonNode tree = MAPPER.readTree(Files.readString(file));
      JsonNode version = tree.path("version");
      if (version.isInt() && version.asInt() > VERSION) {
        throw place.problem(
            "has version %d of this file, this dpfed reads up to %d; take the dpfed that trained the model, or a newer one"
                .formatted(version.asInt(), VERSION));
      }
      Document document = MAPPER.treeToValue(tree, Document.class);
      if (document == null) {
        throw new IllegalArgumentException("is empty");
      }
      return document.schema();
    } catch (CharacterCodingException e) {
      throw place.problem("is not UTF-8; restore the file as dpfed wrote it");
    } catch (UnrecognizedPropertyException e) {
      throw place.problem(
          "field '%s' is unknown; restore the file as dpfed wrote it"
              .formatted(e.getPropertyName()));
    } catch (JsonProcessingException e) {
      String problem =
          e.getCause() instanceof IllegalArgumentException refused
              ? String.valueOf(refused.getMessage())
              : "is damaged or was changed";
      throw place.problem(problem + "; restore the file as dpfed wrote it");
    } catch (IllegalArgumentException e) {
      throw place.problem(e.getMessage() + "; restore the file as dpfed wrote it");
    }
  }

  /**
   * Whether a file holds what {@link #write} would write of a schema.
   *
   * @throws MalformedDataException as {@link #read}
   */
  public static boolean holds(CsvSchema schema, Path file) throws IOException {
    return Document.of(schema).equals(Document.of(read(file)));
  }

  /** The file. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Document(
      @JsonProperty(required = true) int version,
      @JsonProperty(required = true) boolean header,
      @JsonProperty(required = true) char delimiter,
      @JsonProperty(required = true) String quote,
      @Nullable String encoding,
      @JsonProperty(required = true) List<Feature> features,
      @JsonProperty(required = true) Label label,
      @Nullable String key,
      @JsonProperty(required = true) List<String> ignored,
      @JsonProperty(required = true) List<String> missing,
      @JsonProperty(required = true) String onMissing) {
    Document {
      if (version != VERSION) {
        throw new IllegalArgumentException("version must be " + VERSION);
      }
      Objects.requireNonNull(quote);
      Objects.requireNonNull(label);
      Objects.requireNonNull(onMissing);
      features = List.copyOf(features);
      ignored = List.copyOf(ignored);
      missing = List.copyOf(missing);
    }

    static Document of(CsvSchema schema) {
      schema.requireResolved();
      CsvSyntax syntax = schema.syntax();
      Charset encoding = syntax.encoding();
      return new Document(
          VERSION,
          schema.header(),
          syntax.delimiter(),
          syntax.quote() == null ? "off" : syntax.quote().toString(),
          encoding == null ? null : encoding.name(),
          schema.features().stream().map(Feature::of).toList(),
          Label.of(schema.label()),
          schema.keyColumn().orElse(null),
          schema.ignored(),
          schema.missingMarkers(),
          schema.missingValues().name().replace('_', '-').toLowerCase(Locale.ROOT));
    }

    CsvSchema schema() {
      CsvSchema.Builder schema =
          CsvSchema.builder()
              .header(header)
              .delimiter(delimiter)
              .ignore(ignored.toArray(String[]::new))
              .missing(
                  MissingValues.valueOf(onMissing.replace('-', '_').toUpperCase(Locale.ROOT)),
                  missing.toArray(String[]::new));
      if (quote.equals("off")) {
        schema.noQuotes();
      } else if (quote.length() == 1) {
        schema.quote(quote.charAt(0));
      } else {
        throw new IllegalArgumentException("quote must be one character or off");
      }
      if (encoding != null) {
        schema.encoding(Charset.forName(encoding));
      }
      if (key != null) {
        schema.key(key);
      }
      features.forEach(feature -> feature.addTo(schema));
      label.addTo(schema);
      return schema.build();
    }
  }

  /**
   * A column that becomes features: exactly one of the last four is set.
   *
   * @param affine centre and divisor
   * @param unscaled true where numbers are taken as they are
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Feature(
      @JsonProperty(required = true) String column,
      @Nullable List<Double> range,
      @Nullable List<String> categories,
      @Nullable List<Double> affine,
      @Nullable Boolean unscaled) {
    Feature {
      Objects.requireNonNull(column);
      if (Stream.of(range, categories, affine, unscaled).filter(Objects::nonNull).count() != 1) {
        throw new IllegalArgumentException(
            "a feature must have one of range, categories, affine and unscaled");
      }
    }

    static Feature of(CsvFeature feature) {
      if (feature instanceof CsvFeature.Categorical of) {
        return new Feature(of.column(), null, of.categories(), null, null);
      }
      Scaling scaling = ((CsvFeature.Numeric) feature).scaling();
      if (scaling instanceof Scaling.Range range) {
        return new Feature(feature.column(), List.of(range.min(), range.max()), null, null, null);
      }
      return scaling instanceof Scaling.Affine affine
          ? new Feature(
              feature.column(), null, null, List.of(affine.centre(), affine.divisor()), null)
          : new Feature(feature.column(), null, null, null, true);
    }

    void addTo(CsvSchema.Builder schema) {
      if (categories != null) {
        schema.categorical(column, categories.toArray(String[]::new));
      } else if (range != null) {
        schema.numeric(column, range("range", range));
      } else if (affine != null) {
        requireTwo("affine", affine);
        schema.numeric(column, new Scaling.Affine(affine.get(0), affine.get(1)));
      } else {
        schema.numeric(column, new Scaling.None());
      }
    }

    static Scaling.Range range(String name, List<Double> bounds) {
      requireTwo(name, bounds);
      return new Scaling.Range(bounds.get(0), bounds.get(1));
    }

    private static void requireTwo(String name, List<Double> numbers) {
      if (numbers.size() != 2 || numbers.stream().anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException(name + " must be two numbers");
      }
    }
  }

  /**
   * The label: exactly one of classes and range is set.
   *
   * @param classes in the order of their indices
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Label(
      @JsonProperty(required = true) String column,
      @Nullable List<OneClass> classes,
      @Nullable List<Double> range) {
    Label {
      Objects.requireNonNull(column);
      if ((classes == null) == (range == null)) {
        throw new IllegalArgumentException("the label must have either classes or a range");
      }
    }

    static Label of(CsvLabel label) {
      if (label instanceof CsvLabel.OfNumbers of) {
        return new Label(of.column(), null, List.of(of.scaling().min(), of.scaling().max()));
      }
      CsvLabel.OfClasses of = (CsvLabel.OfClasses) label;
      return new Label(of.column(), of.classes().stream().map(OneClass::of).toList(), null);
    }

    void addTo(CsvSchema.Builder schema) {
      if (range != null) {
        schema.label(column, Feature.range("range", range));
      } else if (classes != null) {
        schema.label(
            column, classes.stream().map(OneClass::toLabelClass).toArray(LabelClass[]::new));
      }
    }
  }

  /** A class and the texts that stand for it. */
  record OneClass(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) List<String> values) {
    OneClass {
      Objects.requireNonNull(name);
      values = List.copyOf(values);
    }

    static OneClass of(LabelClass labelClass) {
      return new OneClass(labelClass.name(), labelClass.values());
    }

    LabelClass toLabelClass() {
      return new LabelClass(name, values);
    }
  }
}
