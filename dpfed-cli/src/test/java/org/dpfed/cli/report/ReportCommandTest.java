package org.dpfed.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpfed.cli.DpfedCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

final class ReportCommandTest {
  private static final String HOSTILE = "</script><img src=x onerror=1>|`*_[a](b)\n# c";

  @TempDir private Path runs;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int report(String... directories) {
    String[] arguments = new String[directories.length + 1];
    arguments[0] = "report";
    for (int i = 0; i < directories.length; i++) {
      arguments[i + 1] =
          directories[i].startsWith("--")
              ? directories[i]
              : runs.resolve(directories[i]).toString();
    }
    return DpfedCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** A report with little in it. */
  private static ObjectNode small(String name, double epsilon) {
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("status", "finished").put("isSecure", true).putArray("rounds");
    report
        .putObject("guarantee")
        .put("isPrivate", true)
        .put("epsilon", epsilon)
        .put("delta", 1e-5)
        .put("unit", "patient")
        .put("relation", "add-or-remove-one")
        .putArray("assumptions")
        .add("the server is trusted");
    report
        .putObject("plan")
        .put("population", 455)
        .put("noiseMultiplier", 1.0)
        .putObject("trust")
        .put("label", "central");
    report
        .putObject("notCoveredByGuarantee")
        .putObject("evaluation")
        .put("accuracy", 0.987654)
        .put("examples", 9);
    report.putObject("configuration").putObject("run").put("name", name);
    return report;
  }

  private void write(String directory, String text) throws IOException {
    Files.writeString(
        Files.createDirectories(runs.resolve(directory)).resolve("report.json"), text);
  }

  @Test
  void report_oneRun_writesItsPageAndCardAgain() throws IOException {
    write("a", small("a", 2).toString());
    assertThat(report("a")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("report.html", "model-card.md").doesNotContain("compar");
    assertThat(runs.resolve("a/report.html"))
        .content()
        .contains("(ε = 2.0000, δ = 1.0E-5)-differential privacy for one patient.")
        .contains("Content-Security-Policy", "default-src &#x27;none&#x27;")
        .doesNotContain("http-equiv=\"refresh\"");
    assertThat(runs.resolve("a")).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void report_severalRuns_writesAPageThatComparesThem() throws IOException {
    write("a", small("a", 2).toString());
    write("b", small("b", 3.5).toString());
    assertThat(report("a", "b")).as(err.toString()).isZero();
    assertThat(runs.resolve("comparison.html"))
        .content()
        .contains("Comparison of 2 runs", ">2.0000<", ">3.5000<", "must count them all");
    Path other = runs.resolve("other.html");
    assertThat(report("a", "b", "--comparison=" + other)).isZero();
    assertThat(other).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "none; ;has no report.json",
        "damaged;{\"guarantee\": ;expected a report that dpfed wrote",
        "other;[1, 2];expected a report that dpfed wrote"
      })
  void report_noReport_isRefusedInOneLine(String name, String text, String message)
      throws IOException {
    if (text != null) {
      write(name, text);
    }
    assertThat(report(name)).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains(message.strip());
  }

  /** Each alone would make a promise that no run of dpfed makes. */
  @ParameterizedTest
  @CsvSource({
    "/guarantee/delta, 0",
    "/guarantee/delta, 5",
    "/guarantee/delta, '\"1e-30\"'",
    "/guarantee/epsilon, -1",
    "/guarantee/epsilon, null",
    "/guarantee/isPrivate, '\"true\"'",
    "/isSecure, false",
    "/plan/noiseMultiplier, 0"
  })
  void report_privateButContradictsItself_isRefused(String pointer, String value)
      throws IOException {
    ObjectNode report = small("a", 1);
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) report.at(pointer.substring(0, slash)))
        .set(pointer.substring(slash + 1), new ObjectMapper().readTree(value));
    write("a", report.toString());

    assertThat(report("a")).isEqualTo(2);
    assertThat(err.toString()).contains("expected a report that dpfed wrote");
    assertThat(runs.resolve("a/report.html")).doesNotExist();
  }

