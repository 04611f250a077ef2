package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.imaging.networks.ImageNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Medical images on the command line, a run for each format, and what is refused. */
final class TrainOnImagesTest {
  private static final String PLAN =
      """
      client:
        learningRate: 0.1
      privacy:
        expectedCohortSize: 8
        rounds: 3
        clipNorm: 1
        noiseMultiplier: 1
        delta: 1.0e-3
      run:
        directory: runs
        evaluateEvery: 1
      """;

  private static final String MEDMNIST =
      """
      data: {set: medmnist, file: breastmnist.npz}
      partition: {by: one-per-client}
      model: {architecture: image-cnn, width: 4}
      """;

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

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int dpfed(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  /** Trains with these settings of data and model, and more flags. */
  private int train(String settings, String... flags) throws IOException {
    Path file = Files.writeString(directory.resolve("run.yaml"), settings + PLAN);
    return dpfed(
        Stream.concat(Stream.of("train", "--config", file.toString()), Stream.of(flags))
            .toArray(String[]::new));
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(run().resolve("report.json").toFile());
  }

  private Path run() {
    return directory.resolve("runs/run");
  }

  private void assertTrained() throws IOException {
    assertThat(report().path("status").asText()).isEqualTo("finished");
    assertThat(report().path("roundsFinished").asInt()).isEqualTo(3);
    ComputationGraph network =
        ModelFile.readGraph(run().resolve("model.zip"), ImageNetwork.SAVED_CLASSES);
    assertThat(network.numParams()).isEqualTo(report().path("parameters").asLong());
    assertThat(Files.readString(run().resolve("model-card.md"))).contains("SAVED_CLASSES");
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-cnn", "residual", "logistic"})
  void train_medMnist_namesTheImageAsUnit(String architecture) throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    boolean isGraph = !architecture.equals("logistic");
    String settings = MEDMNIST.replace("image-cnn", architecture);

    int status = train(isGraph ? settings : settings.replace(", width: 4", ""), "--unit", "image");

    assertThat(status).as(err.toString()).isZero();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("image");
    // Training and validation images.
    assertThat(report().at("/plan/population").asInt()).isEqualTo(50);
    assertThat(report().at("/notCoveredByGuarantee/evaluation/examples").asInt()).isEqualTo(10);
    if (isGraph) {
      assertTrained();
    }
  }

  @Test
  void train_medMnistByValidation_leavesTestImagesOut() throws IOException {
    new MadeImages().medMnist(directory.resolve("mine_28.npz"));
    String settings = MEDMNIST.replace("breastmnist.npz", "mine_28.npz");

    assertThat(train(settings)).isEqualTo(2);
    assertThat(err.toString()).contains("MedMNIST set must be one of").contains("data.name");

    assertThat(train(settings, "--data-name", "BreastMNIST", "--validation", "leave-out"))
        .as(err.toString())
        .isZero();
    assertThat(report().at("/plan/population").asInt()).isEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-entropy", "dice", "focal"})
  void train_nifti_reportsDiceOfEachClass(String loss) throws IOException {
    new MadeImages().nifti(directory, 12, 5);

    assertThat(train(NIFTI, "--loss", loss)).as(err.toString()).isZero();

    assertTrained();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(report().at("/plan/population").asInt()).isEqualTo(12);
    JsonNode evaluation = report().at("/notCoveredByGuarantee/evaluation");
    assertThat(evaluation.path("examples").asInt() % 3).isZero();
    assertThat(evaluation.has("diceOfClass1")).isTrue();
    assertThat(out.toString()).contains("dice").contains("iou");
    assertThat(Files.readString(run().resolve("report.html")))
        .contains("diceOfClass1 (lesion)")
        .contains("iouOfClass0 (background)");
  }

  /** Without noise, and with everybody in every round. */
  @Test
  void train_niftiWithoutNoise_learns() throws IOException {
    new MadeImages().nifti(directory, 12, 1);

    int status =
        train(
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

    assertThat(status).as(err.toString()).isZero();
    // The block is a linear function of brightness; a model that knows one class has 0.34 at most.
    assertThat(report().at("/notCoveredByGuarantee/evaluation/dice").asDouble()).isGreaterThan(0.8);
  }

  @Test
  void train_niftiOfAnotherSize_isCroppedAndPaddedWhereAsked() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    String other = NIFTI.replace("[16, 16]", "[12, 20]");
    assertThat(train(other)).isEqualTo(2);
    assertThat(err.toString())
        .contains("_T1w.nii.gz: expected images of 12 × 20 pixels")
        .contains("data.fit");
    assertThat(train(other, "--fit")).as(err.toString()).isZero();
    assertTrained();
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
    assertThat(train(settings)).isEqualTo(2);
    assertThat(err.toString()).contains(problem).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "patient,image,labels | patient,image,mask | line 1: expected the header patient,image,labels",
        "sub-02,sub-02/anat/sub-02_T1w | sub-02,sub-01/anat/sub-01_T1w | line 3: expected each image once",
        "sub-01, | , | line 2: expected 3 values, none of them empty",
        "sub-02, | SUB-01, | names must be distinct keys"
      })
  void train_niftiWithWrongList_isRefused(String right, String wrong, String problem)
      throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    Path list = directory.resolve("studies.csv");
    Files.writeString(list, Files.readString(list).replaceFirst(right, wrong));
    assertThat(train(NIFTI)).isEqualTo(2);
    assertThat(err.toString()).contains(problem);
  }

