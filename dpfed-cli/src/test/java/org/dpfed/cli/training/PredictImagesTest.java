package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code predict} and {@code evaluate} on runs on images, each on its own held-out ones first. */
final class PredictImagesTest {
  private static final String MEDMNIST =
      """
      data:
        set: medmnist
        file: breastmnist.npz
        unit: image
      partition: {by: one-per-client}
      model: {architecture: image-cnn, width: 4}
      """;

  private static final String FOLDER =
      """
      data:
        set: image-folder
        directory: sites
        classes: [healthy, ill]
        imageSize: [16, 16]
        testSites: [site2, site7]
      partition: {by: by-key}
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
        testSites: [far]
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
        scaling: [0, 255]
        testSites: [Clinic A]
      partition: {by: by-key}
      model: {architecture: residual, width: 4}
      """;

  private final Path directory;
  private final ImageRun run;

  PredictImagesTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  private void train(String settings, String... flags) throws IOException {
    assertThat(run.train(settings, flags)).as(run.err()).isZero();
  }

  private int predict(String... flags) {
    return run.dpfed(command("predict", flags));
  }

  private int evaluate(String... flags) {
    return run.dpfed(command("evaluate", flags));
  }

  private String[] command(String name, String... flags) {
    return Stream.concat(Stream.of(name, run.path().toString()), Stream.of(flags))
        .toArray(String[]::new);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** On the held-out images of the run, evaluate prints the numbers of its report. */
  private void assertSameAsReport(String... flags) throws IOException {
    String[] json = Stream.concat(Stream.of("--json"), Stream.of(flags)).toArray(String[]::new);
    assertThat(evaluate(json)).as(run.err()).isZero();
    JsonNode evaluation =
        new ObjectMapper().readTree(run.out()).at("/notCoveredByGuarantee/evaluation");
    assertThat(evaluation.path("examples").asInt()).isPositive();
    assertThat(evaluation).isEqualTo(run.report().at("/notCoveredByGuarantee/evaluation"));
  }

  private void copy(String from, String to) throws IOException {
    Path source = directory.resolve(from);
    try (Stream<Path> all = Files.walk(source)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path target = directory.resolve(to).resolve(source.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
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

  private void folder() throws IOException {
    for (int site = 0; site < 10; site++) {
      image("sites/site%d/healthy/scan.png".formatted(site), 40 + site);
      image("sites/site%d/ill/scan.png".formatted(site), 200 - site);
    }
  }

  /** Trained on changed images: those to evaluate are not changed, or the numbers would differ. */
  @Test
  void medMnist_heldOutImages_areJudgedAsByTheRun() throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    train(MEDMNIST, "--shift", "0.2", "--rotate", "30", "--brightness", "0.5");
    Files.move(directory.resolve("breastmnist.npz"), directory.resolve("new.npz"));
    assertSameAsReport("--data-file", path("new.npz"));

    assertThat(predict("--data-file", path("new.npz"))).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.get(0))
        .isEqualTo("image,predicted,probability of malignant,\"probability of normal, benign\"");
    assertThat(lines).hasSize(11);
    assertThat(lines.get(10)).startsWith("10,");

    // The same without labels, and without all that is not held out.
    String predicted = run.out();
    try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("new.npz"))) {
      for (String array : List.of("test_labels", "train_images", "train_labels", "val_images")) {
        Files.delete(zip.getPath(array + ".npy"));
      }
    }
    assertThat(predict("--data-file", path("new.npz"))).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(predicted);
    assertThat(evaluate("--data-file", path("new.npz"))).isEqualTo(2);
    assertThat(run.err()).contains("array test_labels: expected this array, found none");

    assertThat(predict("--data-directory", path("."))).isEqualTo(2);
    assertThat(run.err()).contains("was trained on images (medmnist): give them by --data-file");
    assertThat(predict("--data-file", path("new.npz"), "--key", "patient")).isEqualTo(2);
    assertThat(run.err()).contains("--key is for runs on CSV files");
    assertThat(evaluate("--data-file", path("new.npz"), "--labels", path("a.csv"))).isEqualTo(2);
    assertThat(run.err()).contains("--labels has no effect: the run has no data.labels");
  }