  @Test
  void report_linkInThePlaceOfAnUnfinishedPage_isNotWrittenThrough() throws IOException {
    write("a", small("a", 1).toString());
    Path victim = Files.writeString(runs.resolve("victim"), "kept");
    Files.createSymbolicLink(runs.resolve("a/model-card.md.part"), victim);

    assertThat(report("a")).isZero();
    assertThat(victim).hasContent("kept");
    assertThat(Files.isSymbolicLink(runs.resolve("a/model-card.md"))).isFalse();
  }

  @Test
  void report_oneRunTwiceOrASweep_isRefused() throws IOException {
    write("a", small("a", 1).toString());
    Files.writeString(runs.resolve("results.csv"), "run");

    assertThat(report("a", "b/../a")).isEqualTo(2);
    assertThat(err.toString()).contains("named twice");
    assertThat(report(".")).isEqualTo(2);
    assertThat(err.toString()).contains("is a sweep");
  }

  @Test
  void report_runsOfOneName_areToldApartByTheirPaths() throws IOException {
    write("s/001", small("a", 1).toString());
    write("t/001", small("b", 2).toString());

    assertThat(report("s/001", "t/001", "--comparison=" + runs.resolve("c.html"))).isZero();
    assertThat(Files.readString(runs.resolve("c.html")))
        .contains(runs.resolve("s/001").toString())
        .contains(runs.resolve("t/001").toString());
  }

  @Test
  void report_comparisonOfOneRun_isRefused() throws IOException {
    write("a", small("a", 2).toString());
    assertThat(report("a", "--comparison=x.html")).isEqualTo(2);
    assertThat(err.toString()).contains("--comparison needs at least 2 directories");
  }

  @Test
  void page_hostileTexts_areEscapedEverywhere() {
    ObjectNode report = small(HOSTILE, 2);
    report.withObject("/guarantee").put("unit", HOSTILE);
    report.withObject("/notCoveredByGuarantee/evaluation").put(HOSTILE, 0.5);
    String page = ReportPage.of(report);
    assertThat(page).doesNotContain("<img").contains("&lt;img");
    assertThat(page.split("</script>", -1))
        .hasSameSizeAs(ReportPage.of(small("a", 2)).split("</script>", -1));
  }

  @Test
  void card_anyRun_hasFrontMatterAndTheGuaranteeButNoMetric() {
    String card = ModelCard.of(small("a", 2));
    String[] parts = card.split("---\n", -1);
    assertThat(new Yaml().<Object>load(parts[1]).toString())
        .contains("library_name=deeplearning4j", "differential-privacy");
    assertThat(card)
        .contains("(ε = 2.0000, δ = 1.0E-5)", "the server is trusted")
        .doesNotContain("0.98", "accuracy");
  }

  @Test
  void card_hostileTexts_areTextOnOneLine() {
    String card = ModelCard.of(small(HOSTILE, 2));
    assertThat(card)
        .contains("# &lt;/script\\>&lt;img src=x onerror=1\\>\\|\\`\\*\\_\\[a\\](b) \\# c\n")
        .doesNotContain("<img");
  }

  @Test
  void card_withoutPrivacy_saysSoAndCarriesNoTagOfIt() {
    ObjectNode report = small("a", 2);
    report.withObject("/guarantee").put("isPrivate", false).putNull("epsilon");
    report.put("isSecure", false);
    assertThat(ModelCard.of(report))
        .contains("**No privacy.** Sampling and noise came from a seed")
        .doesNotContain("- differential-privacy");
  }

  /** Of all tests of membership none is better than randomised response with the same ε. */
  @ParameterizedTest
  @CsvSource({"1, 0.01, 0.0271928", "3, 0.01, 0.2008653", "3, 0.5, 0.9751070", "0, 0.3, 0.30001"})
  void largestTruePositiveRate_ofKnownCases_isTheBoundOfTheDefinition(
      double epsilon, double falsePositiveRate, double expected) {
    GuaranteeText words = new GuaranteeText(small("a", epsilon));
    // The expected values have seven digits.
    assertThat(words.largestTruePositiveRate(falsePositiveRate)).isCloseTo(expected, within(1e-7));
  }
}
