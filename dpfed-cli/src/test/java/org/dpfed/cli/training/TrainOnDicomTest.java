package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DICOM files on the command line, and that nothing shows a Patient ID. */
final class TrainOnDicomTest {
  private static final String DICOM =
      """
      data:
        set: dicom
        directory: archive
        labels: labels.csv
        classes: [healthy, ill]
        imageSize: [16, 16]
        scaling: pixel
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: residual, width: 4}
      """;

  private final Path directory;
  private final ImageRun run;

  TrainOnDicomTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @Test
  void train_dicom_writesNoPatientIdAnywhere() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");

    assertThat(run.train(DICOM)).as(run.err()).isZero();

    run.assertTrained();
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/examples").asInt() % 2).isZero();
    assertNoId();
  }

  /** Hashes differ from run to run; who is held out, and which client is whom, does not. */
  @Test
  void split_dicomReadTwice_holdsOutTheSamePatients() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    Configuration configuration =
        Configuration.of(Files.writeString(directory.resolve("a.yaml"), DICOM + ImageRun.PLAN))
            .complete();
    DataSource first = DataSource.of(configuration);
    DataSource second = DataSource.of(configuration);
    assertThat(first.split().train().toDataSet().getFeatures())
        .isEqualTo(second.split().train().toDataSet().getFeatures());
    List<String> keys = first.split().train().keys().orElseThrow().names();
    assertThat(keys)
        .hasSize(12)
        .allMatch(key -> key.matches("[0-9a-f]{64}"))
        .doesNotContainAnyElementsOf(second.split().train().keys().orElseThrow().names());
    for (int row = 0; row < first.split().train().size(); row++) {
      assertThat(first.split().train().keys().orElseThrow().keyOf(row))
          .isEqualTo(second.split().train().keys().orElseThrow().keyOf(row));
    }
  }

  @Test
  void train_dicomOfInstitutions_hasResultsBySiteWithoutNames() throws IOException {
    new MadeImages().dicom(directory, 80, "ZQpatient-");

    assertThat(run.train(DICOM)).as(run.err()).isZero();

    JsonNode sites = run.report().at("/notCoveredByGuarantee/sites");
    assertThat(sites.findValuesAsText("site")).containsExactly("site 1", "site 2", "site 3");
    int rows = 0;
    for (JsonNode site : sites) {
      int examples = site.at("/evaluation/examples").asInt();
      assertThat(examples).isEqualTo(2 * site.path("units").asInt());
      rows += examples;
    }
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/examples").asInt())
        .isEqualTo(rows);
    assertThat(run.out())
        .contains("on those of each site, not covered by the guarantee:")
        .contains("  site 3              ");
    assertNowhere("Clinic ");
    assertNoId();
    assertThat(run.train(DICOM, "--dry-run")).isZero();
    assertThat(run.out())
        .contains("  series              80\n")
        .containsPattern(
            "  sites               3 to train on; held out: site 1 \\d+ rows of \\d+ units, site 2 ");
    assertNoId();
  }

  @Test
  void train_dicomHoldingOutASite_evaluatesOnItAlone() throws IOException {
    new MadeImages().dicom(directory, 15, "ZQpatient-");

    assertThat(
            run.train(
                DICOM.replace("testShare: 0.3", "testSites: [Clinic B]"), "--site-names", "true"))
        .as(run.err())
        .isZero();

    // Every third patient, with two images.
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/examples").asInt()).isEqualTo(10);
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(15);
    assertThat(run.report().at("/notCoveredByGuarantee/sites").findValuesAsText("site"))
        .containsExactly("Clinic B");
    assertThat(run.report().at("/notCoveredByGuarantee/sites/0/units").asInt()).isEqualTo(5);
    assertThat(Files.readString(run.path().resolve("report.html"))).contains(">Clinic B</th>");
    assertNoId();

    assertThat(run.train(DICOM.replace("testShare: 0.3", "testSites: [Clinic D]"))).isEqualTo(2);
    assertThat(run.err()).contains("no row is from 'Clinic D'");
    assertThat(run.train(DICOM, "--test-sites", "[Clinic B]")).isEqualTo(2);
    assertThat(run.err()).contains("data.testShare has no effect");
  }

  @Test
  void train_dicomWithSitesInItsLabels_takesThoseBeforeTheFiles() throws IOException {
    new MadeImages().dicom(directory, 80, "ZQpatient-");
    StringBuilder labels = new StringBuilder("patient,label,site\n");
    for (int patient = 1; patient <= 80; patient++) {
      labels.append("ZQpatient-%d,%d,ward %d%n".formatted(patient, patient % 2, patient % 6 / 3));
    }
    Files.writeString(directory.resolve("labels.csv"), labels);
    String settings = DICOM.replace("[healthy, ill]", "{healthy: [1], ill: [0]}");

    assertThat(run.train(settings, "--site-names")).as(run.err()).isZero();

    assertThat(run.report().at("/notCoveredByGuarantee/sites").findValuesAsText("site"))
        .containsExactly("ward 0", "ward 1");
    assertNowhere("Clinic ");
  }

  @Test
  void train_dicomWithLabelsOfInstances_takesThem() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    StringBuilder labels = new StringBuilder("label,instance\n");
    for (int patient = 1; patient <= 12; patient++) {
      labels.append("%1$d,1.2.3.%2$d.1%n%1$d,1.2.3.%2$d.2%n".formatted(patient % 2, patient));
    }
    Files.writeString(directory.resolve("labels.csv"), labels);
    String settings = DICOM.replace("[healthy, ill]", "{healthy: [1], ill: [0]}");
    assertThat(run.train(settings)).as(run.err()).isZero();
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ZQpatient-1,healthy | ZQpatient-99,healthy | expected a label for its Patient ID",
        "ZQpatient-1,healthy | ZQpatient-1,ZQpatient-sick | line 2: expected a label that belongs to one of the 2 classes",
        "ZQpatient-2,ill | ZQpatient-1,ill | line 3: expected each patient or instance once",
        "patient,label | ZQpatient-id,label | expected the header patient,label or instance,label",
        "ZQpatient-2,ill | ZQpatient-2 | line 3: expected 2 values"
      })
  void train_dicomWithWrongLabels_showsNoId(String right, String wrong, String problem)
      throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    Path labels = directory.resolve("labels.csv");
    Files.writeString(labels, Files.readString(labels).replaceFirst("(?m)^" + right + "$", wrong));
    assertThat(run.train(DICOM, "--verbose")).isEqualTo(2);
    assertThat(run.err()).contains(problem);
    assertNoId();
  }

  @Test
  void train_dicomThatCannotBeUsed_isRefusedWithoutItsId() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    assertThat(run.train(DICOM, "--image-size", "[8, 8]")).isEqualTo(2);
    assertThat(run.err()).contains("IM0001: expected images of 8 × 8 pixels");
    assertThat(run.train(DICOM, "--channels", "3")).isEqualTo(2);
    assertThat(run.err()).contains("expected images with 3 channels");
    assertThat(run.train(DICOM, "--model", "unet", "--width", "4")).isEqualTo(2);
    assertThat(run.err()).contains("unet needs a class for each pixel");
    Files.writeString(directory.resolve("archive/notes.txt"), "ZQpatient-1 is ill");
    assertThat(run.train(DICOM)).isEqualTo(2);
    assertThat(run.err()).contains("notes.txt");
    assertNoId();
    Files.createDirectories(directory.resolve("empty"));
    assertThat(run.train(DICOM, "--data-directory", directory.resolve("empty").toString()))
        .isEqualTo(2);
    assertThat(run.err()).contains("expected a directory with DICOM files, found none");
  }

  @Test
  void train_dicomWithIdsThatDifferInCase_isRefusedWithoutThem() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    Path others = directory.resolve("others");
    new MadeImages().dicom(others, 12, "zqpatient-");
    Files.move(others.resolve("archive"), directory.resolve("archive/others"));
    Path labels = directory.resolve("labels.csv");
    String more = Files.readString(others.resolve("labels.csv")).replaceFirst(".*\n", "");
    Files.writeString(labels, Files.readString(labels) + more);

    assertThat(run.train(DICOM, "--verbose")).isEqualTo(2);

    assertThat(run.err())
        .contains("Patient ID: differs from that of an earlier file only in case")
        .doesNotContain("zqpatient-");
    assertNoId();
  }

  @Test
  void train_graphResumed_goesOn() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    assertThat(run.train(DICOM)).isZero();
    double before = run.report().at("/guarantee/epsilon").asDouble();
    assertThat(run.dpfed("train", "--resume", run.path().toString(), "--rounds", "5"))
        .as(run.err())
        .isZero();
    assertThat(run.report().path("roundsFinished").asInt()).isEqualTo(5);
    assertThat(run.report().at("/guarantee/epsilon").asDouble()).isGreaterThan(before);
    assertNoId();
  }

  private void assertNoId() throws IOException {
    assertNowhere("ZQpatient-");
  }

  /** In all that was printed, and in the bytes of all files that the run wrote. */
  private void assertNowhere(String text) throws IOException {
    assertThat(run.out() + run.err()).doesNotContain(text);
    Path runs = directory.resolve("runs");
    if (Files.exists(runs)) {
      try (Stream<Path> files = Files.walk(runs)) {
        List<Path> all = files.filter(Files::isRegularFile).toList();
        assertThat(all).isNotEmpty();
        for (Path file : all) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(text);
        }
      }
    }
  }
}
