package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.dpfed.cli.plot.Plot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountCommandTest {
  private static CommandRun account(String flags) {
    return CommandRun.of(("account " + flags).split(" ", -1));
  }

  @Test
  void account_poissonFlags_printsGuaranteeWithItsAssumptions() {
    CommandRun run =
        account(
            "--noise-multiplier=1 --cohort=100 --population=10000 --rounds=1000 --delta=1e-5"
                + " --unit=patient");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .startsWith("(ε = 1.8283, δ = 1.0E-5)-differential privacy for one patient")
        .contains("add-or-remove-one", "PLD", "assuming")
        .contains("each client holds all data of one patient", "is a claim");
  }

  /** The four commands of an outsider whose answers were wrong. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--noise-multiplier=1.1 --delta=1e-5 --rounds=480 --sampling-probability=0.5 --cohort=250"
            + " --population=60000 | --sampling-probability and --cohort cannot be given together",
        "--noise-multiplier=1.1 --delta=1e-5 --cohort=250 --population=60000 | --rounds is missing",
        "--noise-multiplier=1.1 --delta=0.1 --cohort=250 --population=60000 --rounds=480"
            + " | --delta must be below 1 / --population = 1.6666666666666667E-5, was 0.1",
        "--noise-multiplier=1 --delta=1e-5 --rounds=10 --max-cohort=7"
            + " | --max-cohort has no effect with --sampling none; leave it out, or choose"
            + " --sampling capped-poisson",
      })
  void account_contradiction_isRefusedInOneLineThatSaysWhatToDo(String flags, String message) {
    CommandRun run = account(flags);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(message);
  }

  @ParameterizedTest
  @CsvSource({
    "--noise-multiplier=NaN --rounds=1 --delta=1e-5, --noise-multiplier must be a number of at",
    "--noise-multiplier=1 --rounds=0 --delta=1e-5, --rounds must be a whole number from 1",
    "--noise-multiplier=1 --rounds=1 --delta=1, '--delta must be a number in (0, 1)'",
    "--noise-multiplier=1 --rounds=1 --sampling-probability=2 --delta=1e-5, 'in (0, 1], was'",
    "--rounds=10 --delta=1e-5, --noise-multiplier is missing",
    "--noise-multiplier=1 --rounds=1, --delta is missing",
    "--noise-multiplier=1 --cohort=10 --rounds=1 --delta=1e-5, --population is missing",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --accountant=best, must be one of tightest",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --mechanism=laplace, must be one of gaussian",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --sampling=shuffled, must be one of none",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --relation=twin, --relation must be",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --unit=, --unit must name",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --orders=2..x --accountant=rdp, each entry of",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --orders=9..2 --accountant=rdp, must rise",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --orders=2..2147483647 --accountant=rdp, at most",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --orders=1 --accountant=rdp, must be above 1",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --orders=2..64, --accountant rdp",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --plot=a.gif, must end in .png",
    "--noise-multiplier=1 --rounds=1 --delta=1e-5 --cohort=11 --population=10, --cohort must be",
  })
  void account_badInput_isRefusedInOneLineByTheFlagsName(String flags, String message) {
    CommandRun run = account(flags);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(message);
  }

  @Test
  void account_mechanismsOfAFixedPopulation_askForARelationThatHasAGuarantee() {
    for (String mechanism :
        new String[] {
          "--mechanism=tree --max-participations=2",
          "--mechanism=tree --tree-rounds=3,4",
          "--mechanism=matrix --coefficients=1,0.5 --max-participations=2",
          "--mechanism=banded --bands=2 --max-participations=2",
          "--mechanism=blt --buffers=1 --max-participations=2",
          "--sampling=without-replacement --cohort=10 --population=100"
        }) {
      String rounds = mechanism.contains("tree-rounds") ? "" : " --rounds=9";
      CommandRun run = account("--noise-multiplier=2 --delta=1e-5 " + mechanism + rounds);
      assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
      assertThat(run.err()).contains("--relation must be replace-one or zero-out");
    }
  }

  @Test
  void account_separationOfOneParticipation_isRefused() {
    CommandRun run =
        account(
            "--mechanism=tree --relation=zero-out --noise-multiplier=2 --rounds=9 --delta=1e-5"
                + " --max-participations=1 --min-separation=4");
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains("--min-separation has no effect with --max-participations 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Nodes per leaf: 9 in six trees, 7 in the last.
        "--max-participations=6 | 54 | no client joins more than one round of each tree, nor more"
            + " than 6 rounds",
        "'' | 61 | no client joins more than one round of each tree",
        // Two in each of three trees, both below the node of 256 rounds.
        "--max-participations=6 --min-separation=250 | 60 | no client joins more than 6 rounds,"
            + " whose indices differ by at least 250 within a tree"
      })
  void account_restartedTrees_costTheirSensitivityAndStateTheParticipation(
      String participation, double squared, String rule) {
    CommandRun run =
        account(
            ("--mechanism=tree --relation=zero-out --noise-multiplier=7 --delta=1e-10"
                    + " --tree-rounds=313,313,313,313,313,313,122 "
                    + participation)
                .strip());
    CommandRun gaussian =
        account(
            "--relation=zero-out --rounds=1 --delta=1e-10 --noise-multiplier="
                + 7 / Math.sqrt(squared));
    assertThat(run.out().lines().findFirst()).isEqualTo(gaussian.out().lines().findFirst());
    assertThat(run.out()).contains(rule);
  }

  @Test
  void account_cappedCohort_isFiniteAndCheaperThanTheNextSmallerCap() {
    String run =
        "--noise-multiplier=1 --sampling=capped-poisson --sampling-probability=0.05"
            + " --population=1000 --rounds=200 --delta=1e-5 --relation=zero-out --max-cohort=";
    // Between the best attack found and the bound of two contributions in each cut.
    assertThat(account(run + 60).out()).startsWith("(ε = 5.5868,");
    assertThat(account(run + 80).out()).startsWith("(ε = 4.7663,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--coefficients=1,0.5", "--buffer-decay=0.9 --output-scale=0.3"})
  void account_matrixOfTooManyRounds_isRefusedBeforeItIsBuilt(String matrix) {
    CommandRun run =
        account(
            "--mechanism=matrix --relation=zero-out --noise-multiplier=2 --rounds=2147483647"
                + " --delta=1e-5 --max-participations=2 "
                + matrix);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains("--rounds must be at most 1000000 with --mechanism matrix");
  }

  @ParameterizedTest
  @CsvSource({"banded, --bands=2", "blt, --buffers=1"})
  void account_optimisedMatrixOfTooManyRounds_isRefusedBeforeItIsBuilt(String name, String size) {
    CommandRun run =
        account(
            "--relation=zero-out --noise-multiplier=2 --rounds=1000001 --delta=1e-5"
                + " --max-participations=2 --mechanism=%s %s".formatted(name, size));
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains("--rounds must be at most 1000000 with --mechanism " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "--objective=median, '--objective must be one of mean, max, was'",
    "--workload=adam, '--workload must be one of prefix, momentum, was'",
    "--momentum=0.5, '--momentum has no effect with --workload prefix; leave it out, or choose'",
    "--workload=momentum --momentum=1, '--momentum must be a number in [0, 1)'",
    "--plot=a.png, --plot has no effect with --mechanism blt",
    "--bands=3, --bands has no effect with --mechanism blt",
    "--max-participations=1 --min-separation=2, given more than once",
  })
  void account_optimisedMatrixAndBadOption_isRefusedInOneLine(String flags, String message) {
    CommandRun run =
        account(
            "--mechanism=blt --buffers=1 --relation=zero-out --noise-multiplier=2 --rounds=9"
                + " --delta=1e-5 --max-participations=2 "
                + flags);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(message);
  }

  /** What the strategy that is printed costs when it is given by its numbers. */
  @Test
  void account_optimisedBands_costWhatTheirSensitivitySays() {
    String run = " --relation=zero-out --delta=1e-6 --rounds=2000 --max-participations=6";
    // The golden squared sensitivity 25.892791424485914 times 2², cut below.
    CommandRun optimised =
        account(
            "--mechanism=banded --bands=100 --min-separation=313 --noise-multiplier=10.17699"
                + run);
    assertThat(optimised.status()).as(optimised.err()).isZero();
    // One Gaussian of noise multiplier 2: 2.2541, rounded up.
    assertThat(optimised.out()).startsWith("(ε = 2.2541, δ = 1.0E-6)");
    assertThat(optimised.out()).contains("no client joins more than 6 rounds");
  }

  @Test
  void account_all_printsEveryAccountantOrItsRefusal() {
    CommandRun run =
        account(
            "--all --noise-multiplier=1 --sampling-probability=0.01 --rounds=1000 --delta=1e-5");
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("analytic Gaussian", "no answer", "PLD", "RDP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " --all"})
  void account_jsonWithoutNoise_isNullAndSaysNoPrivacy(String all) throws JsonProcessingException {
    CommandRun run = account("--noise-multiplier=0 --rounds=1 --delta=1e-5 --json" + all);
    assertThat(run.status()).isZero();
    assertThat(run.out()).doesNotContain("Infinity", "NaN");
    JsonNode answer = new ObjectMapper().readTree(run.out());
    JsonNode guarantee = all.isEmpty() ? answer : answer.get("guarantee");
    assertThat(guarantee.get("epsilon").isNull()).isTrue();
    assertThat(guarantee.get("isPrivate").asBoolean()).isFalse();
    for (JsonNode accountant : answer.path("accountants")) {
      assertThat(accountant.get("epsilon").isNull()).isTrue();
    }
  }

  @Test
  void account_localGaussian_printsBothSidesOfTheSameNoise() {
    CommandRun run =
        account(
            "--mechanism=local-gaussian --noise-multiplier=10 --noisy-clients=1000 --rounds=1"
                + " --delta=1e-6");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("each message: (ε = 0.8342", "the sums alone: (ε = 0.0206", "replace-one");
  }

  @Test
  void account_clippedCountStddev_printsWhatIsLeftForTheSum() {
    CommandRun run = account("--noise-multiplier=1 --count-stddev=2.5");
    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("valueNoiseMultiplier 1.02062072");
  }

  /** Theorem 3.1 of Feldman, McMillan, Talwar: both directions of one curve. */
  @Test
  void account_shuffledDeltaAtItsOwnEpsilon_isAtMostTheDelta() {
    String run = "--mechanism=shuffled --local-epsilon=1 --population=1000";
    assertThat(account(run + " --delta=1e-6").out()).startsWith("(ε = 0.1825");
    String delta = account(run + " --epsilon=0.1825").out().strip();
    assertThat(Double.parseDouble(delta.substring("delta ".length()))).isBetween(9e-7, 1e-6);
  }

  @Test
  void account_plot_writesAPicture(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("epsilon.png");
    CommandRun run =
        CommandRun.of(
            "account",
            "--noise-multiplier=5",
            "--rounds=20",
            "--delta=1e-5",
            "--plot",
            file.toString());
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(Plot.SCALE * Plot.WIDTH);
  }

  @ParameterizedTest
  @CsvSource({
    "--noise-multiplier=1 --rounds=10, --rounds has no effect with --noise-multiplier",
    "--noise-to-signal=.01 --population=9 --cohort=3 --rounds=9, --cohort has no effect with",
    "--noise-to-signal=.01 --population=9 --noise-multiplier=3, --noise-multiplier has no effect",
    "--noise-to-signal=.01 --rounds=9, --population is missing",
    "--noise-to-signal=.01 --population=9 --rounds=9 --sampling=none, --sampling poisson only",
    "--mechanism=local-dp --local-epsilon=.1 --rounds=9, --rounds has no effect",
    "--mechanism=local-dp --local-epsilon=.1 --noise-multiplier=9, has no effect with --mechanism",
    "--mechanism=shuffled --local-epsilon=.1 --population=9, to be calibrated",
    "--mechanism=local-gaussian --rounds=9, to be calibrated",
    "--noise-multiplier=1 --mechanism=tree --tree-rounds=9, --tree-rounds has no effect",
    "--cohort=3 --population=9, --rounds is missing",
  })
  void calibrate_contradiction_isRefusedInOneLine(String flags, String message) {
    CommandRun run = CommandRun.of(("calibrate --epsilon=3 --delta=1e-5 " + flags).split(" ", -1));
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(message);
  }

  @Test
  void calibrate_cohort_isTheSmallestThatAccountConfirms() {
    String common = " --population=100000 --rounds=1000 --accountant=rdp";
    CommandRun run =
        CommandRun.of(
            ("calibrate --epsilon=3 --delta=1e-6 --noise-to-signal=0.01" + common).split(" ", -1));
    assertThat(run.status()).as(run.err()).isZero();
    long cohort = Long.parseLong(run.out().strip().substring("expectedCohortSize ".length()));
    String delta = "--epsilon=3 --cohort=%d --noise-multiplier=%s" + common;
    assertThat(deltaOf(delta.formatted(cohort, 0.01 * cohort))).isLessThanOrEqualTo(1e-6);
    assertThat(deltaOf(delta.formatted(cohort - 1, 0.01 * (cohort - 1)))).isGreaterThan(1e-6);
  }

  private static double deltaOf(String flags) {
    return Double.parseDouble(account(flags).out().strip().substring("delta ".length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"account", "calibrate"})
  void help_everyOptionAndMechanism_isThereWithin80Columns(String command) {
    String help = CommandRun.of(command, "--help").out();
    assertThat(help).contains(Choices.SAMPLINGS.names());
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    Set<Flag> others =
        command.equals("account")
            ? EnumSet.of(Flag.NOISE_TO_SIGNAL)
            : EnumSet.of(Flag.ALL, Flag.BATCH, Flag.COUNT_STDDEV, Flag.UNIT, Flag.PLOT);
    for (Flag flag : Flag.values()) {
      assertThat(help.contains(" " + flag.option() + " ") || help.contains(flag.option() + "="))
          .as(flag.option())
          .isEqualTo(!others.contains(flag));
    }
  }
}
