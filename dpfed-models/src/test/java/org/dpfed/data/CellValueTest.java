package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellValueTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "7.0",
        "007",
        "+7",
        "7e0",
        "70e-1",
        " 7\t",
        "7.",
        "0.7E1",
        "7.000000000000000000"
      })
  void of_oneNumberInManyForms_isOneValue(String text) {
    assertThat(CellValue.of(text)).isEqualTo(CellValue.of("7"));
  }

  /** Pairs that a comparison by double, by case or by prefix would join. */
  @ParameterizedTest
  @MethodSource("different")
  void of_differentValues_stayApart(List<String> pair) {
    assertThat(CellValue.of(pair.get(0))).isNotEqualTo(CellValue.of(pair.get(1)));
  }

  static Stream<List<String>> different() {
    return Stream.of(
        List.of("9007199254740993", "9007199254740992"),
        List.of("0.1", "0.1000000000000000055511151231257827"),
        List.of("1e400", "1e401"),
        List.of("1e999999999", "1e999999998"),
        List.of("-7", "7"),
        List.of("7a", "7"),
        List.of("0x7", "7"),
        List.of("7d", "7"),
        List.of("NaN", "nan"),
        List.of("1,000", "1000"),
        List.of("a b", "a  b"),
        List.of("yes", "Yes"));
  }

  @Test
  void of_zeros_areOneValue() {
    for (String zero : List.of("-0", "0.000", "0e7", "+.0")) {
      assertThat(CellValue.of(zero)).as(zero).isEqualTo(CellValue.of("0"));
    }
  }

  @Test
  void canonical_ofACanonicalText_isItself() {
    for (String text :
        List.of("7.50", "1e999999999", "1e-999", " é ", "1e9999999999", "0" + "1".repeat(2000))) {
      String canonical = CellValue.of(text).canonical();
      assertThat(CellValue.of(canonical).canonical()).isEqualTo(canonical);
    }
  }

  /** Ways in which one person's identifier is typed twice. */
  @ParameterizedTest
  @MethodSource("similar")
  void form_textsThatLookAlike_isTheSame(List<String> pair) {
    CellValue first = CellValue.of(pair.get(0));
    CellValue second = CellValue.of(pair.get(1));
    assertThat(first).isNotEqualTo(second);
    assertThat(first.form()).isEqualTo(second.form());
    assertThat(first.differenceFrom(second)).startsWith(pair.get(2) + ", as");
  }

  static Stream<List<String>> similar() {
    String characters = "case, blanks or the form of characters";
    return Stream.of(
        List.of("Anna", "anna", "case"),
        List.of("A 1", "A1", "blanks"),
        List.of("A\u00a01", "A 1", "blanks"),
        List.of("A1\u200b", "A1", "blanks"),
        List.of("\ufeffA1", "A1", "blanks"),
        List.of("7\u00a0", "7", "blanks"),
        List.of("Zo\u00eb", "Zoe\u0308", characters),
        List.of("\uff17", "7", characters),
        List.of("\u0667", "7", characters),
        List.of("\uff21", "a", characters),
        List.of("A\u20111", "A-1", characters),
        List.of("STRASSE", "stra\u00dfe", characters),
        List.of("\ufb01n", "fin", characters));
  }
}
