package org.dpfed.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.util.List;
import org.apache.commons.csv.CSVPrinter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTableTest {
  /** At the start, and where a spreadsheet that separates by something else begins a cell. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '#',
      value = {
        "=1+1~'=1+1",
        "+a~'+a",
        "-a.png~'-a.png",
        "@SUM(A1)~'@SUM(A1)",
        "a;=cmd|' /C calc'!A0~a;'=cmd|' /C calc'!A0",
        "a,-1+2~a,'-1+2",
        "\"=1+1~\"'=1+1",
        "＝1+1~'＝1+1",
      })
  void text_beginOfAFormula_getsAnApostrophe(String text, String expected) {
    assertThat(CsvTable.text(text)).isEqualTo(expected);
    assertThat(CsvTable.text("\t" + text)).isEqualTo("'\t" + expected);
  }

  /** In a file too: whoever shows it on a terminal would have the terminal obey. */
  @Test
  void text_controlCharacters_areWrittenOut() {
    assertThat(CsvTable.text("a\u001b[31m.png")).isEqualTo("a\\u001b[31m.png");
    assertThat(CsvTable.text("\r=1\n")).isEqualTo("'\\u000d'=1\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "+2.5",
        "-3e-7",
        "",
        "a-b.png",
        "site 1/a=b",
        "a, b",
        "x;y",
        "007",
        "E-mail"
      })
  void text_numbersAndOtherTexts_stayAsTheyAre(String text) {
    assertThat(CsvTable.text(text)).isEqualTo(text);
  }

  @Test
  void add_textsAndNumbers_areALineThatIsReadAsWritten() throws IOException {
    StringBuilder out = new StringBuilder();
    CsvTable table = new CsvTable(out, "\n");
    table.add(List.of("=a,\"b\"", -1.5f, 7, "ill"));
    assertThat(out.toString()).isEqualTo("\"'=a,\"\"b\"\"\",-1.5,7,ill\n");
  }

  /** Nobody writes CSV in another way. */
  @Test
  void csv_isWrittenHereAlone() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(CsvTable.class)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(CSVPrinter.class)
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.dpfed"));
  }
}
