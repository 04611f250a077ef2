package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CsvFeatureReaderTest {
  private static final String TRAINING = "id,b,sick,sex,a\nx1,1,no,f,10\nx2,3,yes,m,20\n";

  @TempDir private Path directory;

  private static CsvSchema.Builder schema() {
    return CsvSchema.builder()
        .key("id")
        .label("sick", List.of("no", "yes"))
        .categorical("sex", "f", "m")
        .remaining(new Scaling.Range(0, 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the file itself|id,b,sick,sex,a\\nx1,1,no,f,10\\nx2,3,yes,m,20\\n",
        "another order|a,sex,b,id,sick\\n10,f,1,x1,no\\n20,m,3,x2,yes\\n",
        "no label, no key|a,sex,b\\n10,f,1\\n20,m,3\\n",
        "labels nobody knows|a,sex,b,sick\\n10,f,1,?\\n20,m,3,\\n",
        "further columns|c,a,,sex,c,,b\\nu,10,,f,v,,1\\n7,20,,m,,,3\\n",
        "numbers as names|1,a,no,sex,b\\n0,10,1,f,1\\n0,20,1,m,3\\n",
      })
  void next_columnsOfTheTrainingFile_areTheFeaturesOfTraining(String what, String text)
      throws IOException {
    CsvSchema schema = resolved(schema().build());
    LabelledData trained = new CsvReader(schema().build()).read(training());

    List<float[]> rows = features(schema, file(text.replace("\\n", "\n")), 512);

    assertThat(rows.toArray(float[][]::new))
        .as(what)
        .isDeepEqualTo(trained.toDataSet().getFeatures().toFloatMatrix());
  }

  @Test
  void next_gzippedFileInBatches_numbersTheRows() throws IOException {
    Path file = directory.resolve("many.csv");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("name;sex;a;b\n".getBytes(StandardCharsets.UTF_8));
      for (int row = 0; row < 7; row++) {
        String a = row == 4 ? "" : String.valueOf(row);
        out.write("n%d;m;%s;2\n".formatted(row, a).getBytes(StandardCharsets.UTF_8));
      }
    }
    CsvSchema schema =
        resolved(schema().missing(MissingValues.DROP_ROW).build()).toBuilder()
            .delimiter(';')
            .build();

    List<Long> numbers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    try (CsvFeatureReader reader = CsvFeatureReader.open(schema, file, "name")) {
      for (Optional<CsvFeatureReader.Batch> batch = reader.next(4);
          batch.isPresent();
          batch = reader.next(4)) {
        numbers.addAll(batch.get().numbers());
        names.addAll(batch.get().copies());
        sizes.add(batch.get().numbers().size());
      }
      assertThat(reader.dropped()).isEqualTo(1);
    }
    assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 6L, 7L);
    assertThat(names).containsExactly("n0", "n1", "n2", "n3", "n5", "n6");
    assertThat(sizes).containsExactly(4, 2);
  }

  @Test
  void next_fileWithoutHeader_needsEveryColumn() throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .header(false)
            .ignore("0")
            .label("1", List.of("no", "yes"))
            .numeric("2", 0, 2)
            .build();
    assertThat(features(schema, file("z,,2\nz,what,1\n"), 9).toArray(float[][]::new))
        .isDeepEqualTo(new float[][] {{1}, {0}});
    assertThatThrownBy(() -> features(schema, file("z,2\n"), 9))
        .hasMessageContaining(
            "line 1: expected the 3 columns of the training file, label included");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|expected a header, found an empty file",
        "a,sex\\n73519,f\\n|line 1: expected a header with a column 'b', found none",
        "a,sex,B\\n73519,f,1\\n|column 3 differs from it only in case",
        "73519,f,1\\n73519,f,2\\n|line 1: expected a header with a column 'sex', found none",
        "a,sex,b,b\\n73519,f,1,1\\n|columns 3 and 4 are both called 'b'",
        "a,sex,b\\n1,f,1\\n73519,ZQ,1\\n|line 3, column 2 of 3 (sex): expected one of the 2",
        "a,sex,b\\nZQ,f,1\\n|line 2, column 1 of 3 (a): expected a number, found other text",
        "a,sex,b\\n,f,73519\\n|line 2, column 1 of 3 (a): value is missing",
        "a,sex,b\\n73519,f\\n|line 2: expected 3 columns, found 2",
        "a,sex,b,x\\n1,f,1,73519\\n|expected a header with a column 'id', found none",
      })
  void next_fileThatDoesNotFit_saysWhereWithoutAValue(String text, String message)
      throws IOException {
    CsvSchema schema = resolved(schema().build());
    Path file = file(text.replace("\\n", "\n"));
    String copied = message.contains("'id'") ? "id" : null;
    assertThatThrownBy(() -> features(schema, file, 9, copied))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContainingAny("73519", "ZQ");
  }

  @Test
  void read_newRowsWithLabels_ignoresKeyAndOtherColumns() throws IOException {
    CsvSchema schema = resolved(schema().build()).forNewRows();
    LabelledData rows =
        new CsvReader(schema).read(file("z,sick,a,sex,b\n,yes,20,m,3\n,no,10,f,1\n"));
    assertThat(rows.keys()).isEmpty();
    assertThat(rows.label(0)).isEqualTo(1);
    assertThat(rows.toDataSet().getFeatures().toFloatMatrix()[0])
        .containsExactly(0, 1, (float) (2 * 3 / 20.0 - 1), 1);
    Path unknown = file("sick,a,sex,b\nZQ,20,m,3\n");
    assertThatThrownBy(() -> new CsvReader(schema).read(unknown))
        .hasMessageContaining(
            "line 2, column 1 of 4 (sick): label belongs to none of the 2 classes")
        .hasMessageNotContaining("ZQ");
  }

  private CsvSchema resolved(CsvSchema schema) throws IOException {
    return new CsvReader(schema).resolve(List.of(training()));
  }

  private Path training() throws IOException {
    return Files.writeString(directory.resolve("training.csv"), TRAINING);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("new.csv"), text);
  }

  private static List<float[]> features(CsvSchema schema, Path file, int most) throws IOException {
    return features(schema, file, most, null);
  }

  private static List<float[]> features(
      CsvSchema schema, Path file, int most, @Nullable String copied) throws IOException {
    List<float[]> rows = new ArrayList<>();
    try (CsvFeatureReader reader = CsvFeatureReader.open(schema, file, copied)) {
      for (Optional<CsvFeatureReader.Batch> batch = reader.next(most);
          batch.isPresent();
          batch = reader.next(most)) {
        rows.addAll(List.of(batch.get().features().toFloatMatrix()));
      }
    }
    return rows;
  }
}
