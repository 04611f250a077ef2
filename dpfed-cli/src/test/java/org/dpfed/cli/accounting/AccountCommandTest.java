package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AccountCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int account(String... arguments) {
    return run(new AccountCommand(), arguments);
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(
            (error, line, parsed) -> {
              line.getErr().println(error.getMessage());
              return error instanceof UsageException ? 2 : 1;
            })
        .execute(arguments);
  }

  @Test
  void account_goldenFile_answersEveryCaseWithinItsBounds(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("golden.json");
    try (InputStream golden = AccountCommandTest.class.getResourceAsStream("golden.json")) {
      Files.copy(Objects.requireNonNull(golden, "golden.json"), file);
    }

    assertThat(account("--batch", file.toString())).as(err.toString()).isZero();
    JsonNode cases = new ObjectMapper().readTree(out.toString()).get("cases");
    assertThat(cases).hasSize(78);
    for (JsonNode answered : cases) {
      assertThat(answered.get("answer").asDouble())
          .as(answered.get("id").asText())
          .isBetween(answered.get("accept_min").asDouble(), answered.get("accept_max").asDouble());
    }
  }

  @Test
  void account_poissonFlags_printsGuaranteeWithItsAssumptions() {
    assertThat(
            account(
                "--noise-multiplier=1",
                "--cohort=100",
                "--population=10000",
                "--rounds=1000",
                "--delta=1e-5",
                "--unit=patient"))
        .isZero();
    assertThat(out.toString())
        .startsWith("(ε = 1.8283, δ = 1.0E-5)-differential privacy for one patient")
        .contains("add-or-remove-one", "PLD", "assuming");
  }

  @Test
  void account_all_printsEveryAccountantOrItsRefusal() {
    assertThat(
            account(
                "--all",
                "--noise-multiplier=1",
                "--sampling-probability=0.01",
                "--rounds=1000",
                "--delta=1e-5"))
        .isZero();
    assertThat(out.toString()).contains("analytic Gaussian", "no answer", "PLD", "RDP");
  }

  @Test
  void account_impossibleValue_isRefusedInOneLine() {
    assertThat(account("--noise-multiplier=1", "--sampling-probability=2", "--delta=1e-5"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("samplingProbability must be in (0, 1]").contains("2.0");
  }

  @ParameterizedTest
  @CsvSource({
    "--noise-multiplier=NaN --rounds=1 --delta=1e-5, noiseMultiplier must be finite and at least 0",
    "--noise-multiplier=1 --rounds=0 --delta=1e-5, --rounds must be a whole number from 1",
    "--noise-multiplier=1 --delta=1, 'delta must be in (0, 1)'",
    "--rounds=10 --delta=1e-5, --noise-multiplier is missing",
    "--noise-multiplier=1 --cohort=10 --delta=1e-5, --cohort needs --population",
    "--noise-multiplier=1 --delta=1e-5 --accountant=best, --accountant must be one of tightest",
    "--noise-multiplier=1 --delta=1e-5 --relation=twin, --relation is not known: 'twin'",
    "--noise-multiplier=1 --delta=1e-5 --orders=2..x --accountant=rdp, orders must look like",
    "--noise-multiplier=1 --delta=1e-5 --orders=2..64, --orders needs --accountant rdp"
  })
  void account_badInput_isRefusedInOneLineByTheFlagsName(String flags, String message) {
    assertThat(account(flags.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString().strip()).contains(message).doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'round': 5, 'noise_multiplier': 1, 'delta': 1e-5} | did you mean 'rounds'?",
        "{'rounds': 5, 'population': 9, 'noise_multiplier': 1, 'delta': 1e-5} | did you mean 'n'?",
        "{'rounds': 0, 'noise_multiplier': 1, 'delta': 1e-5} | rounds must be a whole number from 1",
        "{'noise_multiplier': 'NaN', 'delta': 1e-5} | noise_multiplier must be a number",
        "{'noise_multiplier': 1, 'delta': 1.5} | delta must be in (0, 1)",
        "{'noise_multiplier': 1, 'sampling_prob': 1.5, 'delta': 1e-5} | in (0, 1]",
        "{'noise_multiplier': 1, 'delta': 1e-5, 'query': 'price'} | query is not known: 'price'"
      })
  void account_badCase_isAnsweredByNullAndNamed(String fields, String message, @TempDir Path folder)
      throws IOException {
    String good = "{'note': 'any', 'noise_multiplier': 2, 'delta': 1e-5}";
    Path file = folder.resolve("cases.json");
    Files.writeString(file, ("[" + fields + "," + good + "]").replace('\'', '"'));

    assertThat(account("--batch", file.toString())).isEqualTo(2);
    assertThat(err.toString().strip()).contains("case 1: ").contains(message).doesNotContain("\n");
    JsonNode cases = new ObjectMapper().readTree(out.toString());
    assertThat(cases.get(0).get("answer").isNull()).isTrue();
    assertThat(cases.get(1).get("answer").asDouble()).isPositive();
  }

  @Test
  void account_malformedFile_isRefusedWithItsLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("cases.json"), "[\n{\"delta\":,}]");

    assertThat(account("--batch", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("cases.json:2: ");
  }

  @Test
  void account_localGaussian_printsBothSidesOfTheSameNoise() {
    assertThat(
            account(
                "--mechanism=local-gaussian",
                "--noise-multiplier=10",
                "--noisy-clients=1000",
                "--delta=1e-6"))
        .isZero();
    assertThat(out.toString())
        .contains("each message: (ε = 0.8342", "the sums alone: (ε = 0.0206", "replace-one");
  }

  @Test
  void account_clippedCountStddev_printsWhatIsLeftForTheSum() {
    assertThat(account("--noise-multiplier=1", "--clipped-count-stddev=2.5")).isZero();
    assertThat(out.toString()).startsWith("valueNoiseMultiplier 1.02062072");
  }

  @Test
  void account_plot_writesAPicture(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("epsilon.png");

    assertThat(account("--noise-multiplier=5", "--rounds=20", "--delta=1e-5", "--plot", "" + file))
        .isZero();
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(900);
  }

  @Test
  void calibrate_noiseRoundsAndCohort_meetTheTarget() {
    assertThat(
            run(
                new CalibrateCommand(),
                "--epsilon=3",
                "--sampling-probability=0.01",
                "--rounds=1000",
                "--delta=1e-5",
                "--accountant=rdp"))
        .isZero();
    assertThat(
            run(
                new CalibrateCommand(),
                "--epsilon=3",
                "--sampling-probability=0.01",
                "--noise-multiplier=1",
                "--delta=1e-5",
                "--accountant=rdp"))
        .isZero();
    assertThat(
            run(
                new CalibrateCommand(),
                "--epsilon=3",
                "--population=100000",
                "--noise-to-signal=0.01",
                "--rounds=1000",
                "--delta=1e-5",
                "--accountant=rdp"))
        .isZero();
    assertThat(out.toString()).contains("noiseMultiplier 0.8", "rounds ", "expectedCohortSize ");
  }
}