  @Test
  void folder_heldOutSitesAndImagesWithoutLabels_areJudged() throws IOException {
    folder();
    train(FOLDER);
    copy("sites/site2", "held-out/site2");
    copy("sites/site7", "held-out/site7");
    assertSameAsReport("--data-directory", path("held-out"));

    image("new/b.png", 180);
    image("new/deeper/a.png", 60);
    Files.writeString(directory.resolve("new/.hidden"), "");
    String out = path("predicted.csv");
    assertThat(predict("--data-directory", path("new"), "--output", out)).as(run.err()).isZero();
    List<String> lines = Files.readAllLines(Path.of(out));
    assertThat(lines.get(0)).isEqualTo("image,predicted,probability of healthy,probability of ill");
    assertThat(lines.get(1)).startsWith("b.png,");
    assertThat(lines.get(2)).startsWith("deeper/a.png,");
    for (String line : lines.subList(1, 3)) {
      String[] cells = line.split(",", -1);
      double healthy = Double.parseDouble(cells[2]);
      double ill = Double.parseDouble(cells[3]);
      assertThat(healthy + ill).isCloseTo(1, within(1e-6));
      assertThat(cells[1]).isEqualTo(healthy >= ill ? "healthy" : "ill");
    }
    assertThat(predict("--data-directory", path("new"), "--output", out)).isEqualTo(2);
    assertThat(run.err()).contains("exists already");
  }

  /** Whoever names a file or a class says what a spreadsheet would compute. */
  @Test
  void folder_namesThatAreFormulas_areTexts() throws IOException {
    folder();
    for (int site = 0; site < 10; site++) {
      Path folder = directory.resolve("sites/site" + site);
      Files.move(folder.resolve("ill"), folder.resolve("=ill"));
      Files.move(folder.resolve("healthy"), folder.resolve("@healthy"));
    }
    train(FOLDER.replace("[healthy, ill]", "[\"@healthy\", \"=ill\"]"));
    for (String name : List.of("=1+1.png", "+a.png", "-a.png", "@a.png", "a;=2.png")) {
      image("new/" + name, 60);
    }
    assertThat(predict("--data-directory", path("new"))).as(run.err()).isZero();
    assertThat(run.out().lines().skip(1).map(line -> line.split(",", -1)[0]))
        .containsExactlyInAnyOrder("'=1+1.png", "'+a.png", "'-a.png", "'@a.png", "a;'=2.png");
    assertThat(run.out().lines().skip(1).map(line -> line.split(",", -1)[1]))
        .isSubsetOf("'=ill", "'@healthy");
  }

  /**
   * Such names are allowed in Linux. A line break in a cell is CSV, and a terminal obeys the rest.
   */
  @Test
  void folder_namesWithControlCharacters_areReadAndHarmless() throws IOException {
    folder();
    image("sites/site3/ill/two\nlines.png", 200);
    train(FOLDER);
    image("new/a\u001b[31m.png", 60);
    image("new/two\nlines.png", 60);
    String out = path("predicted.csv");
    assertThat(predict("--data-directory", path("new"))).as(run.err()).isZero();
    assertThat(run.out().lines().skip(1).map(line -> line.split(",", -1)[0]))
        .containsExactly("a\\u001b[31m.png", "\"two", "lines.png\"");
    String printed = run.out();
    assertThat(predict("--data-directory", path("new"), "--output", out)).as(run.err()).isZero();
    assertThat(Path.of(out)).content().isEqualTo(printed);

    Files.writeString(directory.resolve("new/b\u001b[2J.png"), "no image");
    assertThat(predict("--data-directory", path("new"))).isEqualTo(2);
    assertThat(run.err()).contains("b\\u001b[2J.png: expected").doesNotContain("\u001b");
  }

