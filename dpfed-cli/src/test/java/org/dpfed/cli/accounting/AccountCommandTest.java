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
