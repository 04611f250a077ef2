package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CsvSchemaFileTest {
  @TempDir private Path directory;

  /** Every kind of feature and label, awkward texts, and settings other than the defaults. */
  private static List<CsvSchema> schemas() {
    return List.of(
        WisconsinBreastCancer.schema(),
        CsvSchema.builder()
            .label(
                "Diagnose \"x\"",
                LabelClass.of("gesund", "0", "nein"),
                LabelClass.of("krank, schwer", "1", "2"))
            .numeric("größe", 0.1, 1e300)
            .numeric("0,5", new Scaling.Affine(-1.5, 1.0 / 3))
            .categorical("sex", "f", " m", "")
            .numeric("raw", new Scaling.None())
            .key("patient")
            .ignore("", "note\n2")
            .missing(MissingValues.DROP_ROW, "?", "NA")
            .build(),
        CsvSchema.builder()
            .header(false)
            .delimiter('\t')
            .noQuotes()
            .encoding(StandardCharsets.ISO_8859_1)
            .label("2", new Scaling.Range(-1e-300, 0.1 + 0.2))
            .numeric("0", 0, 1)
            .ignore("1")
            .missing(MissingValues.NEUTRAL)
            .build());
  }

  @Test
  void read_whatWasWritten_isTheSameSchema() throws IOException {
    for (CsvSchema schema : schemas()) {
      Path first = directory.resolve("first.json");
      Path second = directory.resolve("second.json");
      CsvSchemaFile.write(schema, first);
      CsvSchema read = CsvSchemaFile.read(first);
      CsvSchemaFile.write(read, second);

      assertThat(second).hasSameTextualContentAs(first);
      assertThat(CsvSchemaFile.Document.of(read)).isEqualTo(CsvSchemaFile.Document.of(schema));
      assertThat(read.syntax()).isEqualTo(schema.syntax());
      assertThat(read.header()).isEqualTo(schema.header());
      assertThat(read.classNames()).isEqualTo(schema.classNames());
      assertThat(read.labelRange()).isEqualTo(schema.labelRange());
      assertThat(read.missingValues()).isEqualTo(schema.missingValues());
      assertThat(read.keyColumn()).isEqualTo(schema.keyColumn());
    }
  }

  @Test
  void write_remainingColumns_isRefusedUntilTheyAreNamed() throws IOException {
    CsvSchema schema =
        CsvSchema.builder()
            .label("y", List.of("0", "1"))
            .numeric("b", 0, 1)
            .remaining(new Scaling.Range(0, 2))
            .build();
    Path file = directory.resolve("schema.json");
    assertThatThrownBy(() -> CsvSchemaFile.write(schema, file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CsvReader.resolve");

    Path rows = Files.writeString(directory.resolve("rows.csv"), "c,y,a,b\n2,1,0,1\n");
    CsvSchemaFile.write(new CsvReader(schema).resolve(List.of(rows)), file);
    assertThat(CsvSchemaFile.read(file).features().stream().map(CsvFeature::column))
        .containsExactly("b", "c", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\" : 1|\"version\" : 2|has version 2 of this file, this dpfed reads up to 1",
        "\"version\" : 1|\"version\" : 0|version must be 1",
        "\"version\" : 1|\"version\" : \"1\"|is damaged",
        "\"header\" : true|\"header\" : true, \"headers\" : 1|field 'headers' is unknown",
        "\"header\" : true|\"header\" : true, \"header\" : false|is damaged",
        "\"header\" : true,||is damaged",
        "\"header\" : true|\"header\" : null|is damaged",
        "\"quote\" : \"\\\"\"|\"quote\" : \"ab\"|quote must be one character or off",
        "\"range\" : [ 0.0, 2.0 ]|\"range\" : [ 2.0, 0.0 ]|min below max",
        "\"range\" : [ 0.0, 2.0 ]|\"range\" : [ 0.0 ]|range must be two numbers",
        "\"range\" : [ 0.0, 2.0 ]|\"range\" : [ 0.0, 2.0 ], \"unit\" : 1|field 'unit' is unknown",
        "\"refuse\"|\"guess\"|restore the file as dpfed wrote it",
        "{|[|is damaged",
      })
  void read_fileThatWasChanged_saysWhat(String from, String to, String message) throws IOException {
    Path file = directory.resolve("preprocessing.json");
    CsvSchemaFile.write(
        CsvSchema.builder().label("y", List.of("0", "1")).numeric("a", 0, 2).build(), file);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to == null ? "" : to));

    assertThatThrownBy(() -> CsvSchemaFile.read(file))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageMatching("[^\n]*");
  }
}