  /** As train says it of the images that it reads. */
  @Test
  void folder_conversions_areNoted() throws IOException {
    folder();
    train(FOLDER);
    String note = "note: " + run.report().at("/notes/0").asText() + "\n";
    assertThat(note).contains("images that need it are converted: colours become grey");
    image("new/a.png", 60);
    assertThat(predict("--data-directory", path("new"))).as(run.err()).isZero();
    assertThat(run.err()).isEqualTo(note);
    assertThat(evaluate("--data-directory", path("sites"))).as(run.err()).isZero();
    assertThat(run.err()).isEqualTo(note);
  }

  /** As the run does: refused by name, without a file of half the predictions, or left out. */
  @Test
  void folder_damagedImage_isRefusedOrLeftOutAsInTraining() throws IOException {
    folder();
    train(FOLDER);
    image("new/a.png", 60);
    Files.writeString(directory.resolve("new/broken.png"), "no image");
    String out = path("predicted.csv");
    assertThat(predict("--data-directory", path("new"), "--output", out)).isEqualTo(2);
    assertThat(run.err()).contains("broken.png: expected").hasLineCount(1);
    assertThat(Path.of(out)).doesNotExist();

    Path settings = run.path().resolve("config.yaml");
    Files.writeString(
        settings, Files.readString(settings).replace("damaged: refuse", "damaged: leave-out"));
    assertThat(predict("--data-directory", path("new"), "--output", out)).as(run.err()).isZero();
    assertThat(run.err()).contains("1 damaged images were left out");
    assertThat(Path.of(out)).content().hasLineCount(2);

    Files.writeString(directory.resolve("new/notes.txt"), "");
    assertThat(predict("--data-directory", path("new"))).isEqualTo(2);
    assertThat(run.err()).contains("notes.txt: expected PNG, JPEG or TIFF images alone");
    assertThat(predict("--data-directory", path("none"))).isEqualTo(2);
    assertThat(run.err()).contains("none: expected a folder of images");
  }

  @Test
  void nifti_heldOutVolumes_areJudgedAndGetMasks() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    Path list = directory.resolve("studies.csv");
    String rows = Files.readString(list);
    Files.writeString(
        list,
        rows.replaceFirst("labels", "labels,site")
            .replaceAll("(?m)(sub-0.,.*)$", "$1,near")
            .replaceAll("(?m)(sub-1.,.*)$", "$1,far"));
    train(NIFTI);
    String far =
        rows.lines()
            .filter(line -> line.startsWith("patient") || line.startsWith("sub-1"))
            .collect(Collectors.joining("\n"));
    Files.writeString(directory.resolve("far.csv"), far);
    assertSameAsReport("--data-file", path("far.csv"));

    assertThat(predict("--data-file", path("far.csv"))).isEqualTo(2);
    assertThat(run.err()).contains("--output is needed: a new folder");
    assertThat(predict("--data-file", path("far.csv"), "--output", path("masks")))
        .as(run.err())
        .isZero();
    try (Stream<Path> all = Files.walk(directory.resolve("masks"))) {
      assertThat(all.filter(Files::isRegularFile)).hasSize(9);
    }
    Path mask = directory.resolve("masks/sub-11/anat/sub-11_T1w/axial-002.png");
    Raster pixels = ImageIO.read(mask.toFile()).getRaster();
    assertThat(pixels.getWidth()).isEqualTo(16);
    assertThat(IntStream.of(pixels.getSamples(0, 0, 16, 16, 0, (int[]) null)))
        .allMatch(number -> number == 0 || number == 1);

