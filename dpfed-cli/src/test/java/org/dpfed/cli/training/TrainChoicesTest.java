package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.mechanism.Mechanism;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Each sampling, clipping, noise and trust through the command line. */
final class TrainChoicesTest {
  private static final Map<String, String> SAMPLINGS =
      Map.of(
          "poisson", "",
          "capped-poisson", "--max-cohort 40",
          "without-replacement", "",
          "participation-limited", "--max-participations 1",
          "cyclic-poisson", "--groups 4");
  private static final Map<String, String> CLIPPINGS =
      Map.of(
          "fixed", "",
          "adaptive", "",
          "per-layer", "--layer-shares sqrt-size",
          "adaptive-per-layer", "--layer-noise least-variance --count-stddev 5");
  private static final Map<String, String> NOISES =
      Map.of(
          "independent", "",
          "tree", "--restart-rounds 2",
          "banded", "--bands 3",
          "blt", "--buffers 1");
  private static final List<String> TRUSTS = List.of("central", "local");

  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Each choice at least once, with what else it needs. */
  static Stream<String> choices() {
    return Stream.of(
        "--sampling capped-poisson --max-cohort 40 --cohort 20",
        "--sampling without-replacement --cohort 20",
        "--sampling participation-limited --max-participations 1 --cohort 20",
        "--sampling cyclic-poisson --groups 4 --cohort 20",
        "--clipping adaptive --clip-norm none --target-quantile 0.6",
        "--clipping per-layer --layer-shares [1,3]",
        "--clipping adaptive-per-layer --layer-noise least-variance",
        "--zero-above 5",
        "--zero-quantile 0.9 --zero-initial 1",
        "--noise tree --sampling participation-limited --max-participations 2 --cohort 200",
        "--noise banded --bands 2 --sampling participation-limited --max-participations 2 --cohort 200",
        "--noise banded --coefficients [1,0.5] --sampling cyclic-poisson --groups 3 --cohort 20",
        "--noise blt --buffers 1 --sampling participation-limited --max-participations 2 --cohort 200",
        "--trust local --noise-multiplier 5",
        "--trust local --noise-multiplier 5 --clipping per-layer --sampling without-replacement --cohort 20");
  }

  @ParameterizedTest
  @MethodSource("choices")
  void train_choice_runsItsRoundsAndReportsIt(String flags) throws IOException {
    assertThat(train(flags)).as(err.toString()).isZero();
    JsonNode report = report();
    assertThat(report.path("status").asText()).isEqualTo("finished");
    assertThat(report.path("rounds")).hasSize(3);
    assertThat(report.at("/guarantee/isPrivate").asBoolean()).isTrue();
    assertThat(LedgerHistory.read(runs.resolve("ledgers/wdbc-patient.jsonl")).spentRounds(1))
        .isEqualTo(3);
    for (String choice : List.of("sampling", "clipping", "noise", "trust")) {
      assertThat(report.at("/plan/" + choice + "/label").asText())
          .isEqualTo(report.at("/configuration/privacy/" + choice).asText());
      report
          .at("/configuration/" + choice)
          .properties()
          .forEach(
              own ->
                  assertThat(report.at("/plan/" + choice).has(own.getKey()))
                      .as(own.getKey())
                      .isEqualTo(!own.getKey().equals("objective")));
    }
    for (JsonNode round : report.path("rounds")) {
      assertThat(round.at("/released/noiseStddev").asDouble()).isPositive();
      assertThat(round.at("/released/clipNorms"))
          .hasSize(flags.contains("per-layer") ? 2 : 1)
          .allMatch(norm -> norm.asDouble() > 0);
    }
    assertThat(report.toString()).hasSizeLessThan(20_000);
    assertThat(out.toString().lines())
        .allMatch(line -> line.length() <= 80 || line.contains("written to " + runs));
  }

  @Test
  void train_samplingWithoutProbability_reportsNone() throws IOException {
    train("--sampling without-replacement --cohort 20");
    assertThat(report().path("plan").has("samplingProbability")).isFalse();
  }

  @Test
  void train_cyclicPoisson_reportsTheProbabilityWithinAGroup() throws IOException {
    train("--sampling cyclic-poisson --groups 4 --cohort 20");
    // 455 clients in 4 groups, of which one has a turn.
    assertThat(report().at("/plan/samplingProbability").asDouble()).isEqualTo(80.0 / 455);
  }

