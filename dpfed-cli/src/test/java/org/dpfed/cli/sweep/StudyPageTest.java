package org.dpfed.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every number on the page of findings comes from the table beside it. */
class StudyPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final List<String> MEASURED =
      List.of("accuracy", "loss", "notPrivate.normMedian", "notPrivate.clippedShare");
  private static final List<String> SHARES = List.of("accuracy", "notPrivate.clippedShare");
  private static final List<String> SETTINGS =
      List.of("privacy.clipNorm", "privacy.noiseMultiplier");

  @ParameterizedTest
  @CsvSource({"Fashion-MNIST, fashion", "Breast cancer records, wdbc"})
  void section_eachNumberWithThreeDigits_isOfARunOrOfASetting(String section, String directory)
      throws IOException {
    Set<String> known = numbers(DOCS.resolve("study").resolve(directory).resolve("results.csv"));
    List<String> written = new ArrayList<>();
    Matcher number = Pattern.compile("\\d+\\.\\d{3,4}(?!\\d)|\\d+\\.\\d %").matcher(text(section));
    while (number.find()) {
      written.add(number.group());
    }

    assertThat(written).hasSizeGreaterThan(5).isSubsetOf(known);
  }

  private static String text(String section) throws IOException {
    String page = Files.readString(DOCS.resolve("study.md"));
    int from = page.indexOf("## " + section);
    int to = page.indexOf("\n## ", from + 1);
    return page.substring(from, to < 0 ? page.length() : to);
  }

  /**
   * Mean, least and most of the seeds of each point: loss and norms with three digits, accuracy and
   * shares in percent with one; epsilon with four, rounded up.
   */
  private static Set<String> numbers(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    List<String> names = List.of(lines.get(0).split(",", -1));
    Map<List<String>, List<String[]>> points = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      points
          .computeIfAbsent(
              SETTINGS.stream().map(name -> cells[names.indexOf(name)]).toList(),
              key -> new ArrayList<>())
          .add(cells);
    }
    Set<String> numbers = new HashSet<>();
    for (List<String[]> seeds : points.values()) {
      for (String name : MEASURED) {
        List<Double> values =
            seeds.stream().map(cells -> Double.valueOf(cells[names.indexOf(name)])).toList();
        double sum = values.stream().mapToDouble(Double::doubleValue).sum();
        for (double value :
            List.of(
                sum / values.size(),
                values.stream().min(Double::compare).orElseThrow(),
                values.stream().max(Double::compare).orElseThrow())) {
          numbers.add(
              SHARES.contains(name)
                  ? rounded(100 * value, 1, RoundingMode.HALF_UP) + " %"
                  : rounded(value, 3, RoundingMode.HALF_UP));
        }
      }
      String epsilon = seeds.get(0)[names.indexOf("epsilon")];
      if (!epsilon.equals("inf")) {
        numbers.add(rounded(Double.parseDouble(epsilon), 4, RoundingMode.CEILING));
      }
    }
    return numbers;
  }

  private static String rounded(double value, int digits, RoundingMode mode) {
    return BigDecimal.valueOf(value).setScale(digits, mode).toPlainString();
  }
}
