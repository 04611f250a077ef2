package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StrategyCommandTest {
  private static final String GBOARD = "--rounds=2000 --max-participations=6 --min-separation=313 ";

  private static CommandRun strategy(String flags) {
    return CommandRun.of(("strategy " + flags).strip().split(" ", -1));
  }

  private static JsonNode json(String flags) throws JsonProcessingException {
    CommandRun run = strategy(flags + " --json");
    assertThat(run.status()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static JsonNode way(JsonNode answer, String name) {
    for (JsonNode way : answer.get("ways")) {
      if (way.get("noise").asText().equals(name)) {
        return way;
      }
    }
    throw new AssertionError(name + " is not in " + answer);
  }

  /** Squared sensitivities times squared errors, from the golden values to the digits printed. */
  @Test
  void strategy_withoutNoise_printsTheGoldenLosses() {
    CommandRun run = strategy(GBOARD + "--bands=313 --buffers=2");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
        .contains(
            "2000 rounds, each client in at most 6, at least 313 apart.",
            "noise | sensitivity² | loss | vectors",
            "independent | 6 | 6003.0 | 0",
            "one tree, Honaker | 79 | 246.39 | 11",
            "trees of 313 rounds, Honaker | 54 | 576.24 | 9",
            "banded, 313 bands | 21.501 | 78.432 | 312",
            "BLT, 2 buffers | 22.415 | 85.455 | 2",
            "Smallest error: banded, 313 bands.",
            "Fewest stored vectors within 5 % of it: BLT, 2 buffers.");
  }

  @Test
  void strategy_maxObjective_minimisesTheMaximum() throws JsonProcessingException {
    JsonNode answer = json(GBOARD + "--objective=max --bands=100 --buffers=1");
    assertThat(answer.get("objective").asText()).isEqualTo("max-prefix");
    // The golden losses, which the optimiser must meet to 10⁻⁶.
    assertThat(way(answer, "banded, 100 bands").get("loss").asDouble())
        .isCloseTo(199.1330338661351, withinPercentage(1e-4));
    assertThat(way(answer, "BLT, 1 buffer").get("loss").asDouble())
        .isCloseTo(135.34373292441896, withinPercentage(1e-4));
  }

  /** What account says of each noise that the table names. */
  @Test
  void strategy_target_isMetByEachNoiseThatItNames() throws JsonProcessingException {
    JsonNode answer = json(GBOARD + "--epsilon=2 --delta=1e-6 --bands=32 --buffers=2");
    assertMet(answer, "independent", "--mechanism=matrix --coefficients=1 " + GBOARD);
    assertMet(answer, "one tree, Honaker", "--mechanism=tree " + GBOARD);
    assertMet(answer, "banded, 32 bands", "--mechanism=banded --bands=32 " + GBOARD);
    assertMet(answer, "BLT, 2 buffers", "--mechanism=blt --buffers=2 " + GBOARD);
  }

  private static void assertMet(JsonNode answer, String name, String run)
      throws JsonProcessingException {
    double noise = way(answer, name).get("noiseMultiplier").asDouble();
    assertThat(epsilon(run, noise)).isLessThanOrEqualTo(2);
    assertThat(epsilon(run, 0.999 * noise)).isGreaterThan(2);
  }

  private static double epsilon(String run, double noise) throws JsonProcessingException {
    String all =
        run.strip() + " --relation=zero-out --delta=1e-6 --json --noise-multiplier=" + noise;
    CommandRun account = CommandRun.of(("account " + all).split(" ", -1));
    assertThat(account.status()).as(account.err()).isZero();
    return new ObjectMapper().readTree(account.out()).get("epsilon").asDouble();
  }

  /** A case of the golden values, "for orientation, 1 % tolerance". */
  @Test
  void strategy_populationAndCohort_comparesSamplingAsTheGoldenDo() throws JsonProcessingException {
    JsonNode answer =
        json(
            "--rounds=600 --population=6000 --cohort=100 --epsilon=2 --delta=1e-6"
                + " --bands=2,6,60 --buffers=2");
    assertThat(answer.get("maxParticipations").asInt()).isEqualTo(10);
    assertThat(answer.get("minSeparation").asInt()).isEqualTo(60);
    assertRmse(answer, "independent, poisson", 20.950867971789073);
    assertRmse(answer, "banded, 2 bands, cyclic-poisson", 19.314807536624883);
    assertRmse(answer, "banded, 6 bands, cyclic-poisson", 18.636165682004084);
    assertRmse(answer, "banded, 60 bands, cyclic-poisson", 24.676783670157718);
    assertRmse(answer, "BLT, 2 buffers", 26.05425426572414);
    JsonNode sampled = way(answer, "banded, 6 bands, cyclic-poisson");
    assertThat(sampled.get("noiseToSensitivity").asDouble())
        .isCloseTo(2.4977319259517903, withinPercentage(1));
    assertThat(sampled.get("samplingProbability").asDouble()).isCloseTo(0.1, within(1e-15));
    assertThat(answer.get("smallestError").asText()).isEqualTo("banded, 6 bands, cyclic-poisson");
    // Two bands come within 5 % of it and store less.
    assertThat(answer.get("fewestVectorsWithin5Percent").asText())
        .isEqualTo("banded, 2 bands, cyclic-poisson");
  }

  private static void assertRmse(JsonNode answer, String name, double golden) {
    assertThat(way(answer, name).get("rmse").asDouble())
        .as(name)
        .isCloseTo(golden, withinPercentage(1));
  }

  @Test
  void strategy_sampledBest_isNamedBesideTheBestWithoutSampling() {
    CommandRun run =
        strategy(
            "--rounds=600 --population=6000 --cohort=100 --epsilon=2 --delta=1e-6 --bands=6"
                + " --buffers=2");
    assertThat(run.out())
        .contains("Smallest error: banded, 6 bands, cyclic-poisson.")
        .contains("Without sampling: BLT, 2 buffers.");
  }

  @Test
  void strategy_clipNormAndNoise_scaleTheErrors() throws JsonProcessingException {
    JsonNode one = json(GBOARD + "--noise-multiplier=1 --bands=32 --buffers=1");
    JsonNode scaled = json(GBOARD + "--noise-multiplier=3 --clip-norm=0.5 --bands=32 --buffers=1");
    for (JsonNode way : one.get("ways")) {
      JsonNode other = way(scaled, way.get("noise").asText());
      assertThat(other.get("rmse").asDouble())
          .isCloseTo(1.5 * way.get("rmse").asDouble(), withinPercentage(1e-10));
      // The noise multiplier is relative to the clip norm in any case.
      assertThat(other.get("noiseMultiplier").asDouble())
          .isCloseTo(3 * way.get("noiseMultiplier").asDouble(), withinPercentage(1e-10));
    }
    // The golden value.
    assertThat(way(one, "one tree, Honaker").get("rmse").asDouble())
        .isCloseTo(15.696853298892762, withinPercentage(1e-7));
  }

  @Test
  void strategy_momentum_comparesAllButTrees() {
    CommandRun run = strategy(GBOARD + "--workload=momentum --momentum=0.5 --bands=32 --buffers=1");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("server steps with momentum 0.5", "Trees are compared for --workload prefix only")
        .doesNotContain("one tree");
  }

  @Test
  void strategy_oneRound_comparesWhatThereIs() {
    CommandRun run = strategy("--rounds=1 --max-participations=1 --epsilon=1 --delta=1e-5");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("1 round, each client in at most one.", "independent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-participations=2 | --rounds is missing",
        "--rounds=9 | --max-participations is missing; say how often a client takes part",
        "--rounds=9 --population=100 | --cohort is missing",
        "--rounds=9 --cohort=10 | --population is missing",
        "--rounds=9 --cohort=10 --population=9 | --cohort must be at most --population = 9, was 10",
        "--rounds=9 --cohort=10 --population=90 --max-participations=2 | cannot be given together",
        "--rounds=9 --cohort=10 --population=90 --min-separation=2 | cannot be given together",
        "--rounds=9 --max-participations=1 --min-separation=2 | --min-separation has no effect",
        "--rounds=9 --max-participations=2 --epsilon=1 | --delta is missing",
        "--rounds=9 --max-participations=2 --delta=1e-5 | --epsilon is missing",
        "--rounds=9 --cohort=9 --population=90 --epsilon=1 --delta=0.1 | below 1 / --population",
        "--rounds=9 --max-participations=2 --delta=1e-5 --noise-multiplier=1 | has no effect with",
        "--rounds=9 --max-participations=2 --epsilon=1 --noise-multiplier=1 | has no effect with",
        "--rounds=9 --max-participations=2 --clip-norm=1 | --clip-norm has no effect without",
        "--rounds=9 --max-participations=2 --bands=10 | --bands must be at most --rounds = 9",
        "--rounds=9 --max-participations=2 --bands=2,x | each entry of --bands must be a whole",
        "--rounds=9 --max-participations=2 --buffers=0 | each entry of --buffers must be a whole",
        "--rounds=9 --max-participations=2 --buffers=9 | buffers must be at most 8, was 9",
        "--rounds=1000001 --max-participations=2 | --rounds must be at most 1000000",
        "--rounds=9 --max-participations=2 --objective=min | --objective must be one of mean, max",
        "--rounds=9 --max-participations=2 --momentum=0.5 | --momentum has no effect with",
        "--rounds=9 --max-participations=2 --rounds=8 | should be specified only once",
        "--rounds=9 --max-participations=2 --mechanism=tree | Unknown option",
      })
  void strategy_contradiction_isRefusedInOneLine(String flags, String message) {
    CommandRun run = strategy(flags);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--rounds=1000 --population=1e15 --cohort=1 --epsilon=0.001 --delta=1e-40 --bands=2"
            + " --buffers=1",
        "--rounds=1000 --max-participations=1000 --noise-multiplier=1e9 --bands=2 --buffers=1",
      })
  void strategy_anyOutput_fits80Columns(String flags) {
    CommandRun run = strategy(flags);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void help_everyOptionOfTheCommand_isThere() {
    List<Flag> taken =
        List.of(
            Flag.ROUNDS,
            Flag.MAX_PARTICIPATIONS,
            Flag.MIN_SEPARATION,
            Flag.POPULATION,
            Flag.COHORT,
            Flag.EPSILON,
            Flag.DELTA,
            Flag.NOISE_MULTIPLIER,
            Flag.CLIP_NORM,
            Flag.BANDS,
            Flag.BUFFERS,
            Flag.OBJECTIVE,
            Flag.WORKLOAD,
            Flag.MOMENTUM,
            Flag.JSON);
    String help = Objects.requireNonNull(strategy("--help").out());
    for (Flag flag : Flag.values()) {
      assertThat(help.contains(flag.option() + "=") || help.contains(flag.option() + " "))
          .as(flag.option())
          .isEqualTo(taken.contains(flag));
    }
  }
}