  @Test
  void train_adaptive_clipNormsMoveAndAreShown() throws IOException {
    train("--clipping adaptive --clip-norm none --evaluate-every 1");
    JsonNode rounds = report().path("rounds");
    double first = rounds.at("/0/released/clipNorms/0").asDouble();
    double second = rounds.at("/1/released/clipNorms/0").asDouble();
    assertThat(first).isEqualTo(0.1);
    assertThat(second).isNotEqualTo(first);
    assertThat(rounds.at("/1/released/noiseStddev").asDouble() / second)
        .isCloseTo(
            rounds.at("/0/released/noiseStddev").asDouble() / first,
            // The grid's spacing is a power of two, and the stddev rounds up by a part of it.
            withinPercentage(0.01));
    assertThat(out.toString())
        .contains("round 2 of 3: ", ", clip norm 0.")
        .contains("0.1 in round 1", "last clip norm");
  }

  @Test
  void train_localTrustWithFixedCohorts_showsTheSumsBesideTheClientsOwn() throws IOException {
    train("--trust local --noise-multiplier 5 --sampling without-replacement --cohort 20");
    JsonNode report = report();
    double own = report.at("/guarantee/epsilon").asDouble();
    double ofSums = report.at("/guaranteeOfSums/epsilon").asDouble();
    assertThat(ofSums).isPositive().isLessThan(own / 4);
    assertThat(out.toString())
        .contains("the sums alone: (ε = ")
        .contains("ε of the sums alone")
        .contains("trust               local");
  }

  @Test
  void train_central_hasNoGuaranteeOfSums() throws IOException {
    train("");
    assertThat(report().has("guaranteeOfSums")).isFalse();
    assertThat(out.toString()).doesNotContain("the sums alone");
  }

  @Test
  void train_optimisedStrategy_isKeptForTheNextRunOfThatShape() throws IOException {
    String flags =
        "--noise banded --bands 2 --sampling participation-limited --max-participations 2 --cohort 200";
    train(flags);
    Path kept = runs.resolve("strategies/banded-2-mean-prefix-n3-k2-b2.strategy");
    assertThat(kept).exists();
    Files.writeString(kept, "damaged");
    out.getBuffer().setLength(0);
    assertThat(train(flags)).isEqualTo(2);
    assertThat(err.toString()).contains(kept.getFileName().toString());
    assertThat(err.toString().strip().lines()).hasSize(1);
  }

  @Test
  void dryRun_optimisedStrategy_writesNothing() {
    assertThat(
            train(
                "--dry-run --noise blt --buffers 1 --sampling participation-limited --max-participations 2 --cohort 200"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("200, the same in every round")
        .contains("each client in at most 2 rounds, at least 2 apart")
        .contains("blt, 1 buffer");
    assertThat(runs).isEmptyDirectory();
  }

  @Test
  void train_choiceWithoutNoise_isABaselineUnderAnyRelation() throws IOException {
    assertThat(train("--sampling without-replacement --cohort 20 --noise-multiplier 0"))
        .as(err.toString())
        .isZero();
    assertThat(report().at("/guarantee/isPrivate").asBoolean()).isFalse();
  }

  static Stream<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Map.Entry<String, String> sampling : SAMPLINGS.entrySet()) {
      for (Map.Entry<String, String> clipping : CLIPPINGS.entrySet()) {
        for (Map.Entry<String, String> noise : NOISES.entrySet()) {
          for (String trust : TRUSTS) {
            cells.add(
                Arguments.of(
                    "--sampling %s %s --clipping %s %s --noise %s %s --trust %s"
                        .formatted(
                            sampling.getKey(),
                            sampling.getValue(),
                            clipping.getKey(),
                            clipping.getValue(),
                            noise.getKey(),
                            noise.getValue(),
                            trust)));
          }
        }
      }
    }
    return cells.stream();
  }

  /** The command line takes what the mechanism accounts for and refuses the rest for its reason. */
  @ParameterizedTest
  @MethodSource("cells")
  void dryRun_anyCombination_isPlannedOrRefusedInOneLine(String flags) {
    String all = flags + " --cohort 20 --dry-run --noise-multiplier 1.5";
    Optional<String> reason = refusal(all);
    int status = train(all);
    if (reason.isEmpty()) {
      assertThat(status).as(err.toString()).isZero();
      assertThat(out.toString()).contains("(ε = ");
    } else {
      assertThat(status).isEqualTo(2);
      assertThat(err.toString()).contains(reason.get()).doesNotContain("\tat ");
      assertThat(err.toString().strip().lines()).hasSize(1);
    }
    assertThat(runs).isEmptyDirectory();
  }