  @Test
  void train_dicom_writesNoPatientIdAnywhere() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");

    assertThat(train(DICOM)).as(err.toString()).isZero();

    assertTrained();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(report().at("/plan/population").asInt()).isEqualTo(12);
    assertThat(report().at("/notCoveredByGuarantee/evaluation/examples").asInt() % 2).isZero();
    assertNoId();
  }

  /** In all that was printed, and in the bytes of all files that the run wrote. */
  private void assertNoId() throws IOException {
    assertThat(out + err.toString()).doesNotContain("ZQpatient-");
    Path runs = directory.resolve("runs");
    if (Files.exists(runs)) {
      try (Stream<Path> files = Files.walk(runs)) {
        List<Path> all = files.filter(Files::isRegularFile).toList();
        assertThat(all).isNotEmpty();
        for (Path file : all) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain("ZQpatient-");
        }
      }
    }
  }

  /** Hashes differ from run to run; who is held out, and which client is whom, does not. */
  @Test
  void split_dicomReadTwice_holdsOutTheSamePatients() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    Configuration configuration =
        Configuration.of(Files.writeString(directory.resolve("a.yaml"), DICOM + PLAN)).complete();
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
  void train_dicomWithLabelsOfInstances_takesThem() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    StringBuilder labels = new StringBuilder("label,instance\n");
    for (int patient = 1; patient <= 12; patient++) {
      labels.append("%1$d,1.2.3.%2$d.1%n%1$d,1.2.3.%2$d.2%n".formatted(patient % 2, patient));
    }
    Files.writeString(directory.resolve("labels.csv"), labels);
    String settings = DICOM.replace("[healthy, ill]", "{healthy: [1], ill: [0]}");
    assertThat(train(settings)).as(err.toString()).isZero();
    assertThat(report().at("/plan/population").asInt()).isEqualTo(12);
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
    assertThat(train(DICOM, "--verbose")).isEqualTo(2);
    assertThat(err.toString()).contains(problem);
    assertNoId();
  }

  @Test
  void train_dicomThatCannotBeUsed_isRefusedWithoutItsId() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    assertThat(train(DICOM, "--image-size", "[8, 8]")).isEqualTo(2);
    assertThat(err.toString()).contains("IM0001: expected images of 8 × 8 pixels");
    assertThat(train(DICOM, "--channels", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("expected images with 3 channels");
    assertThat(train(DICOM, "--model", "unet", "--width", "4")).isEqualTo(2);
    assertThat(err.toString()).contains("unet needs a class for each pixel");
    Files.writeString(directory.resolve("archive/notes.txt"), "ZQpatient-1 is ill");
    assertThat(train(DICOM)).isEqualTo(2);
    assertThat(err.toString()).contains("notes.txt");
    assertNoId();
    Files.createDirectories(directory.resolve("empty"));
    assertThat(train(DICOM, "--data-directory", directory.resolve("empty").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("expected a directory with DICOM files, found none");
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

    assertThat(train(DICOM, "--verbose")).isEqualTo(2);

    assertThat(err.toString()).contains("names must be distinct keys").doesNotContain("zqpatient-");
    assertNoId();
  }

  /** Ten sites with two labelled images each. */
  private void folder() throws IOException {
    for (int site = 0; site < 10; site++) {
      for (String label : List.of("healthy", "ill")) {
        image("sites/site%d/%s/scan.png".formatted(site, label), label.equals("ill") ? 200 : 40);
      }
    }
  }

  private void image(String path, int grey) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, grey + i % 7);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void train_folderOfSites_protectsSites() throws IOException {
    folder();
    assertThat(train(FOLDER)).as(err.toString()).isZero();
    assertTrained();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("site");
    assertThat(report().at("/plan/population").asInt()).isEqualTo(10);
    assertThat(train(FOLDER, "--unit", "patient")).isEqualTo(2);
    assertThat(err.toString()).contains("data.unit must be site");
  }

  @Test
  void train_folderOfPatients_protectsPatientsOrSites() throws IOException {
    StringBuilder labels = new StringBuilder("path,label\n");
    for (int patient = 0; patient < 12; patient++) {
      String folder = "site%d/p%02d".formatted(patient % 6, patient);
      image("sites/" + folder + "/a.png", patient % 2 * 160);
      image("masks/" + folder + "/a.png", 0);
      labels.append("%s,%s%n".formatted(folder, patient % 2 == 0 ? "healthy" : "ill"));
    }
    Path file = Files.writeString(directory.resolve("labels.csv"), labels);

    assertThat(train(FOLDER, "--labels", file.toString())).as(err.toString()).isZero();
    assertThat(report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(report().at("/plan/population").asInt()).isEqualTo(12);

    assertThat(train(FOLDER, "--labels", file.toString(), "--unit", "site", "--cohort", "3"))
        .as(err.toString())
        .isZero();
    assertThat(train(FOLDER, "--labels", file.toString(), "--unit", "ward")).isEqualTo(2);
    assertThat(err.toString()).contains("data.unit must be patient or site");
    // Masks hold 0 to 6, and there are two classes.
    String masks = directory.resolve("masks").toString();
    assertThat(train(FOLDER, "--masks", masks, "--model", "unet")).isEqualTo(2);
    assertThat(err.toString()).contains("expected classes from 0 to 1");
    assertThat(
            train(
                FOLDER.replace("[healthy, ill]", "[a, b, c, d, e, f, g]"),
                "--masks",
                masks,
                "--model",
                "unet"))
        .as(err.toString())
        .isZero();
  }

  @Test
  void train_folderWithADamagedImage_isRefusedOrLeftOut() throws IOException {
    folder();
    Files.writeString(directory.resolve("sites/site1/ill/broken.png"), "no image");
    assertThat(train(FOLDER)).isEqualTo(2);
    assertThat(err.toString()).contains("broken.png");
    assertThat(train(FOLDER, "--damaged", "leave-out")).as(err.toString()).isZero();
    assertThat(train(FOLDER.replace("[healthy, ill]", "{healthy: [0], ill: [1]}"))).isEqualTo(2);
    assertThat(err.toString()).contains("data.classes must be a list");
  }

  @Test
  void train_moreImagesThanMemoryHolds_isRefusedBeforeAnyIsRead() throws IOException {
    folder();
    assertThat(train(FOLDER, "--image-size", "[65535, 65535]", "--fit")).isEqualTo(2);
    assertThat(err.toString()).contains("DPFED_JAVA_OPTS").contains("data.imageSize");
  }

  @Test
  void sweep_segmentation_comparesByDice() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    Path file =
        Files.writeString(
            directory.resolve("run.yaml"),
            NIFTI
                + PLAN.replace("  clipNorm: 1\n", "")
                + "sweep:\n  privacy.clipNorm: [0.5, 2]\n  seeds: [1]\n");
    Path sweeps = directory.resolve("sweeps");

    int status = dpfed("sweep", "--config", file.toString(), "--sweeps", sweeps.toString());

    assertThat(status).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("run 001 finished, dice 0\\.");
    assertThat(Files.readString(sweeps.resolve("run/summary.md")))
        .contains("Highest mean dice: 0.")
        .contains("because of its dice on clients' data")
        .contains("dice-over-clip-norm.svg")
        .doesNotContain("accuracy");
    assertThat(Files.readString(sweeps.resolve("run/dice-over-clip-norm.svg")))
        .contains("held-out dice, %")
        .doesNotContain("ccuracy");
    assertThat(Files.readAllLines(sweeps.resolve("run/results.csv")).get(0))
        .contains("dice,iou")
        .contains("diceOfClass1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"predict", "evaluate"})
  void apply_modelOfImages_namesTheJavaApi(String command) throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    assertThat(train(MEDMNIST)).isZero();
    assertThat(dpfed(command, run().toString(), "--data-file", "new.csv")).isEqualTo(2);
    assertThat(err.toString()).contains("ModelFile.readGraph").contains("SAVED_CLASSES");
  }

  @Test
  void train_graphResumed_goesOn() throws IOException {
    new MadeImages().dicom(directory, 12, "ZQpatient-");
    assertThat(train(DICOM)).isZero();
    double before = report().at("/guarantee/epsilon").asDouble();
    assertThat(dpfed("train", "--resume", run().toString(), "--rounds", "5"))
        .as(err.toString())
        .isZero();
    assertThat(report().path("roundsFinished").asInt()).isEqualTo(5);
    assertThat(report().at("/guarantee/epsilon").asDouble()).isGreaterThan(before);
    assertNoId();
  }

  @Test
  void scaling_ofEachKind_isThatOfItsConstants() {
    for (Object[] each :
        new Object[][] {
          {"pixel", 255.0, 1.0},
          {"centred-pixel", 0.0, -1.0},
          {"ct-lung", 150.0, 1.0},
          {"ct-soft-tissue", -150.0, -1.0},
          {"[-10, 30]", 10.0, 0.0},
          {"{mean: 5, deviation: 2}", 9.0, 2.0}
        }) {
      Configuration configuration =
          Configuration.standard().withFlag(Settings.named("data.scaling"), (String) each[0]);
      assertThat((double) ImageSettings.scaling(configuration).apply((double) each[1]))
          .as((String) each[0])
          .isCloseTo((double) each[2], within(1e-6));
    }
  }
}
