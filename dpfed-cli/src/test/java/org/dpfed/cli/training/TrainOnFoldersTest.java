package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.dpfed.imaging.folder.ImageLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of images on the command line: sites, patients, masks. */
final class TrainOnFoldersTest {
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

  TrainOnFoldersTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
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
    assertThat(run.train(FOLDER)).as(run.err()).isZero();
    run.assertTrained();
    // Each site is one unit, and results of one are not shown.
    assertThat(run.report().at("/notCoveredByGuarantee/sites").isMissingNode()).isTrue();
    String reason = run.report().at("/notCoveredByGuarantee/sitesNotShown").asText();
    assertThat(reason).startsWith("results by site are not shown: they need a site with 5 or more");
    assertThat(run.out().replaceAll("\\s+", " ")).contains(reason);
    assertThat(Files.readString(run.path().resolve("report.html"))).contains("Note: " + reason);
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("site");
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(10);
    assertThat(run.train(FOLDER, "--unit", "patient")).isEqualTo(2);
    assertThat(run.err()).contains("data.unit must be site");
  }

  /** Convolutions of 36 and 288 parameters, output of 18; normalisation of 8 and 16. */
  @Test
  void train_personalNormalisation_staysAtTheSites() throws IOException {
    folder();
    String fiveSites =
        FOLDER.replace("testShare: 0.3", "testSites: [site0, site1, site2, site3, site4]");
    assertThat(run.train(fiveSites, "--personal", "normalisation")).as(run.err()).isZero();
    assertThat(run.report().path("parameters").asInt()).isEqualTo(36 + 288 + 18);
    assertThat(run.report().path("notes").toString())
        .contains("convolution0-norm, convolution1-norm stay with each client (24, beside 342");
    JsonNode personal = run.report().at("/notCoveredByGuarantee/personalEvaluation");
    assertThat(personal.path("clients").asInt()).isPositive();
    assertThat(personal.at("/personal/examples")).isEqualTo(personal.path("clients"));
    assertThat(run.out()).contains("personal accuracy");
    assertThat(run.report().at("/notCoveredByGuarantee").has("personalNotShown")).isFalse();
  }

  /** As results by site: those of fewer than five would be results of each of them. */
  @Test
  void train_personalLayersOfFewHeldOutClients_areNotShown() throws IOException {
    folder();
    String fourSites = FOLDER.replace("testShare: 0.3", "testSites: [site0, site1, site2, site3]");
    assertThat(run.train(fourSites, "--personal", "normalisation")).as(run.err()).isZero();
    JsonNode hidden = run.report().path("notCoveredByGuarantee");
    assertThat(hidden.has("personalEvaluation")).isFalse();
    String reason = hidden.path("personalNotShown").asText();
    assertThat(reason).contains("they need 5 or more held-out clients");
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains(reason)
        .doesNotContain("personal accuracy");
    assertThat(Files.readString(run.path().resolve("report.html"))).contains("Note: " + reason);
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

    assertThat(run.train(FOLDER, "--labels", file.toString())).as(run.err()).isZero();
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(12);

    assertThat(run.train(FOLDER, "--labels", file.toString(), "--unit", "site", "--cohort", "3"))
        .as(run.err())
        .isZero();
    assertThat(run.train(FOLDER, "--labels", file.toString(), "--unit", "ward")).isEqualTo(2);
    assertThat(run.err()).contains("data.unit must be patient or site");
    // Masks hold 0 to 6, and there are two classes.
    String masks = directory.resolve("masks").toString();
    assertThat(run.train(FOLDER, "--masks", masks, "--model", "unet")).isEqualTo(2);
    assertThat(run.err()).contains("expected classes from 0 to 1");
    assertThat(
            run.train(
                FOLDER.replace("[healthy, ill]", "[a, b, c, d, e, f, g]"),
                "--masks",
                masks,
                "--model",
                "unet"))
        .as(run.err())
        .isZero();
  }

  @Test
  void train_folderHoldingOutSites_evaluatesOnThemAlone() throws IOException {
    folder();
    assertThat(run.train(FOLDER.replace("testShare: 0.3", "testSites: [site2, site7]")))
        .as(run.err())
        .isZero();
    assertThat(run.report().at("/notCoveredByGuarantee/sites").isMissingNode()).isTrue();
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/examples").asInt()).isEqualTo(4);
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(10);
    assertThat(run.report().at("/notCoveredByGuarantee/heldOut").asText())
        .isEqualTo("4 rows; 2 of 10 clients have no training rows, 2 of them by data.testSites");
  }

  /** Most clients are held out because the settings say so, which is nothing to warn of. */
  @Test
  void train_mostSitesHeldOutByName_warnsOfNothing() throws IOException {
    folder();
    String most =
        FOLDER.replace("testShare: 0.3", "testSites: [site0, site1, site2, site3, site4, site5]");
    assertThat(run.train(most)).as(run.err()).isZero();
    assertThat(run.out() + run.err()).doesNotContain("warning");
    assertThat(run.report().at("/notCoveredByGuarantee").has("warning")).isFalse();
    // By chance it is.
    assertThat(run.train(FOLDER.replace("testShare: 0.3", "testShare: 0.8")))
        .as(run.err())
        .isZero();
    assertThat(run.out()).contains("warning:").contains("clients (each one site) have no training");
  }

  @Test
  void train_folderWithADamagedImage_isRefusedOrLeftOut() throws IOException {
    folder();
    Files.writeString(directory.resolve("sites/site1/ill/broken.png"), "no image");
    assertThat(run.train(FOLDER)).isEqualTo(2);
    assertThat(run.err()).contains("broken.png");
    assertThat(run.train(FOLDER, "--damaged", "leave-out")).as(run.err()).isZero();
    assertThat(run.train(FOLDER.replace("[healthy, ill]", "{healthy: [0], ill: [1]}")))
        .isEqualTo(2);
    assertThat(run.err()).contains("data.classes must be a list");
  }

  /** The note follows from the settings: whether an image is in colour is no business of others. */
  @Test
  void train_conversions_areInTheNotesWhateverTheFilesHold() throws IOException {
    folder();
    assertThat(run.train(FOLDER, "--dry-run")).as(run.err()).isZero();
    String note =
        "images that need it are converted: colours become grey (data.channels 1); an EXIF orientation is ignored (data.orientation)";
    assertThat(run.out()).containsOnlyOnce("note: " + note);
    BufferedImage colour = new BufferedImage(16, 16, BufferedImage.TYPE_3BYTE_BGR);
    ImageIO.write(colour, "png", directory.resolve("sites/site1/ill/scan.png").toFile());
    assertThat(run.train(FOLDER)).as(run.err()).isZero();
    assertThat(run.out().replaceAll("\\s+", " ")).containsOnlyOnce("note: " + note);
    assertThat(run.report().path("notes").get(0).asText()).isEqualTo(note);
    assertThat(Files.readString(run.path().resolve("report.html"))).contains(note);
    assertThat(run.train(FOLDER, "--json")).as(run.err()).isZero();
    assertThat(run.out()).contains(note);

    assertThat(run.train(FOLDER, "--channels", "3", "--fit", "--dry-run")).as(run.err()).isZero();
    assertThat(run.out())
        .contains("grey images get three equal channels (data.channels 3)")
        .contains("other sizes are resized, proportions not kept (data.fit)");
  }

  @Test
  void train_bitsTransparencyOrientation_areThoseOfTheReader() throws IOException {
    folder();
    BufferedImage deep = new BufferedImage(16, 16, BufferedImage.TYPE_USHORT_GRAY);
    for (String label : List.of("healthy", "ill")) {
      ImageIO.write(
          deep, "png", directory.resolve("sites/site1/%s/scan.png".formatted(label)).toFile());
    }
    assertThat(run.train(FOLDER)).isEqualTo(2);
    assertThat(run.err()).contains("expected values of 8 bits").contains("data.bits");
    assertThat(run.train(FOLDER, "--bits", "16")).isEqualTo(2);
    assertThat(run.err()).contains("data.scaling must be stated for values of 16 bits");
    assertThat(run.train(FOLDER, "--bits", "16", "--scaling", "[0, 65535]")).isEqualTo(2);
    assertThat(run.err()).contains("expected values of 16 bits");

    folder();
    BufferedImage clear = new BufferedImage(16, 16, BufferedImage.TYPE_4BYTE_ABGR);
    ImageIO.write(clear, "png", directory.resolve("sites/site1/ill/scan.png").toFile());
    assertThat(run.train(FOLDER)).isEqualTo(2);
    assertThat(run.err()).contains("data.transparency: black");
    assertThat(run.train(FOLDER, "--transparency", "black", "--orientation", "exif"))
        .as(run.err())
        .isZero();
    assertThat(run.report().path("notes").get(0).asText())
        .contains("transparent pixels are mixed with black (data.transparency)")
        .contains("images are turned as EXIF says (data.orientation)");
    Configuration trained = Configuration.of(run.path().resolve("config.yaml"));
    assertThat(ImageSource.loader(trained))
        .isEqualTo(ImageLoader.of(1, 16, 16).compositingOnBlack().rotating());
    // What it predicts is read in the same way.
    Path images = directory.resolve("sites/site1");
    assertThat(run.dpfed("predict", run.path().toString(), "--data-directory", images.toString()))
        .as(run.err())
        .isZero();
    assertThat(run.train(FOLDER, "--masks", "masks", "--orientation", "exif")).isEqualTo(2);
    assertThat(run.err()).contains("data.orientation has no effect with data.masks");
  }

  @Test
  void train_moreImagesThanMemoryHolds_isRefusedBeforeAnyIsRead() throws IOException {
    folder();
    assertThat(run.train(FOLDER, "--image-size", "[65535, 65535]", "--fit")).isEqualTo(2);
    assertThat(run.err()).contains("DPFED_JAVA_OPTS").contains("data.imageSize");
  }
}
