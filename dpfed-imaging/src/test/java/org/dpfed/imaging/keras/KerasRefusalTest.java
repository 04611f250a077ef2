package org.dpfed.imaging.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.dpfed.imaging.losses.CrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** What is refused, with one exception and one line. */
final class KerasRefusalTest {
  private static final Sgd UPDATER = new Sgd(0.1);

  @TempDir private Path folder;

  /** The configuration of a made file, of which a text is replaced. */
  private static void translate(String model, String from, String to) throws IOException {
    try (Hdf5 file = Hdf5.open(new MadeModel(model).file())) {
      String config = file.text("model_config").orElseThrow();
      assertThat(config).contains(from);
      ModelConfig changed =
          ModelConfig.of(file.text("keras_version"), Optional.of(config.replace(from, to)));
      Translation.of(changed, Losses.ofFile(file.text("training_config")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cnn | \"MaxPooling2D\" | \"BatchNormalization\" | org.dpfed.imaging.layers.GroupNorm",
        "cnn | \"MaxPooling2D\" | \"GroupNormalization\" | org.dpfed.imaging.layers.GroupNorm",
        "cnn | \"MaxPooling2D\" | \"Lambda\" | it is code",
        "cnn | \"MaxPooling2D\" | \"Functional\" | a model inside the model",
        "cnn | \"MaxPooling2D\" | \"Rescaling\" | prepare the clients' images",
        "cnn | \"MaxPooling2D\" | \"SeparableConv2D\" | is not supported",
        "cnn | channels_last | channels_first | save the model with channels_last",
        "cnn | \"groups\": 1 | \"groups\": 2 | without groups",
        "cnn | \"kernel_regularizer\": null | \"kernel_regularizer\": {\"l2\": 1} | set it to None",
        "cnn | \"activation\": \"relu\" | \"activation\": \"gelu\" | activation gelu is not supported",
        "cnn | \"rate\": 0.5 | \"rate\": 1.5 | rate must be at least 0",
        "cnn | [null, 8, 6, 2] | [null, null, null, 2] | no fixed shape",
        "cnn | [null, 8, 6, 2] | [null, 1, 1, 2] | pool_size is larger than the image",
        "cnn | \"Flatten\" | \"Activation\" | put Flatten or GlobalAveragePooling2D",
        "cnn | \"units\": 7 | \"units\": -7 | whole numbers of at least 1 in units",
        "cnn | \"trainable\": true | \"trainable\": false | no layer with weights is trainable",
        "cnn | \"name\": \"conv1\" | \"name\": \"a\\nb\" | name of a layer of letters",
        "cnn | \"class_name\": \"Sequential\" | \"class_name\": \"MyModel\" | found class MyModel",
        "mlp | \"activation\": \"softmax\" | \"activation\": \"tanh\" | activation softmax",
        "skip | \"sigmoid\" | \"softmax\" | activation sigmoid",
        "skip | \"activation\": \"tanh\" | \"activation\": \"softmax\" | as the output only",
        "skip | \"interpolation\": \"nearest\" | \"interpolation\": \"bilinear\" | must be nearest",
        "skip | \"axis\": -1 | \"axis\": 2 | join along the last axis",
        "skip | [[\"risk\", 0, 0]] | [[\"risk\", 0, 0], [\"mean\", 0, 0]] | one output, this one has 2",
        "skip | [[\"risk\", 0, 0]] | [[\"mean\", 0, 0]] | after the output 'mean'",
        "skip | [[[\"image\", 0, 0, {}]]] | [[[\"image\", 0, 0, {}]], []] | used 2 times",
        "skip | [[[\"image\", 0, 0, {}]]] | [[[\"risk\", 0, 0, {}]]] | after the output",
        "skip | [[[\"image\", 0, 0, {}]]] | [[[\"sum\", 0, 0, {}]]] | after the layers that are its",
        "options | \"max_value\": 6.0 | \"max_value\": 5.0 | max_value 6",
      })
  void layer_thatCannotBeTakenOver_isNamedInOneLine(
      String model, String from, String to, String message) {
    assertThatThrownBy(() -> translate(model, from, to))
        .isInstanceOf(KerasException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1));
  }

  @Test
  void version_otherThan2_isRefusedWithTheRemedy() {
    for (String version : new String[] {"3.4.1", "1.2.0"}) {
      assertThatThrownBy(() -> ModelConfig.of(Optional.of(version), Optional.of("{}")))
          .isInstanceOf(KerasException.class)
          .hasMessageContaining("one of Keras " + version.charAt(0))
          .hasMessageContaining("TF_USE_LEGACY_KERAS=1");
    }
    assertThatThrownBy(() -> ModelConfig.of(Optional.empty(), Optional.of("{}")))
        .hasMessageContaining("found no keras_version");
    assertThatThrownBy(() -> ModelConfig.of(Optional.of("2.12.0"), Optional.empty()))
        .hasMessageContaining("weights only");
  }

  @Test
  void loss_thatIsMissingOrUnknown_asksForOne() {
    assertThatThrownBy(() -> KerasFile.readGraph(new MadeModel("untrained").file(), UPDATER))
        .isInstanceOf(KerasException.class)
        .hasMessageContaining("untrained.h5: it was saved without training configuration")
        .hasMessageContaining("give read a loss");
    assertThatThrownBy(
            () ->
                Losses.ofFile(
                    Optional.of(
                        "{\"loss\": {\"class_name\": \"BinaryCrossentropy\", \"config\": {\"from_logits\": true}}}")))
        .hasMessageContaining("from_logits");
    MadeModel pixels = new MadeModel("segmentation");
    assertThatThrownBy(() -> KerasFile.readGraph(pixels.file(), UPDATER, CrossEntropy.of(1)))
        .hasMessageContaining("48 pixels");
  }

  @Test
  void read_ofAGraph_saysReadGraph() {
    assertThatThrownBy(() -> KerasFile.read(new MadeModel("skip").file(), UPDATER, new LossMSE()))
        .isInstanceOf(KerasException.class)
        .hasMessageContaining("use readGraph");
  }

  /** Every length of the file itself up to its start, then in steps. */
  @Test
  void file_cutAnywhere_isRefusedBeforeNativeCodeSeesIt() throws Exception {
    byte[] whole = Files.readAllBytes(new MadeModel("cnn").file());
    Path cut = folder.resolve("cut.h5");
    for (int length = 0; length < whole.length; length += length < 100 ? 1 : 997) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> KerasFile.read(cut, UPDATER))
          .isInstanceOf(KerasException.class)
          .hasMessageContaining("cut.h5: expected a")
          .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PK\3\4 keras 3", "text", "\u0000\u0001"})
  void file_ofAnotherKind_isRefused(String content) throws Exception {
    Path file = folder.resolve("model.keras");
    Files.writeString(file, content);
    assertThatThrownBy(() -> KerasFile.read(file, UPDATER))
        .isInstanceOf(KerasException.class)
        .hasMessageContaining(content.startsWith("PK") ? "Keras 3" : "expected an HDF5 file");
  }

  /** A name inside the file is changed, so that the data set of the weights is not found. */
  @Test
  void file_withoutTheWeights_isRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(new MadeModel("mlp").file());
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(text).contains("\0kernel:0\0");
    Path file = folder.resolve("renamed.h5");
    Files.writeString(
        file,
        text.replace("\0kernel:0\0", "\0kernel:1\0"),
        java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> KerasFile.read(file, UPDATER))
        .isInstanceOf(KerasException.class)
        .hasMessageContaining("expected one data set kernel:0, found 0");
  }
}
