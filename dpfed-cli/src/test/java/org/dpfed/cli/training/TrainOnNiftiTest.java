package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NIfTI volumes with a class for each voxel on the command line. */
final class TrainOnNiftiTest {
  private static final String NIFTI =
      """
      data:
        set: nifti
        file: studies.csv
        classes: {background: [0], lesion: [5]}
        imageSize: [16, 16]
        scaling: [0, 255]
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: unet, width: 4, depth: 2}
      """;

  private final Path directory;
  private final ImageRun run;

  TrainOnNiftiTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-entropy", "dice", "focal"})
  void train_nifti_reportsDiceOfEachClass(String loss) throws IOException {
    new MadeImages().nifti(directory, 12, 5);

    assertThat(run.train(NIFTI, "--loss", loss)).as(run.err()).isZero();

    run.assertTrained();
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);
    JsonNode evaluation = run.report().at("/notCoveredByGuarantee/evaluation");
    assertThat(evaluation.path("examples").asInt() % 3).isZero();
    assertThat(evaluation.has("diceOfClass1")).isTrue();
    assertThat(run.out()).contains("dice").contains("iou");
    assertThat(Files.readString(run.path().resolve("report.html")))
        .contains("diceOfClass1 (lesion)")
        .contains("iouOfClass0 (background)");
    Path other = Files.createDirectories(directory.resolve("runs/other"));
    Files.copy(run.path().resolve("report.json"), other.resolve("report.json"));
    assertThat(run.dpfed("report", run.path().toString(), other.toString())).isZero();
    assertThat(Files.readString(directory.resolve("runs/comparison.html")))
        .contains("diceOfClass1");
  }

  @Test
  void train_siteNamesOfAListWithoutSites_areRefused() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    assertThat(run.train(NIFTI, "--site-names")).isEqualTo(2);
    assertThat(run.err()).contains("data.siteNames has no effect").endsWith("leave it out\n");
  }

  /** The list names two sites, one by a name longer than a line. */
  @Test
  void train_niftiFromSites_hasDiceOfEachClassBySite() throws IOException {
    new MadeImages().nifti(directory, 19, 5);
    Path list = directory.resolve("studies.csv");
    String far = "far away" + " and farther".repeat(8);
    Files.writeString(
        list,
        Files.readString(list)
            .replaceFirst("labels", "labels,site")
            .replaceAll("(?m)(sub-0.,.*)$", "$1,near")
            .replaceAll("(?m)(sub-1.,.*)$", "$1," + far));

    assertThat(run.train(NIFTI, "--test-share", "0.8", "--site-names")).as(run.err()).isZero();

    JsonNode sites = run.report().at("/notCoveredByGuarantee/sites");
    assertThat(sites.findValuesAsText("site")).containsExactly(far, "near");
    for (JsonNode site : sites) {
      assertThat(site.at("/evaluation/examples").asInt()).isEqualTo(3 * site.path("units").asInt());
      assertThat(site.path("evaluation").has("diceOfClass1")).isTrue();
    }
    assertThat(run.out()).containsPattern(" rows of \\d units?: dice 0\\.");
    String table = run.out().substring(run.out().indexOf("on those of each site"));
    assertThat(table.substring(0, table.indexOf("privacy:")).lines())
        .allMatch(line -> line.length() <= 80);
  }

  /** Without noise, and with everybody in every round. */
  @Test
  void train_niftiWithoutNoise_learns() throws IOException {
    new MadeImages().nifti(directory, 12, 1);

    int status =
        run.train(
            NIFTI.replace("{background: [0], lesion: [5]}", "[background, lesion]"),
            "--noise-multiplier",
            "0",
            "--cohort",
            "12",
            "--rounds",
            "20",
            "--clip-norm",
            "10",
            "--loss",
            "dice",
            "--client-learning-rate",
            "0.3");

    assertThat(status).as(run.err()).isZero();
    // The block is a linear function of brightness; a model that knows one class has 0.34 at most.
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/dice").asDouble())
        .isGreaterThan(0.8);
  }

  @Test
  void train_niftiOfAnotherSize_isCroppedAndPaddedWhereAsked() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    String other = NIFTI.replace("[16, 16]", "[12, 20]");
    assertThat(run.train(other)).isEqualTo(2);
    assertThat(run.err())
        .contains("_T1w.nii.gz: expected images of 12 × 20 pixels")
        .contains("data.fit");
    assertThat(run.train(other, "--fit")).as(run.err()).isZero();
    run.assertTrained();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0], lesion: [5] | [0], lesion: [4] | expected values that belong to one of the 2 classes",
        "{background: [0], lesion: [5]} | [background, lesion] | whole numbers from 0 to 1",
        "lesion: [5] | lesion: [0] | names '0' twice",
        "imageSize: [16, 16] | imageSize: [16] | data.imageSize must be two integers",
        "scaling: [0, 255] | scaling: percentile | data.scaling must be one of pixel",
        "scaling: [0, 255] | plane: axial | data.scaling is needed",
        "scaling: [0, 255] | scaling: '{mean: 1, deviation: 0}' | data.scaling must be one of pixel",
        "testShare: 0.3 | plane: oblique | data.plane must be one of",
        "architecture: unet | architecture: residual | model.depth has no effect",
        "unet, width: 4, depth: 2 | residual, width: 4 | must be unet where each pixel has a class",
        "width: 4 | width: 6 | width must be a multiple of 4",
        "depth: 2 | depth: 5 | multiples of 32",
        "depth: 2 | loss: absolute | model.loss must be one of",
        "studies.csv | nowhere.csv | nowhere.csv"
      })
  void train_niftiWithWrongSettings_isRefused(String right, String wrong, String problem)
      throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    String settings = NIFTI.replace(right, wrong);
    assertThat(settings).isNotEqualTo(NIFTI);
    assertThat(run.train(settings)).isEqualTo(2);
    assertThat(run.err()).contains(problem).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "patient,image,labels | patient,image,mask | line 1: expected the header patient,image,labels",
        "sub-02,sub-02/anat/sub-02_T1w | sub-02,sub-01/anat/sub-01_T1w | line 3: expected each image once",
        "sub-02,sub-02/anat/sub-02_T1w | sub-02,link | line 3: expected each image once",
        "sub-01, | , | line 2: expected 3 values, none of them empty",
        "sub-02, | SUB-01, | names must be distinct keys"
      })
  void train_niftiWithWrongList_isRefused(String right, String wrong, String problem)
      throws IOException {
    new MadeImages().nifti(directory, 19, 5);
    Path first = directory.resolve("sub-01/anat/sub-01_T1w.nii.gz");
    Files.createSymbolicLink(directory.resolve("link.nii.gz"), first);
    Path list = directory.resolve("studies.csv");
    Files.writeString(list, Files.readString(list).replaceFirst(right, wrong));
    assertThat(run.train(NIFTI)).isEqualTo(2);
    assertThat(run.err()).contains(problem);
  }

  @Test
  void sweep_segmentation_comparesByDice() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    Path file =
        Files.writeString(
            directory.resolve("run.yaml"),
            NIFTI
                + ImageRun.PLAN.replace("  clipNorm: 1\n", "")
                + "sweep:\n  privacy.clipNorm: [0.5, 2]\n  seeds: [1]\n");
    Path sweeps = directory.resolve("sweeps");

    int status = run.dpfed("sweep", "--config", file.toString(), "--sweeps", sweeps.toString());

    assertThat(status).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("run 001 finished, dice 0\\.");
    assertThat(Files.readString(sweeps.resolve("run/summary.md")))
        .contains("Highest mean dice with a guarantee: 0.")
        .contains("because of its dice on clients' data")
        .contains("dice-over-clip-norm.svg")
        .doesNotContain("accuracy", "held-out rows is");
    assertThat(Files.readString(sweeps.resolve("run/dice-over-clip-norm.svg")))
        .contains("held-out dice, %")
        .doesNotContain("ccuracy");
    assertThat(Files.readAllLines(sweeps.resolve("run/results.csv")).get(0))
        .contains("dice,iou")
        .contains("diceOfClass1");
  }
}
