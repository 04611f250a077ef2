package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every error that a broken file can cause, searched for what stands in the file. Files are made by
 * breaking one that is right, in every cell and in many ways; its values are tokens that occur
 * nowhere else. Names of columns that the settings state are the user's own and may be shown.
 */
class ErrorsShowNoValueTest {
  /** Three rows for two keys, a label, a category, a number and a column that nobody declares. */
  private static final List<List<String>> FILE =
      List.of(
          List.of("site", "sick", "pain", "age", "ZQcolumn"),
          List.of("ZQnorth", "ZQyes", "ZQmild", "73519.25", "73519.26"),
          List.of("ZQsouth", "ZQno", "ZQharsh", "73519.27", "73519.28"),
          List.of("ZQnorth", "ZQno", "ZQmild", "73519.29", "73519.30"));

  private static final List<String> TOKENS = List.of("zq", "73519");

  /** What a cell is replaced with, {@code %s} being what stood there. */
  private static final List<String> CELLS =
      List.of(
          "",
          "?",
          "ZQother",
          "%sZQ",
          "zq%s",
          " %s",
          "%s\u00a0",
          "\"%s",
          "%s\"",
          "\"%s\"ZQ",
          "%s,ZQextra",
          "73519,25",
          "\"73519,25\"",
          "7351925e999",
          "NaN",
          "%s\u0000",
          "\u0007%s",
          "%s\nZQ",
          "\"%s\nZQ\"",
          "#%s",
          "%s\tZQ",
          "1",
          "ZQno",
          "ZQmild",
          "site",
          "\ufeff%s");

  @TempDir private Path directory;

  private final Set<String> messages = new LinkedHashSet<>();

  @Test
  void csv_filesBrokenInEveryCell_causeErrorsWithoutTheirValues() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (int line = 0; line < FILE.size(); line++) {
      for (int column = 0; column < FILE.get(0).size(); column++) {
        for (String cell : CELLS) {
          files.add(text(replaced(line, column, cell), ","));
        }
      }
    }
    for (CsvSchema schema : schemas()) {
      files.forEach(file -> collect(schema, file));
    }
    assertNoTokens();
  }

  @Test
  void csv_filesBrokenAsAWhole_causeErrorsWithoutTheirValues() throws IOException {
    byte[] right = text(FILE, ",");
    List<byte[]> files = new ArrayList<>();
    for (int line = 0; line < FILE.size(); line++) {
      List<List<String>> without = new ArrayList<>(FILE);
      without.remove(line);
      files.add(text(without, ","));
      List<List<String>> repeated = new ArrayList<>(FILE);
      repeated.add(0, FILE.get(line));
      files.add(text(repeated, ","));
    }
    for (String delimiter : List.of(";", "\t", "|", " ", ",,")) {
      files.add(text(FILE, delimiter));
    }
    for (String encoding : List.of("UTF-16", "UTF-16LE", "UTF-32BE")) {
      files.add(new String(right, StandardCharsets.UTF_8).getBytes(Charset.forName(encoding)));
    }
    byte[] gzipped = gzip(right);
    for (int length = 0; length < gzipped.length; length += 7) {
      files.add(Arrays.copyOf(gzipped, length));
    }
    for (int at = 0; at < right.length; at += 3) {
      byte[] broken = right.clone();
      broken[at] = (byte) 0xe9;
      files.add(broken);
      files.add(Arrays.copyOf(right, at));
    }
    for (CsvSchema schema : schemas()) {
      files.forEach(file -> collect(schema, file));
    }
    assertNoTokens();
  }

  @Test
  void idx_filesOfText_causeErrorsWithoutTheirBytes() throws IOException {
    IdxReader reader = new IdxReader(List.of("a", "b"), Scaling.Affine.PIXEL);
    byte[] images = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 'Z', 'Q'};
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 1, 'Z'};
    byte[] text = "ZQZQZQZQZQZQZQZQZQZQ".getBytes(StandardCharsets.UTF_8);
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    for (byte[] image :
        List.of(images, text, Arrays.copyOf(images, 17), Arrays.copyOf(images, 9))) {
      for (byte[] label : List.of(labels, text, Arrays.copyOf(labels, 8), gzip(labels))) {
        Files.write(first, image);
        Files.write(second, label);
        try {
          reader.read(first, second);
        } catch (IOException | RuntimeException e) {
          collect(e);
        }
      }
    }
    assertThat(messages).hasSizeGreaterThan(4);
    // Z is 5a and 90, Q is 51 and 81.
    assertThat(messages)
        .allSatisfy(message -> assertThat(message).doesNotContainIgnoringCase("zq", "5a51", "90"));
  }

  private List<CsvSchema> schemas() {
    List<CsvSchema> schemas = new ArrayList<>();
    for (MissingValues missing : MissingValues.values()) {
      for (SimilarKeys similar : SimilarKeys.values()) {
        schemas.add(declared().missing(missing, "?").similarKeys(similar).build());
      }
    }
    schemas.add(declared().ignore("ZQcolumn").build());
    schemas.add(declared().delimiter(';').noQuotes().build());
    schemas.add(CsvSchema.builder().label("sick", labels()).remaining(new Scaling.None()).build());
    schemas.add(
        CsvSchema.builder()
            .label("age", new Scaling.Range(0, 1e5))
            .remaining(new Scaling.None())
            .build());
    for (boolean header : new boolean[] {true, false}) {
      schemas.add(
          CsvSchema.builder()
              .header(header)
              .key("0")
              .label("1", labels())
              .categorical("2", "ZQmild", "ZQharsh")
              .remaining(new Scaling.Range(0, 1e5))
              .build());
    }
    return schemas;
  }

  private static CsvSchema.Builder declared() {
    return CsvSchema.builder()
        .key("site")
        .label("sick", labels())
        .categorical("pain", "ZQmild", "ZQharsh")
        .numeric("age", 0, 1e5)
        .remaining(new Scaling.Range(0, 1e5));
  }

  private static List<String> labels() {
    return List.of("ZQno", "ZQyes");
  }

  /** Reads, splits and vouches for rows, each of which may fail. */
  private void collect(CsvSchema schema, byte[] content) {
    try {
      LabelledData data = new CsvReader(schema).read(new ByteArrayInputStream(content), "/file");
      collect(() -> new TrainTestSplit(data, data));
      collect(() -> TrainTestSplit.byUnit(data, 0.5, 1));
      collect(() -> data.oneRowPer("patient"));
    } catch (IOException | RuntimeException e) {
      collect(e);
    }
  }

  private void collect(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      collect(e);
    }
  }

  private void collect(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      messages.add(
          e.toString()
              .replace(directory.toString(), "")
              // The schema states this name itself.
              .replace("'ZQcolumn'", ""));
    }
  }

  private void assertNoTokens() {
    // Fewer would mean that breaking a file no longer breaks it.
    assertThat(messages).hasSizeGreaterThan(30);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message)
                    .doesNotContainIgnoringCase(TOKENS.toArray(String[]::new))
                    .doesNotContain("\n"));
  }

  private static List<List<String>> replaced(int line, int column, String cell) {
    List<List<String>> lines = new ArrayList<>();
    FILE.forEach(values -> lines.add(new ArrayList<>(values)));
    lines.get(line).set(column, cell.replace("%s", FILE.get(line).get(column)));
    return lines;
  }

  private static byte[] text(List<List<String>> lines, String delimiter) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(String.join(delimiter, line)).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