    String volume = path("sub-03/anat/sub-03_T1w.nii.gz");
    assertThat(predict("--data-file", volume, "--output", path("one"))).as(run.err()).isZero();
    assertThat(directory.resolve("one/sub-03_T1w/axial-000.png")).exists();
    assertThat(predict("--data-file", volume, "--output", path("one"))).isEqualTo(2);
    assertThat(run.err()).contains("one exists already");
    Files.writeString(
        directory.resolve("twice.csv"),
        "image\n%1$s\n%1$s\n".formatted("sub-03/anat/sub-03_T1w.nii.gz"));
    assertThat(predict("--data-file", path("twice.csv"), "--output", path("two"))).isEqualTo(2);
    assertThat(run.err()).contains("would be the mask of two images");
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.equals("two") || name.startsWith("."));
    }
  }

  /** A process that is told to end removes the folder while masks are being written. */
  @Test
  void masks_folderWasRemoved_doesNotComeBack() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("masks"));
    ImagePredictions masks = ImagePredictions.masks(folder, 1, 1);
    masks.write("site1/p01/a.png", new float[] {0, 1});
    assertThat(folder.resolve("site1/p01/a.png")).exists();
    Files.move(folder, directory.resolve("removed"));

    assertThatThrownBy(() -> masks.write("site1/p02/a.png", new float[] {0, 1}))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(folder).doesNotExist();
  }

  /** The masks of a model are what the model finds, when they are read as the truth. */
  @Test
  void folderWithMasks_predictedMasks_areReadAsMasksAgain() throws IOException {
    for (int patient = 0; patient < 12; patient++) {
      String name = "site%d/p%02d/a.png".formatted(patient % 6, patient);
      image("sites/" + name, patient * 20);
      // Classes 0 to 6 in turn.
      image("masks/" + name, 0);
    }
    train(
        FOLDER
            .replace("[healthy, ill]", "[a, b, c, d, e, f, g]")
            .replace("site2, site7", "site2, site3")
            .replace("image-cnn, width: 4", "unet, width: 4, depth: 2"),
        "--masks",
        path("masks"));
    copy("sites/site2", "new/site2");
    copy("sites/site3", "new/site3");
    copy("masks/site2", "new-masks/site2");
    copy("masks/site3", "new-masks/site3");
    assertSameAsReport("--data-directory", path("new"), "--masks", path("new-masks"));

    assertThat(predict("--data-directory", path("new"), "--output", path("found")))
        .as(run.err())
        .isZero();
    assertThat(evaluate("--json", "--data-directory", path("new"), "--masks", path("found")))
        .as(run.err())
        .isZero();
    JsonNode evaluation =
        new ObjectMapper().readTree(run.out()).at("/notCoveredByGuarantee/evaluation");
    assertThat(evaluation.path("accuracy").asDouble()).isEqualTo(1);
    assertThat(evaluation.path("dice").asDouble()).isEqualTo(1);
  }

  @Test
  void dicom_heldOutPatients_areJudgedAndNoHeaderIsShown() throws IOException {
    new MadeImages().dicom(directory, 24, "Mustermann-");
    train(DICOM);
    StringBuilder labels = new StringBuilder("patient,label\n");
    for (int patient = 1; patient <= 24; patient++) {
      if ("CAB".charAt(patient % 3) == 'A') {
        copy("archive/study" + patient, "held-out/study" + patient);
        labels.append(
            "Mustermann-%d,%s%n".formatted(patient, patient % 2 == 0 ? "ill" : "healthy"));
      }
    }
    Files.writeString(directory.resolve("new.csv"), labels);
    assertThat(evaluate("--data-directory", path("held-out"))).isEqualTo(2);
    assertThat(run.err()).contains("--labels is needed: the run has data.labels");
    assertSameAsReport("--data-directory", path("held-out"), "--labels", path("new.csv"));

    assertThat(predict("--data-directory", path("held-out"))).as(run.err()).isZero();
    assertThat(run.out().lines().skip(1).map(line -> line.split(",", -1)[0]))
        .containsExactlyElementsOf(
            Stream.iterate(1, i -> i <= 16, i -> i + 1).map(String::valueOf).toList());
    assertThat(run.out() + run.err()).doesNotContain("Mustermann", "Clinic", "1.2.3");
  }

  @Test
  void personalLayers_runOnImages_saysWhatItUses() throws IOException {
    folder();
    train(FOLDER, "--personal", "head");
    image("new/a.png", 60);
    assertThat(predict("--data-directory", path("new"))).as(run.err()).isZero();
    assertThat(run.err()).contains("personal layers (model.personal head)");
    assertThat(run.out()).hasLineCount(2);
  }
}
