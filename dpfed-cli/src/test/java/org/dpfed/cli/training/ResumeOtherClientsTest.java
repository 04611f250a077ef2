package org.dpfed.cli.training;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data that were changed between a run and its resumption: as many clients, but others, or in
 * another order.
 */
final class ResumeOtherClientsTest {
  private static final String OTHERS =
      "some clients are not those of the run, although there are as many";
  private static final String PERMUTED = "the clients are those of the run in another order";

  private static final String BY_KEY =
      """
      data:
        set: csv
        file: rows.csv
        label: dead
        classes: {survived: ["no"], died: ["yes"]}
        key: patient
        ranges: {age: [0, 100]}
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: logistic}
      """;

  private static final String BY_ROW =
      BY_KEY
          .replace("  key: patient\n", "  ignore: [patient]\n")
          .replace("by-key", "one-per-client");

  private static final String BY_FILE =
      BY_KEY
          .replace("file: rows.csv", "directory: sites")
          .replace("  key: patient\n", "  ignore: [patient]\n");

  private static final String DICOM =
      """
      data:
        set: dicom
        %s
        labels: labels.csv
        classes: [healthy, ill]
        imageSize: [16, 16]
        scaling: pixel
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: residual, width: 4}
      """;

  private static final String FOLDER =
      """
      data:
        set: image-folder
        directory: sites
        classes: [healthy, ill]
        imageSize: [16, 16]
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: image-cnn, width: 4}
      """;

  private final Path directory;
  private final ImageRun run;

  ResumeOtherClientsTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @Test
  void resume_csvByKey_takesTheSamePatientsInTheSameOrderAlone() throws IOException {
    List<String> patients = IntStream.range(0, 30).mapToObj(i -> "ZQNAMED" + (200 + i)).toList();
    csv("rows.csv", patients);
    assertThat(run.train(BY_KEY)).as(run.err()).isZero();
    assertNowhere("ZQNAMED2");

    List<String> swapped = new ArrayList<>(patients);
    swapped.set(4, "ZQNAMED999");
    csv("rows.csv", swapped);
    assertRefused(OTHERS);
    List<String> reversed = new ArrayList<>(patients);
    Collections.reverse(reversed);
    csv("rows.csv", reversed);
    assertRefused(PERMUTED);
    assertNowhere("ZQNAMED2");

    csv("rows.csv", patients);
    assertResumes();
    assertNowhere("ZQNAMED2");
  }

  /** Also where the plan is impossible for those who are left: the cohort is of 30. */
  @ParameterizedTest
  @ValueSource(ints = {29, 31})
  void resume_fewerOrMoreClients_namesBothNumbersAndTheData(int now) throws IOException {
    List<String> patients = IntStream.range(0, 31).mapToObj(i -> "ZQNAMED" + (200 + i)).toList();
    csv("rows.csv", patients.subList(0, 30));
    assertThat(run.train(BY_KEY, "--cohort", "30")).as(run.err()).isZero();
    csv("rows.csv", patients.subList(0, now));
    assertRefused(
        "some clients are not those of the run: it had 30, the data have %d now; resume with the same data"
            .formatted(now));
  }

  /** What a client's rows say may be mended: the client is the same. */
  @Test
  void resume_csvByKeyWithOtherValues_goesOn() throws IOException {
    List<String> patients = IntStream.range(0, 30).mapToObj(i -> "ZQNAMED" + (200 + i)).toList();
    csv("rows.csv", patients);
    assertThat(run.train(BY_KEY)).as(run.err()).isZero();
    Path rows = directory.resolve("rows.csv");
    Files.writeString(rows, Files.readString(rows).replace(",33,", ",34,"));
    assertResumes();
  }

  /** Held-out rows were trained on where the split is another, and features mean something else. */
  @ParameterizedTest
  @CsvSource({"'(age:\\D*0\\D+)100', ranges", "'(splitSeed:\\D*)\\d+', splitSeed"})
  void resume_otherSettingsOfData_refusedByName(String setting, String name) throws IOException {
    List<String> patients = IntStream.range(0, 30).mapToObj(i -> "ZQNAMED" + (200 + i)).toList();
    csv("rows.csv", patients);
    String given = BY_KEY.replace("testShare: 0.3", "testShare: 0.3\n  splitSeed: 5");
    assertThat(run.train(given)).as(run.err()).isZero();
    Path settings = run.path().resolve("config.yaml");
    String before = Files.readString(settings);
    String edited = before.replaceFirst("(?s)" + setting, "$1" + 999);
    assertThat(edited).isNotEqualTo(before);

    Files.writeString(settings, edited);
    for (String[] flags : List.of(new String[] {"--dry-run"}, new String[0])) {
      assertThat(resume(flags)).isEqualTo(2);
      assertThat(run.err()).contains("preparation was", name, "resume with the settings of that");
    }
    Files.writeString(settings, before);
    assertResumes();
  }

