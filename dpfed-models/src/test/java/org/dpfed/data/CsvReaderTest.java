package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvReaderTest {
  private static final String HEADER = "hospital,age,pain,healthy\n";

  @TempDir private Path directory;

  @Test
  void read_headerKeyAndCategories_becomeFeaturesLabelsAndKeys() throws IOException {
    LabelledData data =
        new CsvReader(patients().build())
            .read(
                file(
                    "\uFEFF"
                        + HEADER
                        + "north, 60 ,2,yes\r\n"
                        + "\n"
                        + "\"south, east\",120,1.0,no\n"
                        + "north,0,3,yes"));

    assertThat(data.classNames()).containsExactly("no", "yes");
    assertThat(labels(data)).containsExactly(1, 0, 1);
    assertThat(features(data, 0)).containsExactly(0, 0, 1, 0);
    assertThat(features(data, 1)).containsExactly(1, 1, 0, 0);
    assertThat(features(data, 2)).containsExactly(-1, 0, 0, 1);
    RowKeys keys = data.keys().orElseThrow();
    assertThat(keys.names()).containsExactly("north", "south, east");
    assertThat(IntStream.range(0, 3).map(keys::keyOf)).containsExactly(0, 1, 0);
  }

  @Test
  void read_noHeader_columnsGoByPosition() throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .header(false)
            .delimiter(';')
            .label("2", LabelClass.of("absent", "0"), LabelClass.of("present", "1", "2", "3"))
            .remaining(new Scaling.None())
            .ignore("1")
            .build();

    LabelledData data = new CsvReader(schema).read(file("1.5;x;0\n-2;y;3\n2e3;z;1.0\n"));

    assertThat(labels(data)).containsExactly(0, 1, 1);
    assertThat(features(data, 0)).containsExactly(1.5f);
    assertThat(features(data, 1)).containsExactly(-2);
    assertThat(features(data, 2)).containsExactly(2000);
    assertThat(data.keys()).isEmpty();
  }

  @Test
  void read_missingValue_followsThePolicy() throws IOException {
    Path file = file(HEADER + "north,?,2,yes\nnorth,NaN,,no\nsouth,120,1,no\n");

    LabelledData neutral =
        new CsvReader(patients().missing(MissingValues.NEUTRAL, "?", "NaN").build()).read(file);
    LabelledData dropped =
        new CsvReader(patients().missing(MissingValues.DROP_ROW, "?", "NaN").build()).read(file);

    assertThat(neutral.size()).isEqualTo(3);
    assertThat(features(neutral, 0)).containsExactly(0, 0, 1, 0);
    assertThat(features(neutral, 1)).containsExactly(0, 0, 0, 0);
    assertThat(dropped.size()).isEqualTo(1);
    assertThat(features(dropped, 0)).containsExactly(1, 1, 0, 0);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(
            () -> new CsvReader(patients().missing(MissingValues.REFUSE, "?").build()).read(file))
        .withMessage(
            file
                + ": line 2, column 2 of 4 (age): value is missing; use the neutral value of the column"
                + " (data.onMissing: neutral) or drop such rows (data.onMissing: drop-row)");
  }

  /** What is wrong is said with line and column; the secret in the cell is not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "north,secret,1,yes|line 3, column 2 of 4 (age): expected a number, found other text",
        "north,Infinity,1,yes|line 3, column 2 of 4 (age): expected a number, found other text",
        "north,1d,1,yes|line 3, column 2 of 4 (age): expected a number, found other text",
        "north,60,secret,yes|line 3, column 3 of 4 (pain): expected one of the 3 categories declared for this column",
        "north,60,1,secret|line 3, column 4 of 4 (healthy): label belongs to none of the 2 classes",
        "north,60,1,|line 3, column 4 of 4 (healthy): label is missing",
        ",60,1,yes|line 3, column 1 of 4 (hospital): key is missing",
        "north,60,1|line 3: expected 4 columns, found 3",
        "north,60,1,yes,secret|line 3: expected 4 columns, found 5",
        "north,60,1,%secret|line 3: expected the quote that closes a value"
      })
  void read_recordThatDoesNotFit_namesLineAndColumnButNoValue(String record, String problem)
      throws IOException {
    Path file = file(HEADER + "north,60,1,yes\n" + record.replace('%', '"') + "\n");

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(patients().build()).read(file))
        .withMessageStartingWith(file + ": " + problem)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @Test
  void read_unscaledNumberBeyondFloat_isRefused() throws IOException {
    CsvSchema schema =
        CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", new Scaling.None()).build();
    Path file = file("x,y\n1e39,0\n");

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(schema).read(file))
        .withMessageContaining("line 2, column 1 of 2 (x): expected a number that a float holds");
  }

  @Test
  void read_noRecords_isRefused() throws IOException {
    for (String content : List.of("", "\n", HEADER)) {
      Path file = file(content);
      assertThatExceptionOfType(MalformedDataException.class)
          .isThrownBy(() -> new CsvReader(patients().build()).read(file))
          .withMessage(file + ": expected at least one complete record, found none");
    }
  }

  @Test
  void read_noFile_isNamed() {
    Path absent = directory.resolve("absent.csv");
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> new CsvReader(patients().build()).read(absent))
        .withMessage(absent + ": expected a CSV file, found none");
  }

  @Test
  void readAll_oneFileForEachHospital_makesTheFileTheKey() throws IOException {
    CsvSchema schema =
        CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 10).build();
    Path first = file("x,y\n0,1\n10,0\n");
    Path second = file("y,x\n1,5\n");

    LabelledData data =
        new CsvReader(schema).readAll(new TreeMap<>(Map.of("south", second, "north", first)));

    assertThat(data.keys().orElseThrow().names()).containsExactly("north", "south");
    assertThat(labels(data)).containsExactly(1, 0, 1);
    assertThat(features(data, 2)).containsExactly(0);
    assertThat(data.keys().orElseThrow().keyOf(2)).isEqualTo(1);
  }

  @Test
  void readAll_filesWithOtherFeaturesOrKeyColumn_areRefused() throws IOException {
    CsvSchema remaining =
        CsvSchema.builder().label("y", List.of("0", "1")).remaining(new Scaling.None()).build();
    TreeMap<String, Path> files =
        new TreeMap<>(Map.of("a", file("x,y\n0,1\n"), "b", file("z,y\n0,1\n")));

    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(remaining).readAll(files))
        .withMessageContaining("expected the 1 feature columns of the files before it");
    assertThatIllegalStateException()
        .isThrownBy(() -> new CsvReader(patients().build()).readAll(files))
        .withMessageContaining("the schema names column 'hospital'");
  }

  @Test
  void read_manyRecords_keepsThemInOrder() throws IOException {
    StringBuilder content = new StringBuilder(HEADER);
    for (int i = 0; i < 1000; i++) {
      content.append("h%d,%d,1,%s\n".formatted(i % 7, i % 121, i % 3 == 0 ? "yes" : "no"));
    }

    LabelledData data = new CsvReader(patients().build()).read(file(content.toString()));

    assertThat(data.size()).isEqualTo(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(data.label(i)).isEqualTo(i % 3 == 0 ? 1 : 0);
      assertThat(data.keys().orElseThrow().keyOf(i)).isEqualTo(i % 7);
      assertThat(features(data, i)[0]).isEqualTo(new Scaling.Range(0, 120).apply(i % 121));
    }
  }

  @Test
  void build_incompleteSchema_saysWhatToState() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSchema.builder().numeric("x", 0, 1).build())
        .withMessageStartingWith("label must be stated");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSchema.builder().label("y", List.of()).numeric("x", 0, 1).build())
        .withMessage(
            "classes must be at least 2, were []; state them, they are not collected from the file");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSchema.builder().label("y", List.of("0", "1")).build())
        .withMessageStartingWith("features must be stated");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSchema.builder().categorical("x", "a", "b", "a"))
        .withMessage(
            "categories of column 'x' must be distinct, 'a' is repeated; numbers are compared by value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CsvSchema.builder().label("y", List.of("1", "1.0")))
        .withMessageStartingWith("label values must be distinct, '1.0' is repeated");
  }

  /** A class or a category that is also a marker would vanish, or be refused row by row. */
  @Test
  void build_markerThatIsALabelOrACategory_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> patients().missing(MissingValues.DROP_ROW, "no").build())
        .withMessageContaining("missing marker 'no' is also a label of column 'healthy'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> patients().missing(MissingValues.DROP_ROW, "3.0").build())
        .withMessageContaining("missing marker '3.0' is also a category of column 'pain'");
  }

  /** One rule for markers, labels, categories and keys. */
  @Test
  void read_numbersInOtherForms_areTheValuesStated() throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .key("k")
            .label("y", List.of("0", "1.0"))
            .categorical("c", "1", "2.50")
            .numeric("x", 0, 10)
            .missing(MissingValues.NEUTRAL, "-9")
            .build();

    LabelledData data =
        new CsvReader(schema)
            .read(file("k,y,c,x\n07,0.0,01,-9.00\n7,1,2.5,-9e0\n7e0,+1,+1.0,-09\n"));

    assertThat(data.keys().orElseThrow().names()).containsExactly("7");
    assertThat(labels(data)).containsExactly(0, 1, 1);
    assertThat(features(data, 0)).containsExactly(1, 0, 0);
    assertThat(features(data, 1)).containsExactly(0, 1, 0);
    assertThat(features(data, 2)).containsExactly(1, 0, 0);
  }

  @Test
  void read_regressionLabel_becomesOneNumberInItsRange() throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .label("y", new Scaling.Range(0, 10))
            .remaining(new Scaling.Range(0, 100))
            .build();

    LabelledData data = new CsvReader(schema).read(file("x,y\n50,10\n100,0\n0,5.0\n"));

    assertThat(data.isRegression()).isTrue();
    assertThat(data.toDataSet().getLabels().toFloatVector()).containsExactly(1, -1, 0);
    assertThat(data.toDataSet().getFeatures().toFloatVector()).containsExactly(0, 1, -1);
    Path other = file("x,y\n50,high\n");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(schema).read(other))
        .withMessageContaining("line 2, column 2 of 2 (y): expected a number");
  }

  @Test
  void read_severalFilesWithAKeyColumn_joinTheRowsOfAKey() throws IOException {
    LabelledData data =
        new CsvReader(patients().build())
            .read(
                List.of(file(HEADER + "7,60,1,yes\n8,60,1,no\n"), file(HEADER + "7.0,60,1,no\n")));

    assertThat(data.keys().orElseThrow().names()).containsExactly("7", "8");
    assertThat(data.keys().orElseThrow().keyOf(2)).isZero();
  }

  @Test
  void read_similarKeys_areJoinedOrKeptApartWhenToldSo() throws IOException {
    Path file = file(HEADER + "Anna,60,1,yes\nanna ,60,1,no\nAN NA,60,1,no\n");

    RowKeys joined =
        new CsvReader(patients().similarKeys(SimilarKeys.JOIN).build())
            .read(file)
            .keys()
            .orElseThrow();
    RowKeys distinct =
        new CsvReader(patients().similarKeys(SimilarKeys.DISTINCT).build())
            .read(file)
            .keys()
            .orElseThrow();

    assertThat(joined.names()).containsExactly("anna");
    assertThat(distinct.names()).containsExactly("Anna", "anna", "AN NA");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(patients().build()).read(file))
        .withMessageContaining(
            "line 3, column 1 of 4 (hospital): key differs from the one in line 2 only in case, as"
                + " 'ab1' and 'AB1' do");
  }

  @Test
  void read_oneFileTwice_isRefused() throws IOException {
    Path file = file(HEADER + "7,60,1,yes\n");
    Path same = file.resolveSibling(".").resolve(file.getFileName());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CsvReader(patients().build()).read(List.of(file, same)))
        .withMessageContaining("is repeated");
  }

  /** One file under two names would be two clients. */
  @Test
  void read_linkOrCopyOfAFile_isRefusedUnderBothNames() throws IOException {
    CsvReader reader =
        new CsvReader(CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 1).build());
    Path north = Files.writeString(directory.resolve("north.csv"), "x,y\n0,1\n");
    Path south = Files.writeString(directory.resolve("south.csv"), "x,y\n0,0\n");
    assertThat(reader.readEach(List.of(north, south)).size()).isEqualTo(2);
    Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic.csv"), north);
    Path hard = Files.createLink(directory.resolve("hard.csv"), north);
    Path copy = Files.copy(north, directory.resolve("copy.csv"));
    for (Path again : List.of(symbolic, hard, copy)) {
      List<Path> files = List.of(north, south, again);
      for (ThrowingCallable read :
          List.<ThrowingCallable>of(
              () -> reader.read(files),
              () -> reader.readEach(files),
              () -> reader.readAll(new TreeMap<>(Map.of("a", again, "b", north))))) {
        assertThatIllegalArgumentException()
            .isThrownBy(read)
            .withMessageStartingWith("files must be distinct")
            .withMessageContainingAll(north.toString(), again.toString());
      }
    }
  }

  @Test
  void readEach_filesOfADirectory_makesTheirNamesTheKeys() throws IOException {
    CsvSchema schema = CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 1).build();
    Files.writeString(directory.resolve("va.data"), "x,y\n0,0\n");
    Files.writeString(directory.resolve("north.csv"), "x,y\n0,1\n");
    Files.writeString(directory.resolve(".hidden"), "x,y\n0,1\n");

    LabelledData data = new CsvReader(schema).readEach(CsvReader.filesIn(directory));

    assertThat(data.keys().orElseThrow().names()).containsExactly("north", "va");
    assertThat(data.keys().orElseThrow().source()).isEqualTo("its file");
    Files.writeString(directory.resolve("north.data"), "x,y\n0,1\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CsvReader(schema).readEach(CsvReader.filesIn(directory)))
        .withMessageContaining("files must have distinct names");
    Files.delete(directory.resolve("north.data"));
    Files.writeString(directory.resolve("North.csv"), "x,y\n1,1\n");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> new CsvReader(schema).readEach(CsvReader.filesIn(directory)))
        .withMessageContaining("only in case");
  }

  private static CsvSchema.Builder patients() {
    return CsvSchema.builder()
        .key("hospital")
        .numeric("age", 0, 120)
        .categorical("pain", "1", "2", "3")
        .label("healthy", List.of("no", "yes"));
  }

  private Path file(String content) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "patients", ".csv"), content);
  }

  private static int[] labels(LabelledData data) {
    return IntStream.range(0, data.size()).map(data::label).toArray();
  }

  private static float[] features(LabelledData data, int row) {
    return data.gather(new int[] {row}, 0, 1).getFeatures().toFloatVector();
  }
}
