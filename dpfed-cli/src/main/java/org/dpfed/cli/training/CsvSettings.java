package org.dpfed.cli.training;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.LabelClass;
import org.dpfed.data.MissingValues;
import org.dpfed.data.Scaling;
import org.dpfed.data.SimilarKeys;

/** Creates the schema of CSV files from a configuration. */
final class CsvSettings {
  private CsvSettings() {}

  /**
   * @throws IllegalArgumentException when the settings make no schema
   */
  static CsvSchema schema(Configuration configuration) {
    CsvSchema.Builder schema =
        CsvSchema.builder()
            .header(configuration.yes("data.header"))
            .similarKeys(constant(SimilarKeys.class, configuration.text("data.similarKeys")))
            .missing(
                constant(MissingValues.class, configuration.text("data.onMissing")),
                configuration.texts("data.missing").toArray(String[]::new))
            .ignore(configuration.texts("data.ignore").toArray(String[]::new));
    syntax(configuration::optionalText, schema);
    label(configuration, schema);
    configuration.optionalText("data.key").ifPresent(schema::key);
    configuration
        .textsByName("data.ranges")
        .forEach((column, bounds) -> schema.numeric(column, range(bounds)));
    configuration
        .textsByName("data.categories")
        .forEach((column, values) -> schema.categorical(column, values.toArray(String[]::new)));
    if (configuration.has("data.remainingRange")) {
      schema.remaining(range(configuration.texts("data.remainingRange")));
    }
    return schema.build();
  }

  /**
   * How files are written, as far as it is set.
   *
   * @param texts the value of a setting by its key
   */
  static void syntax(Function<String, Optional<String>> texts, CsvSchema.Builder schema) {
    texts
        .apply("data.delimiter")
        .ifPresent(
            delimiter ->
                schema.delimiter(
                    switch (delimiter) {
                      case "tab" -> '\t';
                      case "space" -> ' ';
                      default -> delimiter.charAt(0);
                    }));
    texts
        .apply("data.quote")
        .ifPresent(
            quote -> {
              if (quote.equals("off")) {
                schema.noQuotes();
              } else {
                schema.quote(quote.charAt(0));
              }
            });
    texts.apply("data.encoding").map(CsvSettings::charset).ifPresent(schema::encoding);
  }

  private static void label(Configuration configuration, CsvSchema.Builder schema) {
    String column = configuration.text("data.label");
    if (configuration.has("data.regression")) {
      schema.label(column, range(configuration.texts("data.regression")));
      return;
    }
    Map<String, List<String>> labelsByClass = configuration.textsByName("data.classes");
    if (labelsByClass.isEmpty()) {
      schema.label(column, configuration.texts("data.classes"));
      return;
    }
    List<LabelClass> classes = new ArrayList<>();
    labelsByClass.forEach((name, labels) -> classes.add(new LabelClass(name, labels)));
    schema.label(column, classes.toArray(LabelClass[]::new));
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new IllegalArgumentException(
          "data.encoding must be an encoding that Java knows, such as windows-1252, was '%s'"
              .formatted(name),
          e);
    }
  }

  private static Scaling.Range range(List<String> bounds) {
    return new Scaling.Range(Double.parseDouble(bounds.get(0)), Double.parseDouble(bounds.get(1)));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.replace('-', '_').toUpperCase(Locale.ROOT));
  }
}