  /** The weights belong to the columns as the run found them, and so does what predict reads. */
  @Test
  void resume_csvWithColumnsInAnotherOrder_isRefusedAndChangesNothing() throws IOException {
    String given = BY_KEY.replace("ranges: {age: [0, 100]}", "remainingRange: [0, 100]");
    StringBuilder rows = new StringBuilder();
    StringBuilder swapped = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String label = i % 2 == 0 ? "no" : "yes";
      rows.append("p%d,%d,%d,%s%n".formatted(i / 2, i, 99 - i, label));
      swapped.append("p%d,%d,%d,%s%n".formatted(i / 2, 99 - i, i, label));
    }
    Path file = directory.resolve("rows.csv");
    Files.writeString(file, "patient,age,weight,dead\n" + rows);
    assertThat(run.train(given)).as(run.err()).isZero();
    Path preprocessing = run.path().resolve("preprocessing.json");
    String before = Files.readString(preprocessing);
    byte[] ledger = ledger();

    Files.writeString(file, "patient,weight,age,dead\n" + swapped);
    for (String[] flags : List.of(new String[] {"--dry-run"}, new String[0])) {
      assertThat(resume(flags)).isEqualTo(2);
      assertThat(run.err())
          .contains("the columns of the data are not those that the run began with");
      assertThat(preprocessing).hasContent(before);
      assertThat(ledger()).isEqualTo(ledger);
    }
    Files.writeString(file, "patient,age,weight,dead\n" + rows);
    assertResumes();
  }

  /** A new one would have no history, and the next run would be charged as the first. */
  @Test
  void resume_ledgerIsMissing_makesNone() throws IOException {
    csv("rows.csv", IntStream.range(0, 30).mapToObj(i -> "ZQNAMED" + (200 + i)).toList());
    assertThat(run.train(BY_KEY)).as(run.err()).isZero();
    Path ledger = ledgerFile();
    Path away = Files.move(ledger, directory.resolve("away.jsonl"));

    assertThat(resume()).isEqualTo(2);
    assertThat(ledger).doesNotExist();

    Files.move(away, ledger);
    assertResumes();
  }

  /** Without keys a row is what it holds. */
  @Test
  void resume_csvByRow_takesTheSameRowsInTheSameOrderAlone() throws IOException {
    List<String> patients = IntStream.range(0, 30).mapToObj(i -> "ZQNAMED" + (200 + i)).toList();
    csv("rows.csv", patients);
    Path rows = directory.resolve("rows.csv");
    String before = Files.readString(rows);
    assertThat(run.train(BY_ROW)).as(run.err()).isZero();

    Files.writeString(rows, before.replaceFirst(",30,", ",31,").replaceFirst(",33,", ",34,"));
    assertRefused(OTHERS);
    List<String> lines = new ArrayList<>(before.lines().toList());
    Collections.reverse(lines.subList(1, lines.size()));
    Files.writeString(rows, String.join("\n", lines));
    assertRefused(PERMUTED);

    Files.writeString(rows, before);
    assertResumes();
  }

  @Test
  void resume_filesRenamed_areOtherClients() throws IOException {
    for (int site = 0; site < 12; site++) {
      csv("sites/ZQNAMED%02d.csv".formatted(site), List.of("p" + site, "q" + site));
    }
    assertThat(run.train(BY_FILE)).as(run.err()).isZero();
    assertNowhere("ZQNAMED0");
    Path file = directory.resolve("sites/ZQNAMED03.csv");
    Path renamed = directory.resolve("sites/ZQNAMED99.csv");
    Files.move(file, renamed);
    assertRefused(OTHERS);
    Files.move(renamed, file);
    assertResumes();
  }

  @Test
  void resume_folderRenamed_isAnotherClient() throws IOException {
    for (int site = 0; site < 10; site++) {
      for (String label : List.of("healthy", "ill")) {
        image("sites/ZQNAMED%d/%s/scan.png".formatted(site, label), label.equals("ill") ? 200 : 40);
      }
    }
    assertThat(run.train(FOLDER)).as(run.err()).isZero();
    assertNowhere("ZQNAMED3");
    Path folder = directory.resolve("sites/ZQNAMED3");
    Files.move(folder, directory.resolve("sites/ZQNAMED30"));
    assertRefused(OTHERS);
    Files.move(directory.resolve("sites/ZQNAMED30"), folder);
    assertResumes();
  }

  /** The hashes of patients have another key in each process, and are compared all the same. */
  @Test
  void resume_dicomDirectory_takesTheSamePatientsInTheSameOrderAlone() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQNAMEDpatient-");
    assertThat(run.train(DICOM.formatted("directory: archive"))).as(run.err()).isZero();

    rename(3, "ZQNAMEDpatient-3", "ZQNAMEDpatient-X");
    assertRefused(OTHERS);
    rename(3, "ZQNAMEDpatient-X", "ZQNAMEDpatient-3");
    Path study = directory.resolve("archive/study4");
    Files.move(study, directory.resolve("archive/study99"));
    assertRefused(PERMUTED);
    Files.move(directory.resolve("archive/study99"), study);
    assertResumes();
    assertNowhere("ZQNAMEDpatient");
  }

  @Test
  void resume_dicomServer_takesTheSamePatientsInTheSameOrderAlone() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQNAMEDpatient-");
    Path credentials =
        Files.writeString(directory.resolve("credentials"), "hospital:ZQNAMEDsecret");
    Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
    try (ServedDicom server = ServedDicom.of(directory.resolve("archive"), "ZQNAMEDsecret")) {
      String source = "url: \"%s\"\n  credentials: credentials".formatted(server.url());
      assertThat(run.train(DICOM.formatted(source))).as(run.err()).isZero();

      // The server reads its files when it is asked for them.
      rename(3, "ZQNAMEDpatient-3", "ZQNAMEDpatient-X");
      assertRefused(OTHERS);
      rename(5, "ZQNAMEDpatient-5", "ZQNAMEDpatient-3");
      rename(3, "ZQNAMEDpatient-X", "ZQNAMEDpatient-5");
      assertRefused(PERMUTED);
      rename(5, "ZQNAMEDpatient-3", "ZQNAMEDpatient-5");
      rename(3, "ZQNAMEDpatient-5", "ZQNAMEDpatient-3");
      assertResumes();
      assertNowhere("ZQNAMED");
    }
  }

  /** Gives the images of a study, and their label, to another patient. */
  private void rename(int study, String from, String to) throws IOException {
    for (int instance = 1; instance <= 2; instance++) {
      Path file = directory.resolve("archive/study%d/IM000%d".formatted(study, instance));
      String text = new String(Files.readAllBytes(file), ISO_8859_1);
      Files.write(file, text.replace(from, to).getBytes(ISO_8859_1));
    }
    Path labels = directory.resolve("labels.csv");
    String text = Files.readString(labels);
    if (!text.contains(to + ",")) {
      Files.writeString(labels, text + to + ",healthy\n");
    }
  }

  /** Two rows for each patient, one after the other. */
  private void csv(String name, List<String> patients) throws IOException {
    StringBuilder rows = new StringBuilder("patient,age,dead\n");
    for (String patient : patients) {
      int number = Integer.parseInt(patient.replaceAll("\\D", ""));
      rows.append("%s,%d,no%n%s,%d,yes%n".formatted(patient, number % 90, patient, 90));
    }
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, rows);
  }

  private void image(String path, int grey) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(3, 3, 0, grey);
    ImageIO.write(image, "png", file.toFile());
  }

  private int resume(String... flags) {
    return run.dpfed(
        Stream.concat(
                Stream.of("train", "--resume", run.path().toString(), "--rounds", "4"),
                Stream.of(flags))
            .toArray(String[]::new));
  }

  private void assertRefused(String problem) throws IOException {
    byte[] ledger = ledger();
    assertThat(resume("--dry-run")).as(run.err()).isEqualTo(2);
    String dry = run.err();
    assertThat(resume()).as(run.err()).isEqualTo(2);
    assertThat(run.err().strip())
        .startsWith("dpfed train: " + problem)
        .contains("start a new run, which the ledger charges in full")
        .doesNotContain("\n", "ZQNAMED");
    assertThat(dry).isEqualTo(run.err());
    assertThat(ledger()).isEqualTo(ledger);
  }

  private void assertResumes() throws IOException {
    assertThat(resume()).as(run.err()).isZero();
    assertThat(run.report().path("roundsFinished").asInt()).isEqualTo(4);
  }

  private byte[] ledger() throws IOException {
    return Files.readAllBytes(ledgerFile());
  }

  private Path ledgerFile() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("runs/ledgers"))) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).findFirst().orElseThrow();
    }
  }

  private void assertNowhere(String key) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("runs"))) {
      List<Path> written = files.filter(Files::isRegularFile).toList();
      assertThat(written).hasSizeGreaterThan(4);
      for (Path file : written) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .as(file.toString())
            .doesNotContain(key);
      }
    }
  }
}
