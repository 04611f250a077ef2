package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Trap 24: DL4J's SameDiff layers double the gradients of what lies below them. */
final class SameDiffGradientTest {
  /** Gives its input back, so that its gradient is known. */
  private static final class Same extends SameDiffLambdaLayer {
    @Override
    public SDVariable defineLayer(SameDiff sameDiff, SDVariable input) {
      return input.mul(1.0);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
      return inputType;
    }
  }

  private static final class SameVertex extends SameDiffLambdaVertex {
    @Override
    public SDVariable defineVertex(SameDiff sameDiff, VertexInputs inputs) {
      return inputs.getInput(0).mul(1.0);
    }
  }

  /**
   * The reason for the refusal. In doubles, so a central difference of step 1e-4 is right to about
   * 1e-8 of gradients of order 1e-2. Should a new release of DL4J make this test fail, the refusal
   * can go.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void gradient_belowSameDiffLayers_isTwiceTooLargeForEach(int sameDiffLayers) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration(sameDiffLayers));
    network.init();
    DataSet examples = Networks.examples(6, 1);
    INDArray features = examples.getFeatures().castTo(DataType.DOUBLE);
    INDArray labels = examples.getLabels().castTo(DataType.DOUBLE);
    network.setInput(features);
    network.setLabels(labels);
    network.computeGradientAndScore();
    // The network's gradient is a sum over the examples, its score a mean.
    double claimed = network.gradient().gradient().getDouble(0) / 6;
    double step = 1e-4;
    double first = network.params().getDouble(0);
    network.params().putScalar(0, first + step);
    double above = network.score(new DataSet(features, labels));
    network.params().putScalar(0, first - step);
    double below = network.score(new DataSet(features, labels));
    double numerical = (above - below) / (2 * step);
    assertThat(claimed / numerical).isCloseTo(Math.pow(2, sameDiffLayers), within(1e-4));
  }

  @Test
  void of_sameDiffLayers_areRefusedByName() {
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(new DenseLayer.Builder().nOut(3).build(), new Same(), output())
                        .setInputType(InputType.feedForward(4))
                        .build()))
        .hasMessageContaining("'layer1'")
        .hasMessageContaining("SameDiff");
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(
                            new LastTimeStep(
                                new LearnedSelfAttentionLayer.Builder()
                                    .nOut(3)
                                    .nHeads(1)
                                    .projectInput(true)
                                    .nQueries(2)
                                    .build()),
                            output())
                        .setInputType(InputType.recurrent(4, 6))
                        .build()))
        .hasMessageContaining("LearnedSelfAttentionLayer");
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(
                            new DenseLayer.Builder().nOut(3).build(),
                            new FrozenLayerWithBackprop(new Same()),
                            output())
                        .setInputType(InputType.feedForward(4))
                        .build()))
        .hasMessageContaining("SameDiff");
  }

  @Test
  void of_sameDiffVertex_isRefusedByName() {
    var configuration =
        NetworkGuardTest.builder()
            .graphBuilder()
            .addInputs("in")
            .addLayer("hidden", new DenseLayer.Builder().nIn(4).nOut(3).build(), "in")
            .addVertex("same", new SameVertex(), "hidden")
            .addLayer("out", new OutputLayer.Builder().nIn(3).nOut(2).build(), "same")
            .setOutputs("out")
            .build();
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .hasMessageContaining("'same'")
        .hasMessageContaining("SameDiff");
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MSE)
        .activation(Activation.IDENTITY)
        .nOut(2)
        .build();
  }

  private static MultiLayerConfiguration configuration(int sameDiffLayers) {
    var list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(DataType.DOUBLE)
            .updater(new Sgd(0.1))
            .list()
            .layer(new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build());
    for (int i = 0; i < sameDiffLayers; i++) {
      list.layer(new Same());
    }
    return list.layer(output()).setInputType(InputType.feedForward(4)).build();
  }
}
