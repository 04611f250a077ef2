package org.dpfed.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class ArchitectureTest {
  private static final InputType FLAT_IMAGE = InputType.convolutionalFlat(28, 28, 1);
  private static final InputType IMAGE = InputType.convolutional(28, 28, 1);

  /** The counts of the papers; for the first two, inputs times outputs plus biases. */
  @ParameterizedTest
  @CsvSource({"logistic, 7850", "mlp, 12730", "tanh-cnn, 26010", "lenet, 582026"})
  void configuration_imageOf28With10Classes_hasThePublishedParameterCount(String name, long count) {
    assertThat(network(Architecture.named(name), FLAT_IMAGE, 10).numParams()).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"logistic", "mlp", "tanh-cnn", "lenet"})
  void output_flatAndShapedImages_areTheSameProbabilities(String name) {
    Architecture architecture = Architecture.named(name);
    INDArray flat = Nd4j.linspace(-1, 1, 3 * 784, DataType.FLOAT).reshape(3, 784);

    INDArray fromFlat = network(architecture, FLAT_IMAGE, 10).output(flat);
    INDArray fromShaped = network(architecture, IMAGE, 10).output(flat.reshape(3, 1, 28, 28));

    assertThat(fromFlat.shape()).containsExactly(3, 10);
    // Softmax in float: ten terms, each rounded to 2⁻²⁴ of itself, sum to 1 within 10 · 2⁻²⁴.
    for (int row = 0; row < 3; row++) {
      assertThat(Math.abs(fromFlat.getRow(row).sumNumber().doubleValue() - 1)).isLessThan(1e-6);
    }
    assertThat(fromShaped).isEqualTo(fromFlat);
  }

  @Test
  void mlp_hiddenSizes_becomeTheLayers() {
    MultiLayerNetwork network =
        network(new Architecture.Mlp(List.of(16, 8)), InputType.feedForward(30), 2);

    assertThat(network.numParams()).isEqualTo((30 + 1) * 16 + (16 + 1) * 8 + (8 + 1) * 2);
    assertThat(network.output(Nd4j.zeros(DataType.FLOAT, 5, 30)).shape()).containsExactly(5, 2);
  }

  @ParameterizedTest
  @CsvSource({"logistic", "mlp", "tanh-cnn", "lenet"})
  void configuration_always_hasNoRegularisationAndTheCallersUpdater(String name) {
    var configuration = Architecture.named(name).configuration(FLAT_IMAGE, 10, new Adam(0.01), 1);

    assertThat(configuration.getDataType()).isEqualTo(DataType.FLOAT);
    assertThat(configuration.getConfs())
        .extracting(conf -> conf.getLayer())
        .filteredOn(layer -> layer instanceof BaseLayer)
        .allSatisfy(
            layer -> {
              BaseLayer weights = (BaseLayer) layer;
              assertThat(weights.getRegularization()).isNullOrEmpty();
              assertThat(weights.getIUpdater()).isEqualTo(new Adam(0.01));
              assertThat(weights.getIDropout()).isNull();
            });
  }

  @Test
  void configuration_learningRate_isPlainSgd() {
    var configuration =
        new Architecture.Logistic().configuration(InputType.feedForward(30), 2, 0.25, 1);

    BaseLayer output = (BaseLayer) configuration.getConf(0).getLayer();
    assertThat(output.getIUpdater()).isEqualTo(new Sgd(0.25));
  }

  @Test
  void configuration_sameSeed_startsFromTheSameWeights() {
    Architecture architecture = new Architecture.TanhCnn();

    INDArray first = network(architecture, FLAT_IMAGE, 10).params();
    INDArray again = network(architecture, FLAT_IMAGE, 10).params();
    MultiLayerNetwork other =
        new MultiLayerNetwork(architecture.configuration(FLAT_IMAGE, 10, 0.1, 2));
    other.init();

    assertThat(again).isEqualTo(first);
    assertThat(other.params()).isNotEqualTo(first);
  }

  @Test
  void named_unknown_listsTheNames() {
    assertThat(Architecture.names()).containsExactly("logistic", "mlp", "tanh-cnn", "lenet");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Architecture.named("resnet"))
        .withMessage("architecture must be one of logistic, mlp, tanh-cnn, lenet, was 'resnet'");
  }

  @ParameterizedTest
  @CsvSource({"tanh-cnn", "lenet"})
  void configuration_imageOfAnotherShape_saysWhatIsNeeded(String name) {
    Architecture architecture = Architecture.named(name);

    for (InputType wrong :
        List.of(
            InputType.feedForward(784),
            InputType.convolutionalFlat(32, 32, 1),
            InputType.convolutional(28, 28, 3))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> architecture.configuration(wrong, 10, 0.1, 1))
          .withMessageContaining(name + " needs grey images of 28×28")
          .withMessageContaining("was " + wrong);
    }
  }

  /** A line y = 0.5 x is within reach of one linear unit: 200 full steps bring the error near 0. */
  @Test
  void configuration_oneOutput_estimatesANumber() {
    MultiLayerNetwork network = network(new Architecture.Logistic(), InputType.feedForward(1), 1);
    INDArray x = Nd4j.createFromArray(new float[][] {{-1}, {-0.5f}, {0.5f}, {1}});
    INDArray y = x.mul(0.5);

    for (int step = 0; step < 200; step++) {
      network.fit(x, y);
    }

    // The error shrinks by at least 1 − 0.1 · mean(x²) = 0.94 a step: 0.94^200 is below 1e-5.
    assertThat(network.output(x).sub(y).amaxNumber().doubleValue()).isLessThan(1e-3);
  }

  @Test
  void configuration_valuesOutOfBounds_areRefusedByName() {
    Architecture architecture = new Architecture.Logistic();
    InputType input = InputType.feedForward(3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> architecture.configuration(input, 0, 0.1, 1))
        .withMessage(
            "outputs must be at least 1, was 0; one for each class, or 1 for a regression");
    for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> architecture.configuration(input, 2, rate, 1))
          .withMessage("learningRate must be positive and finite, was " + rate);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Architecture.Mlp(List.of()))
        .withMessageContaining("hiddenSizes must name at least one layer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Architecture.Mlp(List.of(8, 0)))
        .withMessage("hiddenSizes must be at least 1, were [8, 0]");
  }

  private static MultiLayerNetwork network(
      Architecture architecture, InputType input, int classes) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(architecture.configuration(input, classes, 0.1, 1));
    network.init();
    return network;
  }
}
