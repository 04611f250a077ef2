package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.imaging.networks.ImageNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are changed at random in local training, on the command line. */
final class TrainAugmentedTest {
  private static final String MEDMNIST =
      """
      data:
        set: medmnist
        file: breastmnist.npz
        unit: image
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
        scaling: {mean: 100, deviation: 40}
        testShare: 0.3
      partition: {by: by-key}
      model: {architecture: unet, width: 4, depth: 2}
      """;

  private static final String[] ALL = {
    "--flip", "both", "--shift", "0.2", "--rotate", "20", "--brightness", "0.1", "--contrast", "0.3"
  };

  private final Path directory;
  private final ImageRun run;
  private int runs;

  TrainAugmentedTest(@TempDir Path directory) {
    this.directory = directory;
    this.run = new ImageRun(directory);
  }

  /**
   * Without noise and with everybody in each round, so that local training alone makes the model.
   */
  private float[] model(String settings, int population, String... flags) throws IOException {
    String name = "run" + ++runs;
    String[] fixed = {
      "--name", name, "--noise-multiplier", "0", "--cohort", "" + population, "--workers"
    };
    String[] all = new String[fixed.length + flags.length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(flags, 0, all, fixed.length, flags.length);
    assertThat(run.train(settings, all)).as(run.err()).isZero();
    ComputationGraph network =
        ModelFile.readGraph(
            directory.resolve("runs").resolve(name).resolve("model.zip"),
            ImageNetwork.SAVED_CLASSES);
    try {
      return network.params().toFloatVector();
    } finally {
      network.close();
    }
  }

  private static String[] with(String workers, String... flags) {
    String[] all = new String[1 + flags.length];
    all[0] = workers;
    System.arraycopy(flags, 0, all, 1, flags.length);
    return all;
  }

  @Test
  void train_augmentedVolumes_isTheSameForAnyNumberOfWorkers() throws IOException {
    new MadeImages().nifti(directory, 12, 5);
    float[] one = model(NIFTI, 12, with("1", ALL));
    assertThat(model(NIFTI, 12, with("3", ALL))).isEqualTo(one);
    assertThat(model(NIFTI, 12, with("2"))).isNotEqualTo(one);
    assertThat(model(NIFTI, 12, with("2", "--brightness", "0.1"))).isNotEqualTo(one);
  }

  /** A client of one image has no other use for the seed. */
  @Test
  void train_augmentedMedMnist_drawsByTheSeedOfTheRun() throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    float[] plain = model(MEDMNIST, 50, with("2"));
    assertThat(model(MEDMNIST, 50, with("2", "--seed", "3"))).isEqualTo(plain);
    String[] shift = with("2", "--shift", "0.2", "--seed", "3");
    float[] shifted = model(MEDMNIST, 50, shift);
    assertThat(model(MEDMNIST, 50, shift)).isEqualTo(shifted);
    assertThat(model(MEDMNIST, 50, with("2", "--shift", "0.2"))).isNotEqualTo(shifted);
  }

  @Test
  void settings_withoutEffectOrOutOfBounds_areRefused() throws IOException {
    new MadeImages().medMnist(directory.resolve("breastmnist.npz"));
    assertThat(run.dpfed("train", "--dry-run", "--flip", "both")).isEqualTo(2);
    assertThat(run.err()).contains("--flip: client.flip has no effect with data.set wdbc");
    assertThat(run.train(MEDMNIST, "--shift", "0.6")).isEqualTo(2);
    assertThat(run.err()).contains("client.shift must be a positive number up to 0.5, was 0.6");
    assertThat(run.train(MEDMNIST, "--flip", "left")).isEqualTo(2);
    assertThat(run.err()).contains("client.flip must be").contains("horizontal");
  }
}
