package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A MedMNIST file on the command line, and what holds for images of every format. */
final class TrainOnMedMnistTest {
  private static final String MEDMNIST =
      """
      data: {set: medmnist, file: breastmnist.npz}
      partition: {by: one-per-client}
      model: {architecture: image-cnn, width: 4}
      """;

  private final Path directory;
  private final ImageRun run;

  TrainOnMedMnistTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image-cnn", "residual", "logistic"})
  void train_medMnist_namesTheImageAsUnit(String architecture) throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    boolean isGraph = !architecture.equals("logistic");
    String settings = MEDMNIST.replace("image-cnn", architecture);

    int status =
        run.train(isGraph ? settings : settings.replace(", width: 4", ""), "--unit", "image");

    assertThat(status).as(run.err()).isZero();
    assertThat(run.report().at("/guarantee/unit").asText()).isEqualTo("image");
    // Training and validation images.
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(50);
    assertThat(run.report().at("/notCoveredByGuarantee/evaluation/examples").asInt()).isEqualTo(10);
    if (isGraph) {
      run.assertTrained();
    }
  }

  @Test
  void train_medMnistByValidation_leavesTestImagesOut() throws IOException {
    new MadeImages().medMnist(directory.resolve("mine_28.npz"));
    String settings = MEDMNIST.replace("breastmnist.npz", "mine_28.npz");

    assertThat(run.train(settings)).isEqualTo(2);
    assertThat(run.err()).contains("MedMNIST set must be one of").contains("data.name");

    assertThat(run.train(settings, "--data-name", "BreastMNIST", "--validation", "leave-out"))
        .as(run.err())
        .isZero();
    assertThat(run.report().at("/plan/population").asInt()).isEqualTo(40);
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
