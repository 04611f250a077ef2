package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.ledger.CheckpointDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that dies leaves its model and says what it spent, or says so on standard error. */
final class TrainingRunTest {
  private static final int ROUNDS = 5;

  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Does something at a charge, when the round before it has finished. */
  private static final class FailingLedger implements PrivacyLedger {
    private final int last;
    private final Runnable failure;
    private int charges;

    FailingLedger(int last, Runnable failure) {
      this.last = last;
      this.failure = failure;
    }

    @Override
    public void charge(DpEvent event) {
      charges++;
      if (charges == last) {
        failure.run();
      }
    }

    @Override
    public Optional<LedgerPosition> position() {
      return Optional.of(new LedgerPosition(1, "head"));
    }
  }

  private static void runOutOfMemory() {
    throw new OutOfMemoryError("no more");
  }

  @Test
  void run_errorAfterCharges_leavesModelAndReportOfEveryCharge() throws IOException {
    try (Experiment experiment = experiment()) {
      RunDirectory directory = RunDirectory.named(runs, "a");
      assertThatThrownBy(
              () ->
                  run(experiment, directory, new FailingLedger(3, TrainingRunTest::runOutOfMemory)))
          .hasStackTraceContaining("no more");
      JsonNode report = new ObjectMapper().readTree(runs.resolve("a/report.json").toFile());
      assertThat(report.path("status").asText()).isEqualTo("failed");
      assertThat(report.path("roundsFinished").asInt()).isEqualTo(2);
      assertThat(report.path("roundsCharged").asInt()).isEqualTo(3);
      assertThat(report.at("/guarantee/epsilon").asDouble())
          .isEqualTo(experiment.plan().guaranteeAfter(3).epsilon());
      assertThat(
              ModelSerializer.restoreMultiLayerNetwork(runs.resolve("a/model.zip").toFile())
                  .params())
          .isNotEqualTo(experiment.network().initialParameters().reshape(1, 530));
      assertThat(out.toString()).contains("failed after 2 rounds");
    }
  }

  @Test
  void run_directoryGone_saysOnStandardErrorWhatWasSpent() throws IOException {
    try (Experiment experiment = experiment()) {
      RunDirectory directory = RunDirectory.named(runs, "gone");
      assertThatThrownBy(
              () ->
                  run(
                      experiment,
                      directory,
                      new FailingLedger(ROUNDS, () -> delete(directory.path().toFile()))))
          .isInstanceOf(RoundFailedException.class)
          .hasMessageContaining(".checkpoint was not written: ");
      assertThat(err.toString())
          .contains("report.json was not written: ", "there is no such file or directory; ")
          .contains("spent in 5 charged rounds: (ε = ")
          .contains("model.zip was not written: ");
    }
  }

  @Test
  void run_modelCannotBeWritten_stillReports() throws IOException {
    try (Experiment experiment = experiment()) {
      RunDirectory directory = RunDirectory.named(runs, "full");
      Files.createDirectories(directory.path().resolve("model.zip/in-the-way"));
      assertThatThrownBy(() -> run(experiment, directory, new FailingLedger(ROUNDS + 1, () -> {})))
          .isInstanceOf(IOException.class);
      JsonNode report = new ObjectMapper().readTree(runs.resolve("full/report.json").toFile());
      assertThat(report.path("status").asText()).isEqualTo("failed");
      assertThat(report.path("roundsCharged").asInt()).isEqualTo(ROUNDS);
      assertThat(runs.resolve("full")).isDirectoryNotContaining("glob:**.part");
    }
  }

  @Test
  void run_chargeRefusedInTheFirstRound_reportsThatNothingWasSpent() throws IOException {
    try (Experiment experiment = experiment()) {
      RunDirectory directory = RunDirectory.named(runs, "first");
      assertThatThrownBy(
              () ->
                  run(
                      experiment,
                      directory,
                      new FailingLedger(
                          1,
                          () -> {
                            throw new IllegalStateException("budget is spent");
                          })))
          .hasMessageContaining("budget is spent");
      JsonNode report = new ObjectMapper().readTree(runs.resolve("first/report.json").toFile());
      assertThat(report.path("roundsFinished").asInt()).isZero();
      assertThat(report.path("roundsCharged").asInt()).isZero();
    }
  }

  private static void delete(File file) {
    File[] inside = file.listFiles();
    for (File each : inside == null ? new File[0] : inside) {
      delete(each);
    }
    assertThat(file.delete()).isTrue();
  }

  private void run(Experiment experiment, RunDirectory directory, PrivacyLedger ledger)
      throws IOException {
    try (CheckpointDirectory checkpoints = directory.checkpoints()) {
      new TrainingRun(
              experiment,
              directory,
              false,
              CohortEngine.local(),
              new PlainOutput(Optional.empty(), new PrintWriter(out, true), () -> {}),
              new PrintWriter(err, true))
          .run(run -> ledger, checkpoints);
    }
  }

  private static Experiment experiment() {
    Configuration configuration = Configuration.standard();
    configuration.withFlag(Settings.named("privacy.rounds"), Integer.toString(ROUNDS));
    return Experiment.of(configuration.complete(), Optional.empty());
  }
}
