package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A record is never lost as a header, and no cell of what may be one shows in an error. */
class CsvHeaderTest {
  /** The records of case 07: no header, and positions in the settings. */
  private static final String RECORDS =
      """
      842302,M,17.99,10.38
      842517,M,20.57,17.77
      84300903,B,11.42,20.38
      """;

  @Test
  void read_positionsAndARecordForAHeader_isRefused() {
    assertRefused(
        positions().header(true).build(),
        RECORDS,
        "line 1: column '1' is a position, and positions are for files without a header: set header to false if this line is a record");
  }

  @Test
  void read_positionsWithoutAHeader_readsEveryRecord() throws IOException {
    assertThat(read(positions().header(false).build(), RECORDS).size()).isEqualTo(3);
  }

  @Test
  void read_nameThatNoRecordHas_asksForTheHeaderWithoutShowingTheRecord() {
    assertRefused(
        CsvSchema.builder().label("diagnosis", List.of("B", "M")).numeric("2", 0, 50).build(),
        RECORDS,
        "line 1: expected a header with a column 'diagnosis', found none of that name among 4; 4 of"
            + " them hold a number, a label or a missing value: set header to false if this line is a"
            + " record");
  }

  /**
   * The label's position is also a cell of the first record; all others would be taken silently.
   */
  @Test
  void read_cellsThatHappenToBeThePositions_areRefused() {
    CsvSchema schema =
        CsvSchema.builder()
            .label("1", List.of("0", "1"))
            .remaining(new Scaling.Range(0, 50))
            .build();
    assertRefused(schema, "5,1,17\n6,0,20\n", "column '1' is a position");
    assertRefused(schema, "1,0,17\n6,0,20\n", "column '1' is a position");
    CsvSchema all =
        CsvSchema.builder()
            .label("1", List.of("0", "1"))
            .numeric("0", 0, 9)
            .numeric("2", 0, 9)
            .build();
    assertRefused(all, "2,1,0\n1,0,2\n", "column '1' is a position");
  }

  /** A record of 0, 1, 2 … looks the same. */
  @Test
  void read_headerThatNumbersItsColumns_isRefused() throws IOException {
    assertRefused(
        positions().header(true).build(), "0,1,2,3\n" + RECORDS, "column '1' is a position");
    CsvSchema keyed =
        CsvSchema.builder().key("0").label("1", List.of("0", "1")).numeric("2", 0, 100).build();
    String records = "0,1,2\n1,0,3\n2,1,4\n";
    assertRefused(keyed, records, "column '1' is a position");
    assertThat(read(keyed.toBuilder().header(false).build(), records).size()).isEqualTo(3);
  }

  /** The settings name the columns by the cells of the first record. */
  @Test
  void read_claimedNameThatIsAValue_asksForTheHeader() {
    CsvSchema.Builder ages = CsvSchema.builder().numeric("age", 0, 9);
    List<String> labels = List.of("no", "yes");
    assertValueForAName(ages.label("yes", labels).build(), "age,yes\n1,no\n");
    assertValueForAName(ages.label("y", labels).key("no").build(), "age,y,no\n1,yes,4\n");
    assertValueForAName(
        CsvSchema.builder().label("y", labels).categorical("M", "M", "F").build(), "M,y\nF,no\n");
    assertValueForAName(
        CsvSchema.builder().label("y", labels).categorical("sex", "M", "F").key("F").build(),
        "sex,y,F\nF,no,3\n");
    assertValueForAName(
        CsvSchema.builder()
            .label("y", new Scaling.Range(0, 9))
            .numeric("y", 0, 1)
            .label("3.5", new Scaling.Range(0, 9))
            .build(),
        "3.5,y\n1,2\n");
    assertValueForAName(
        CsvSchema.builder()
            .label("y", labels)
            .numeric("NA", 0, 9)
            .missing(MissingValues.NEUTRAL, "NA")
            .build(),
        "NA,y\n1,no\n");
  }

  private static void assertValueForAName(CsvSchema schema, String content) {
    assertRefused(schema, content, "does the file have a header?");
  }

  @Test
  void read_numberBeyondThePositions_isAName() throws IOException {
    CsvSchema schema =
        CsvSchema.builder().label("sick", List.of("0", "1")).numeric("2019", 0, 9).build();
    assertThat(read(schema, "2019,sick\n3,1\n").size()).isEqualTo(1);
  }

  @Test
  void read_cellThatIsALabelOrAMarker_isNoName() {
    CsvSchema schema =
        CsvSchema.builder()
            .label("sick", List.of("no", "yes"))
            .remaining(new Scaling.Range(0, 50))
            .missing(MissingValues.NEUTRAL, "?")
            .build();
    assertRefused(schema, "sick,yes\nno,1\n", "column 2 of 2: expected a name");
    assertRefused(schema, "sick,?\nno,1\n", "column 2 of 2: expected a name");
  }

  @Test
  void read_columnWithoutAName_isRefusedUnlessIgnored() throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 9);
    assertRefused(schema.build(), "x,y,\n1,0,\n", "column 3 of 3: expected a name, found none");
    assertThat(read(schema.ignore("").build(), ",x,y,\n5,1,0,\n").size()).isEqualTo(1);
  }

  @Test
  void read_columnsThatDoNotFitTheSchema_areGivenByNumber() {
    CsvSchema.Builder schema =
        CsvSchema.builder().label("y", List.of("0", "1")).numeric("Age", 0, 9);
    assertRefused(schema.build(), "age,y\n1,0\n", "column 1 differs from it only in case");
    assertRefused(schema.build(), "A ge,y\n1,0\n", "column 1 differs from it only in blanks");
    assertRefused(schema.build(), "Age;y\n1;0\n", "is another delimiter used?");
    assertRefused(schema.build(), "Alter,y\n1,0\n", "is it spelled as in the file?");
    assertRefused(
        schema.build(),
        "Age,y,name\n1,0,2\n",
        "column 3 of 3: column is not in the schema; give its range (data.ranges)");
    assertRefused(schema.build(), "Age,y,Age\n1,0,2\n", "columns 1 and 3 have the same name");
    assertRefused(
        schema.ignore("Age").build(), "Age,y\n1,0\n", "column 'Age' is used twice in the schema");
  }

  @Test
  void read_namesWithoutAHeader_areRefused() {
    assertRefused(
        CsvSchema.builder().header(false).label("y", List.of("0", "1")).numeric("0", 0, 9).build(),
        "1,0\n",
        "expected positions from 0 to 1, since the file has no header, the settings name column 'y'");
    assertRefused(
        CsvSchema.builder().header(false).label("2", List.of("0", "1")).numeric("0", 0, 9).build(),
        "1,0\n",
        "expected positions from 0 to 1");
    assertRefused(
        CsvSchema.builder().header(false).label("1", List.of("0", "1")).numeric("01", 0, 9).build(),
        "1,0\n",
        "column '01' is used twice");
  }

  private static CsvSchema.Builder positions() {
    return CsvSchema.builder()
        .label("1", List.of("B", "M"))
        .ignore("0")
        .numeric("2", 0, 50)
        .numeric("3", 0, 50);
  }

  private static LabelledData read(CsvSchema schema, String content) throws IOException {
    return new CsvReader(schema)
        .read(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), "file");
  }

  private static void assertRefused(CsvSchema schema, String content, String problem) {
    assertThatExceptionOfType(MalformedDataException.class)
        .as(content)
        .isThrownBy(() -> read(schema, content))
        .withMessageContaining(problem);
  }
}
