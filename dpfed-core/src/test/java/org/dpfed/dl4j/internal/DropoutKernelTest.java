package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.BatchShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Dropout in fast steps: its distribution, its way back, and that the seed decides. */
final class DropoutKernelTest {
  private static final int COUNT = 200_000;

  /** Standard errors that are allowed: of fixed seeds, and 1 of 10⁶ would be further off. */
  private static final double SIGMAS = 4.9;

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.5, 0.9, 1})
  void dropout_keepsThatPart_andItsMean(double kept) {
    float[] output = ofOnes(new Dropout(kept));
    int zeros = 0;
    for (float value : output) {
      assertThat(value).isIn(0f, (float) (1 / kept));
      zeros += value == 0 ? 1 : 0;
    }
    double stddev = Math.sqrt(COUNT * kept * (1 - kept));
    assertThat((double) zeros).isCloseTo(COUNT * (1 - kept), within(SIGMAS * stddev));
  }

  @Test
  void gaussianDropout_hasThatMeanAndVariance() {
    requireMoments(ofOnes(new GaussianDropout(0.2)), 1, 0.25);
  }

  @Test
  void gaussianNoise_hasThatMeanAndVariance() {
    requireMoments(ofOnes(new GaussianNoise(0.3)), 1, 0.09);
  }

  /** What is dropped must not follow from what augmentation draws of the same seed. */
  @Test
  void begin_drawsOtherNumbersThanOrderAndAugmentation() {
    StepRandom steps = new StepRandom();
    steps.begin(9);
    long[] drawn = steps.random().longs(4).toArray();
    assertThat(drawn).doesNotContain(new SplittableRandom(9).longs(8).toArray());
    assertThat(drawn).doesNotContain(new SplittableRandom(9).split().longs(8).toArray());
    steps.begin(9);
    assertThat(steps.random().longs(4).toArray()).isEqualTo(drawn);
  }

  /** Of values of mean 0 and variance 1, which it keeps. */
  @Test
  void alphaDropout_keepsMeanAndVariance() {
    float[] values = new float[COUNT];
    java.util.Random random = new java.util.Random(4);
    for (int i = 0; i < COUNT; i++) {
      values[i] = (float) random.nextGaussian();
    }
    requireMoments(forward(kernel(new AlphaDropout(0.8), 3), values), 0, 1);
  }

  /**
   * The standard error of a variance is at most its kurtosis' root times 1/√n; values here have a
   * kurtosis below 4.
   */
  private static void requireMoments(float[] values, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    assertThat(sum / COUNT).isCloseTo(mean, within(SIGMAS * Math.sqrt(variance / COUNT)));
    assertThat(squares / COUNT)
        .isCloseTo(variance, within(SIGMAS * variance * 2 / Math.sqrt(COUNT)));
  }

  @Test
  void spatialDropout_dropsWholeChannelsOfAnExample() {
    BatchShape shape = new BatchShape(50, 40, 3, 2);
    float[] output = new float[shape.length()];
    float[] ones = new float[shape.length()];
    Arrays.fill(ones, 1);
    DropoutKernel kernel = kernel(new SpatialDropout(0.5), 6);
    kernel.prepare(List.of(shape));
    kernel.forward(new float[][] {ones}, output);
    int dropped = 0;
    for (int channel = 0; channel < 40; channel++) {
      for (int example = 0; example < 50; example++) {
        float first = output[channel * 6 * 50 + example];
        assertThat(first).isIn(0f, 2f);
        dropped += first == 0 ? 1 : 0;
        for (int pixel = 1; pixel < 6; pixel++) {
          assertThat(output[(channel * 6 + pixel) * 50 + example]).isEqualTo(first);
        }
      }
    }
    assertThat((double) dropped).isCloseTo(1000, within(SIGMAS * Math.sqrt(500)));
  }

  static Stream<IDropout> kinds() {
    return Stream.of(
        new Dropout(0.6),
        new GaussianDropout(0.3),
        new GaussianNoise(0.3),
        new AlphaDropout(0.7),
        new SpatialDropout(0.6));
  }

  /**
   * Gradients against central differences of the loss under the same masks, through dropout before
   * a convolution and before a dense layer. With h = 0.003 they are off by h² / 6 times a third
   * derivative of order 10, and by a few 2⁻²⁴ / h from rounding, together below 1e-4.
   */
  @ParameterizedTest
  @MethodSource("kinds")
  void gradient_underFixedMasks_isThatOfTheLoss(IDropout kind) {
    IDropout second = kind instanceof SpatialDropout ? new Dropout(0.6) : kind.clone();
    MultiLayerConfiguration configuration =
        builder()
            .list(
                convolution().build(),
                convolution().dropOut(kind).build(),
                new DropoutLayer(kind.clone()),
                new DenseLayer.Builder()
                    .nOut(4)
                    .activation(Activation.TANH)
                    .dropOut(second)
                    .build(),
                output())
            .setInputType(InputType.convolutional(5, 4, 2))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    Nd4j.getRandom().setSeed(8);
    DataSet batch = new DataSet(Nd4j.randn(DataType.FLOAT, 6, 2, 5, 4), RandomGraph.oneHot(6, 3));
    try (TrainingSteps steps = TrainingSteps.of(network).orElseThrow()) {
      INDArray start = network.params().dup();
      step(steps, batch);
      INDArray gradient = start.sub(network.params());
      double largest = 0;
      for (int i = 0; i < start.length(); i += 3) {
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
          network.params().assign(start);
          network.params().putScalar(i, start.getDouble(i) + (side == 0 ? 0.003 : -0.003));
          losses[side] = step(steps, batch);
        }
        assertThat(gradient.getDouble(i))
            .as("parameter %d", i)
            .isCloseTo((losses[0] - losses[1]) / 0.006, within(1e-4));
        largest = Math.max(largest, Math.abs(gradient.getDouble(i)));
      }
      assertThat(largest).as("gradients far above the tolerance").isGreaterThan(0.02);
    }
  }

  private static double step(TrainingSteps steps, DataSet batch) {
    steps.begin(77);
    return SameSteps.take(steps, batch);
  }

  /** One client after another, or the other alone: masks follow from the client's seed only. */
  @Test
  void masks_ofAClient_areThoseOfItsSeedAlone() {
    MultiLayerConfiguration configuration =
        builder()
            .list(
                new LSTM.Builder().nOut(4).activation(Activation.TANH).dropOut(0.5).build(),
                new LastTimeStep(
                    new LSTM.Builder().nOut(4).activation(Activation.TANH).dropOut(0.5).build()),
                output())
            .setInputType(InputType.recurrent(3))
            .build();
    Nd4j.getRandom().setSeed(8);
    DataSet batch = new DataSet(Nd4j.randn(DataType.FLOAT, 6, 3, 5), RandomGraph.oneHot(6, 3));
    INDArray alone = trained(configuration, batch, 5);
    Nd4j.getRandom().setSeed(1);
    assertThat(trained(configuration, batch, 3, 5)).isEqualTo(alone);
    assertThat(trained(configuration, batch, 3)).isNotEqualTo(alone);
  }

  /** Parameters after the last of these clients, each of which begins where the first does. */
  private static INDArray trained(
      MultiLayerConfiguration configuration, DataSet batch, long... seeds) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
    network.init();
    INDArray start = network.params().dup();
    try (TrainingSteps steps = TrainingSteps.of(network).orElseThrow()) {
      for (long seed : seeds) {
        network.params().assign(start);
        steps.begin(seed);
        SameSteps.take(steps, batch);
        SameSteps.take(steps, batch);
      }
    }
    return network.params();
  }

  @Test
  void dropout_withASchedule_isLeftToDl4j() {
    IDropout changing = new Dropout(new StepSchedule(ScheduleType.ITERATION, 0.5, 0.9, 1));
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder()
                .list(new DenseLayer.Builder().nOut(4).dropOut(changing).build(), output())
                .setInputType(InputType.feedForward(3))
                .build());
    network.init();
    assertThat(TrainingSteps.obstacle(network))
        .hasValue(
            "layer 'layer0' is a DenseLayer with dropout of a kind (Dropout) or with a schedule, for which dpfed has no kernel");
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(DataType.FLOAT)
        .updater(new Sgd(1));
  }

  private static ConvolutionLayer.Builder convolution() {
    return new ConvolutionLayer.Builder(2, 2).nOut(3).activation(Activation.TANH);
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static float[] ofOnes(IDropout kind) {
    float[] ones = new float[COUNT];
    Arrays.fill(ones, 1);
    return forward(kernel(kind, 2), ones);
  }

  private static DropoutKernel kernel(IDropout kind, long seed) {
    StepRandom random = new StepRandom();
    random.begin(seed);
    return new DropoutKernel(DropoutKind.of(kind).orElseThrow(), random);
  }

  private static float[] forward(DropoutKernel kernel, float[] values) {
    kernel.prepare(List.of(BatchShape.rows(COUNT / 100, 100)));
    float[] output = new float[COUNT];
    kernel.forward(new float[][] {values}, output);
    return output;
  }
}
