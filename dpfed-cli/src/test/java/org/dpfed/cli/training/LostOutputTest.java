package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes whose standard output takes nothing any more. */
@Timeout(180)
final class LostOutputTest {
  private static final String FULL = "/dev/full";

  /** More than a pipe holds. */
  private static final int ROWS = 5000;

  @TempDir private Path directory;

  private Process start(ProcessBuilder.Redirect out, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dpfed.cli.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(out)
        .redirectError(directory.resolve("err.txt").toFile())
        .start();
  }

  /** Reads one line, and no more, as {@code head -1} does. */
  private int headOf(String... arguments) throws IOException, InterruptedException {
    Process process = start(ProcessBuilder.Redirect.PIPE, arguments);
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).as(err()).isNotNull();
    }
    return statusOf(process);
  }

  private int onFullDisk(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of(FULL)), "skipped: needs " + FULL);
    return statusOf(start(ProcessBuilder.Redirect.to(Path.of(FULL).toFile()), arguments));
  }

  private static int statusOf(Process process) throws InterruptedException {
    assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String err() throws IOException {
    return Files.readString(directory.resolve("err.txt"));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private String[] training(String name) {
    return new String[] {
      "train", "--rounds", "3", "--evaluate-every", "1", "--runs", path("runs"), "--name", name
    };
  }

  private void assertTrained(String name) throws IOException {
    JsonNode report =
        new ObjectMapper().readTree(directory.resolve("runs/" + name + "/report.json").toFile());
    assertThat(report.path("status").asText()).isEqualTo("finished");
    assertThat(directory.resolve("runs/" + name + "/model.zip")).exists();
    Path ledger = directory.resolve("runs/ledgers/wdbc-patient.jsonl");
    assertThat(LedgerHistory.read(ledger).spentRounds(1)).isEqualTo(3);
  }

  @Test
  void train_nobodyReadsAnyMore_runsToItsEnd() throws IOException, InterruptedException {
    assertThat(headOf(training("piped"))).as(err()).isZero();
    assertThat(err()).isEmpty();
    assertTrained("piped");
  }

  /** Whoever tried again for a bad status would be charged again. */
  @Test
  void train_fullDisk_runsToItsEndAndSaysWhatIsLost() throws IOException, InterruptedException {
    assertThat(onFullDisk(training("full"))).as(err()).isZero();
    assertThat(err()).isEqualTo("dpfed: standard output cannot be written: the disk is full\n");
    assertTrained("full");
  }

  @Test
  void predict_nobodyReadsOrFullDisk_endsQuietlyOrSaysWhy()
      throws IOException, InterruptedException {
    String[] predict = predict();
    assertThat(headOf(predict)).isEqualTo(1);
    assertThat(err()).isEmpty();
    assertThat(onFullDisk(predict)).isEqualTo(1);
    assertThat(err()).isEqualTo("dpfed: standard output cannot be written: the disk is full\n");
  }

  /** The command that predicts many rows with a new model. */
  private String[] predict() throws IOException {
    StringBuilder rows = new StringBuilder("sick,age\n");
    for (int row = 0; row < ROWS; row++) {
      rows.append("%d,%d\n".formatted(row % 2, 20 + row % 61));
    }
    Path file = Files.writeString(directory.resolve("rows.csv"), rows);
    String flags =
        "--label sick --classes {healthy:[0],ill:[1]} --ranges {age:[0,100]} --model logistic"
            + " --client-learning-rate 0.5 --rounds 1 --clip-norm 0.5 --noise-multiplier 1"
            + " --delta 1e-4 --epsilon none --cohort 10 --partition one-per-client --name rows";
    List<String> train =
        new ArrayList<>(
            List.of("train", "--data", "csv", "--data-file", "" + file, "--runs", path("runs")));
    train.addAll(List.of(flags.split(" ", -1)));
    StringWriter errors = new StringWriter();
    int status =
        DpfedCommand.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(errors, true))
            .execute(train.toArray(String[]::new));
    assertThat(status).as(errors.toString()).isZero();
    return new String[] {"predict", path("runs/rows"), "--data-file", file.toString()};
  }

  /** An answer that nobody can read is none. */
  @Test
  void account_fullDisk_failsAndSaysWhy() throws IOException, InterruptedException {
    int status =
        onFullDisk(
            "account",
            "--noise-multiplier",
            "1",
            "--sampling-probability",
            "0.01",
            "--rounds",
            "10",
            "--delta",
            "1e-5");
    assertThat(status).as(err()).isEqualTo(1);
    assertThat(err()).isEqualTo("dpfed: standard output cannot be written: the disk is full\n");
  }
}
