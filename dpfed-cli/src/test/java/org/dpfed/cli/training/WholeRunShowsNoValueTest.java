package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.dpfed.imaging.dicom.DicomWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that a process writes during a whole run, with every library at its most talkative,
 * searched for what stands in the clients' rows: values that occur nowhere else, also as the
 * features that they become.
 */
class WholeRunShowsNoValueTest {
  /** A key, an undeclared column, and a number of which 7 digits stand in its feature too. */
  private static final String ROW = "ZQkey%d,%s,7351926.%d,ZQnote%d%n";

  /** What ND4J shows of an array: four digits behind the point. Of the rest, more digits. */
  private static final List<String> IN_LOGS = List.of("zq", "73519", "0.7352");

  private static final List<String> IN_FILES = List.of("zq", "73519");

  private static final String RUN =
      "train --data csv --data-file rows.csv --label sick --classes [no,yes] --key site --partition by-key"
          + " --unit patient --ignore [note] --ranges {age:[0,10000000]} --test-share 0.3"
          + " --rounds 3 --cohort 10 --clip-norm 0.5 --noise-multiplier 1 --delta 1e-5"
          + " --epsilon none --model mlp --hidden [4] --evaluate-every 1 --name run --runs runs"
          + " --diagnostics true --client-updater ";

  private static final String ON_DICOM =
      "train --data dicom --labels labels.csv --classes [healthy,ill]"
          + " --image-size [16,16] --scaling pixel --test-share 0.3 --partition by-key"
          + " --model residual --width 4 --client-learning-rate 0.1 --rounds 3 --cohort 8"
          + " --clip-norm 1 --noise-multiplier 1 --epsilon none --delta 1e-3"
          + " --evaluate-every 1 --name run --runs runs --diagnostics true";

  private final Map<String, String> environment = new TreeMap<>();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void train_everyLibraryAtTrace_showsNoValueOfAnyRow(String updater) throws Exception {
    writeRows("");

    Output output = run(RUN + updater);

    assertThat(output.status()).as(output.text()).isZero();
    assertThat(output.text()).contains("TRACE").contains("finished after 3 rounds");
    assertNone("the output", output.text(), IN_LOGS);
    Map<String, String> files = filesOfTheRun();
    assertThat(files)
        .containsKeys("runs/run/report.json", "runs/run/model.zip", "runs/run/config.yaml")
        .containsKeys("runs/run/preprocessing.json", "runs/run/model.zip!configuration.json")
        .hasSizeGreaterThan(6);
    files.forEach((name, content) -> assertNone(name, content, IN_FILES));
  }

  @Test
  void train_dicomWithEveryLibraryAtTrace_showsNoPatientId() throws Exception {
    new MadeImages().dicom(directory, 12, "ZQkey");
    assertTrainsWithout(run(ON_DICOM + " --data-directory archive"), "zqkey");
  }

  /** Nor what it takes to get into a server. */
  @Test
  void train_dicomWebWithEveryLibraryAtTrace_showsNoPatientIdAndNoSecret() throws Exception {
    new MadeImages().dicom(directory, 12, "ZQkey");
    String sent = DicomWebServer.basic("hospital", "ZQkeyword").substring("Basic ".length());
    try (ServedDicom server = ServedDicom.of(directory.resolve("archive"), "ZQkeyword")) {
      environment.put(DicomServer.CREDENTIALS, "hospital:ZQkeyword");
      assertTrainsWithout(
          run(ON_DICOM + " --ledger patients.jsonl --data-url " + server.url()),
          "zqkey",
          sent.toLowerCase(Locale.ROOT));
    }
  }

  private void assertTrainsWithout(Output output, String... tokens) throws IOException {
    assertThat(output.status()).as(output.text()).isZero();
    assertThat(output.text()).contains("TRACE").contains("finished after 3 rounds");
    assertNone("the output", output.text(), List.of(tokens));
    Map<String, String> files = filesOfTheRun();
    assertThat(files).containsKeys("runs/run/report.json", "runs/run/model.zip");
    files.forEach((name, content) -> assertNone(name, content, List.of(tokens)));
  }

  @Test
  void train_rowThatCannotBeRead_showsNoValueOfAnyRow() throws Exception {
    for (String broken :
        List.of("ZQkey,perhaps,7351926.1,ZQnote", "ZQkey,no,ZQage,ZQnote", "ZQkey,no,7351926")) {
      writeRows(broken);

      Output output = run("--verbose " + RUN + "sgd");

      assertThat(output.status()).as(output.text()).isEqualTo(2);
      assertThat(output.text()).contains("rows.csv: line 42");
      assertNone("the output", output.text(), IN_LOGS);
    }
  }

  private void writeRows(String last) throws IOException {
    StringBuilder rows = new StringBuilder("site,sick,age,note\n");
    for (int row = 0; row < 40; row++) {
      rows.append(ROW.formatted(row % 20, row % 3 == 0 ? "yes" : "no", row, row));
    }
    Files.writeString(directory.resolve("rows.csv"), rows + last);
  }

  /** What a process printed, both streams in one: native code prints too. */
  private record Output(int status, String text) {}

  private Output run(String arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "-Ddpfed.log.level=TRACE",
            "-Ddpfed.log.stackTrace=%ex",
            "-Dlogback.configurationFile=logback.xml",
            "-Djava.io.tmpdir=" + directory,
            "-cp",
            absolute(System.getProperty("java.class.path")),
            "org.dpfed.cli.Main"));
    words.addAll(List.of(arguments.split(" ")));
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Output(process.exitValue(), text);
  }

  private static String absolute(String classPath) {
    return String.join(
        ":",
        Arrays.stream(classPath.split(":", -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  /** All files but those of the data, and what is packed in them, as text. */
  private Map<String, String> filesOfTheRun() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (!name.matches("rows.csv|labels.csv|archive/.*")) {
          contents.put(name, text(Files.readAllBytes(file)));
        }
        if (name.endsWith(".zip")) {
          try (InputStream stream = Files.newInputStream(file);
              ZipInputStream zip = new ZipInputStream(stream)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
              contents.put(name + "!" + entry.getName(), text(zip.readAllBytes()));
            }
          }
        }
      }
    }
    return contents;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private void assertNone(String where, String content, List<String> tokens) {
    String searched = content.replace(directory.toString(), "").toLowerCase(Locale.ROOT);
    for (String token : tokens) {
      int at = searched.indexOf(token);
      assertThat(at)
          .as(
              "%s of a row in %s: %s",
              token, where, at < 0 ? "" : searched.substring(Math.max(0, at - 200), at + 50))
          .isNegative();
    }
  }
}
