package org.dpfed.imaging.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dpfed.imaging.networks.ImageNetwork.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.dl4j.DamagedModelException;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.SoftDice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

final class ImageNetworkTest {
  private static ComputationGraphConfiguration configuration(
      ImageNetwork network, InputTypeConvolutional image, int classes) {
    return network.configuration(image, classes, new Sgd(0.1), 1);
  }

  /** 9·in·out of a convolution of 3×3 with what its normalisation has. */
  private static long convolution(long in, long out) {
    return 9 * in * out + 2 * out;
  }

  @ParameterizedTest
  @CsvSource({"28,1,2", "28,3,9", "64,1,2", "64,3,4", "128,1,2", "128,3,2"})
  void imageCnn_parameters_areAsManyAsItsLayersHave(int side, int channels, int classes) {
    long expected = convolution(channels, 16) + convolution(16, 32) + convolution(32, 64);
    expected += side > 28 ? convolution(64, 64) : 0;
    expected += side > 64 ? convolution(64, 64) : 0;
    expected += 64L * classes + classes;
    assertThat(dimension(new ImageCnn(), image(side, side, channels), classes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"28,1,2", "28,3,9", "64,1,2"})
  void residualNetwork_parameters_areAsManyAsItsLayersHave(int side, int channels, int classes) {
    long expected = convolution(channels, 16) + 2 * convolution(16, 16);
    expected += convolution(16, 32) + convolution(32, 32) + 16 * 32 + 2 * 32;
    expected += convolution(32, 64) + convolution(64, 64) + 32 * 64 + 2 * 64;
    expected += side > 28 ? 2 * convolution(64, 64) + 64 * 64 + 2 * 64 : 0;
    expected += 64L * classes + classes;
    assertThat(dimension(new ResidualNetwork(), image(side, side, channels), classes))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"16,3,1,2", "16,3,3,4", "8,2,1,3"})
  void unet_parameters_areAsManyAsItsLayersHave(int width, int depth, int channels, int classes) {
    long expected = convolution(channels, width) + convolution(width, width);
    for (int i = 1; i <= depth; i++) {
      long here = (long) width << i;
      expected += convolution(here / 2, here) + convolution(here, here);
      // The way up to the scale above: half as many, put beside as many.
      expected += convolution(here, here / 2) + convolution(here, here / 2);
      expected += convolution(here / 2, here / 2);
    }
    expected += (long) width * classes + classes;
    assertThat(dimension(new UNet(width, depth), image(64, 48, channels), classes))
        .isEqualTo(expected);
  }

  /** What the documentation says. */
  @Test
  void parameters_ofTheSmallestTasks_areThoseStated() {
    assertThat(dimension(new ImageCnn(), image(28, 28, 1), 2)).isEqualTo(23_538);
    assertThat(dimension(new ImageCnn(), image(64, 64, 1), 2)).isEqualTo(60_530);
    assertThat(dimension(new ImageCnn(), image(128, 128, 1), 2)).isEqualTo(97_522);
    assertThat(dimension(new ResidualNetwork(), image(28, 28, 1), 2)).isEqualTo(77_234);
    assertThat(dimension(new ResidualNetwork(), image(64, 64, 1), 2)).isEqualTo(155_442);
    assertThat(dimension(new UNet(), image(64, 64, 1), 2)).isEqualTo(536_338);
  }

  private static long dimension(ImageNetwork network, InputTypeConvolutional image, int classes) {
    return NetworkTemplate.of(configuration(network, image, classes)).dimension();
  }

  static Stream<Arguments> outputs() {
    return Stream.of(
        Arguments.of(new ImageCnn(4), new long[] {2, 3}),
        Arguments.of(new ResidualNetwork(4), new long[] {2, 3}),
        Arguments.of(new UNet(4, 2), new long[] {2, 3, 28, 20}));
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void output_ofImages_isProbabilitiesOfTheClasses(ImageNetwork network, long[] shape) {
    ComputationGraph graph = initialised(configuration(network, image(28, 20, 2), 3));
    INDArray output = graph.output(Nd4j.rand(DataType.FLOAT, 2, 2, 28, 20))[0];
    assertThat(output.shape()).isEqualTo(shape);
    INDArray sums = output.sum(1);
    assertThat(sums.equalsWithEps(Nd4j.onesLike(sums), 1e-5)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void fit_someSteps_lowersTheLoss(ImageNetwork network, long[] shape) {
    ComputationGraph graph = initialised(configuration(network, image(28, 20, 2), 3));
    INDArray labels = Nd4j.zeros(shape);
    labels.slice(0).slice(0).assign(1);
    labels.slice(1).slice(2).assign(1);
    DataSet examples = new DataSet(Nd4j.rand(DataType.FLOAT, 2, 2, 28, 20), labels);
    double before = graph.score(examples);
    for (int step = 0; step < 10; step++) {
      graph.fit(examples);
    }
    assertThat(graph.score(examples)).isLessThan(0.9 * before);
  }

  private static ComputationGraph initialised(ComputationGraphConfiguration configuration) {
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }

  @Test
  void modelFile_ofAnyNetwork_readsItWithTheClassesNamed(@TempDir Path directory)
      throws IOException {
    List<ComputationGraphConfiguration> all =
        List.of(
            configuration(new ImageCnn(4), image(28, 28, 1), 2),
            configuration(new ResidualNetwork(4), image(28, 28, 1), 2),
            new UNet(4, 2)
                .configuration(
                    image(28, 28, 1), 3, SoftDice.withoutBackground(28 * 28, 3), new Sgd(1), 1));
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 1, 28, 28);
    for (ComputationGraphConfiguration each : all) {
      ComputationGraph graph = initialised(each);
      Path file = directory.resolve("model.zip");
      ModelSerializer.writeModel(graph, file.toFile(), true);
      ComputationGraph read = ModelFile.readGraph(file, ImageNetwork.SAVED_CLASSES);
      assertThat(read.output(images)[0]).isEqualTo(graph.output(images)[0]);
      assertThat(ComputationGraph.load(file.toFile(), true).output(images)[0])
          .isEqualTo(graph.output(images)[0]);
      assertThatThrownBy(() -> ModelFile.readGraph(file, Set.of()))
          .isInstanceOf(DamagedModelException.class)
          .hasMessageContaining("names the class 'org.dpfed.imaging.");
    }
  }

  @Test
  void configuration_thatDoesNotFit_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration(new UNet(4, 3), image(28, 28, 1), 2))
        .withMessageContaining("multiples of 8, got 28×28");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration(new UNet(4, 2), image(28, 28, 1), 1))
        .withMessageContaining("classes must be at least 2");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new UNet(4, 2)
                    .configuration(image(28, 28, 1), 2, CrossEntropy.of(1), new Sgd(1), 1))
        .withMessageContaining("images of 784 pixels");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ImageCnn()
                    .configuration(
                        image(28, 28, 1),
                        2,
                        new CrossEntropy(1, 0, List.of(1.0, 2.0, 3.0)),
                        new Sgd(1),
                        1))
        .withMessageContaining("each of 2 classes, had 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageCnn(6))
        .withMessageContaining("multiple of 4");
    assertThatIllegalArgumentException().isThrownBy(() -> new UNet(4, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageCnn().configuration(image(28, 28, 1), 2, new Sgd(1), 0))
        .withMessageContaining("seed");
  }
}
