package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvReader;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.FashionMnist;
import org.dpfed.data.IdxReader;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MissingValues;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.WisconsinBreastCancer;

/**
 * The examples that a configuration names, and what one client stands for.
 *
 * @param split what clients hold, and what is held out
 * @param unit of privacy, such as {@code patient}
 */
record DataSource(TrainTestSplit split, String unit) {

  private static final long SPLIT_SEED = 0;

  /**
   * Reads the data.
   *
   * @throws UsageException when a file is missing or does not hold what it should
   */
  static DataSource of(Configuration configuration) {
    try {
      return switch (configuration.text("data.set")) {
        case "wdbc" ->
            new DataSource(
                WisconsinBreastCancer.split(), unit(configuration, WisconsinBreastCancer.UNIT));
        case "fashion-mnist" ->
            new DataSource(
                FashionMnist.read(
                    directory(configuration, FashionMnist.DIRECTORY), Scaling.Affine.PIXEL),
                unit(configuration, "client"));
        case "idx" ->
            new DataSource(
                new IdxReader(configuration.texts("data.classes"), Scaling.Affine.PIXEL)
                    .readDirectory(Path.of(configuration.text("data.directory"))),
                unit(configuration, "client"));
        default -> csv(configuration);
      };
    } catch (IOException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  private static DataSource csv(Configuration configuration) throws IOException {
    LabelledData rows =
        new CsvReader(schema(configuration)).read(Path.of(configuration.text("data.file")));
    int testExamples = configuration.integer("data.testExamples");
    return new DataSource(
        TrainTestSplit.stratified(rows, testExamples, SPLIT_SEED), unit(configuration, "client"));
  }

  private static CsvSchema schema(Configuration configuration) {
    CsvSchema.Builder schema =
        CsvSchema.builder()
            .header(configuration.yes("data.header"))
            .label(configuration.text("data.label"), configuration.texts("data.classes"))
            .missing(
                MissingValues.valueOf(
                    configuration
                        .text("data.onMissing")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT)),
                configuration.texts("data.missing").toArray(String[]::new))
            .ignore(configuration.texts("data.ignore").toArray(String[]::new));
    configuration.optionalText("data.key").ifPresent(schema::key);
    for (Map.Entry<String, List<String>> range :
        configuration.textsByName("data.ranges").entrySet()) {
      schema.numeric(range.getKey(), range(range.getKey(), range.getValue()));
    }
    configuration
        .textsByName("data.categories")
        .forEach((column, values) -> schema.categorical(column, values.toArray(String[]::new)));
    return schema.build();
  }

  private static Scaling range(String column, List<String> bounds) {
    try {
      return new Scaling.Range(
          Double.parseDouble(bounds.get(0)), Double.parseDouble(bounds.get(1)));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "data.ranges.%s must be two numbers, such as [0, 100], was %s".formatted(column, bounds),
          e);
    }
  }

  private static Path directory(Configuration configuration, Path fallback) {
    return configuration.optionalText("data.directory").map(Path::of).orElse(fallback);
  }

  private static String unit(Configuration configuration, String fallback) {
    return configuration.optionalText("data.unit").orElse(fallback);
  }
}