  private static Optional<String> refusal(String flags) {
    Configuration configuration = Configuration.standard();
    String[] words = flags.replace("--dry-run", "").strip().split("\\s+", -1);
    for (int i = 0; i < words.length; i += 2) {
      String flag = words[i];
      Setting setting =
          Settings.ALL.stream().filter(s -> s.flag().equals(flag)).findFirst().orElseThrow();
      configuration.withFlag(setting, words[i + 1]);
    }
    PrivacyChoices choices = new PrivacyChoices(configuration.complete());
    return Mechanism.refusal(
        choices.sampling(), choices.clipping(), choices.noise(), choices.trust());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--relation add-or-remove-one --sampling participation-limited --max-participations 1 --cohort 20 | participation-limited sampling has no guarantee under add-or-remove-one: a client more would change when others take part; choose replace-one or zero-out",
        "--relation add-or-remove-one --trust local | local trust has no guarantee under add-or-remove-one",
        "--relation add-or-remove-one --sampling without-replacement --cohort 20 | choose replace-one or zero-out",
        "--clipping adaptive --noise-multiplier 1 --count-stddev 0.5 | noiseMultiplier must be below twice countStddev",
        "--zero-quantile 0.5 --zero-initial 1 --noise-multiplier 1 --zero-count-stddev 0.5 | noiseMultiplier must be below twice countStddev",
        "--clipping adaptive-per-layer --noise-multiplier 1 --count-stddev 0.7 | noiseMultiplier must be below twice countStddev",
        "--clipping per-layer --layer-shares [1,2,3] | there must be one share for each of the 2 layers",
        "--sampling without-replacement --cohort 20.5 | privacy.expectedCohortSize must be a whole number",
        "--sampling without-replacement --cohort 456 | expectedCohortSize must be positive and at most",
        "--sampling participation-limited --max-participations 1 --cohort 200 | raise maxParticipations",
        "--sampling participation-limited --max-participations 2 --min-separation 3 --cohort 200 | choose a smaller cohort or a smaller separation",
        "--sampling cyclic-poisson --groups 500 --cohort 1 | groups must be at most the population of 455",
        "--sampling cyclic-poisson --groups 4 --cohort 120 | expectedCohortSize must be at most population / groups = 113.75",
        "--sampling cyclic-poisson --groups 2 --cohort 20 --noise banded --bands 3 | bands must be at most the 2 groups",
        "--sampling cyclic-poisson --groups 2 --cohort 20 --noise banded --coefficients [1,2] | begin with 1, never rise and never be negative, were [1.0, 2.0]",
        "--noise blt --buffer-decay [2] --output-scale [0.1] | bufferDecay must be in (0, 1)",
        "--clip-norm none --zero-above 1 --noise-multiplier 0 | zeroing needs a clipping",
        "--trust local --diagnostics true | run.diagnostics has no effect with privacy.trust local",
        "--trust local --show-client-errors true | run.showClientErrors has no effect with privacy.trust local",
        "--count-stddev 2 | clipping.countStddev has no effect with privacy.clipping fixed",
        "--sampling sometimes | privacy.sampling must be one of poisson, capped-poisson,",
      })
  void train_refusedChoice_isOneLineAndStatusTwo(String flags, String message) {
    assertThat(train(flags)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(runs).isEmptyDirectory();
  }

  /** Three rounds under zero-out with noise multiplier 1, unless the flags say otherwise. */
  private int train(String flags) {
    List<String> arguments = new ArrayList<>(List.of("train", "--runs", runs.toString()));
    arguments.addAll(List.of("--rounds", "3", "--epsilon", "none"));
    if (!flags.contains("--noise-multiplier")) {
      arguments.addAll(List.of("--noise-multiplier", "1"));
    }
    if (!flags.contains("--relation") && !flags.contains("--noise-multiplier 0")) {
      arguments.addAll(List.of("--relation", "zero-out"));
    }
    if (!flags.contains("--dry-run")) {
      arguments.addAll(List.of("--name", "a"));
    }
    arguments.addAll(Stream.of(flags.split(" ", -1)).filter(word -> !word.isEmpty()).toList());
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments.toArray(String[]::new));
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(runs.resolve("a/report.json").toFile());
  }
}
