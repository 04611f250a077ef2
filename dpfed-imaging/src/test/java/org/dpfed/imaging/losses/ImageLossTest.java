package org.dpfed.imaging.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

final class ImageLossTest {
  private static final int PIXELS = 6;
  private static final int CLASSES = 3;
  private static final int IMAGES = 4;
  private static final IActivation SOFTMAX = new ActivationSoftmax();

  static Stream<ImageLoss> losses() {
    List<Double> weights = List.of(0.5, 2.0, 0.0);
    return Stream.of(
        CrossEntropy.of(PIXELS),
        new CrossEntropy(PIXELS, 0, weights),
        new CrossEntropy(PIXELS, 2, List.of()),
        new CrossEntropy(PIXELS, 0.5, weights),
        CrossEntropy.of(1),
        new SoftDice(PIXELS, List.of()),
        new SoftDice(PIXELS, weights),
        SoftDice.withoutBackground(PIXELS, CLASSES));
  }

  private static INDArray logits() {
    SplittableRandom random = new SplittableRandom(1);
    INDArray logits = Nd4j.create(DataType.DOUBLE, IMAGES * PIXELS, CLASSES);
    for (int i = 0; i < logits.length(); i++) {
      logits.putScalar(i, random.nextDouble(-3, 3));
    }
    return logits;
  }

  private static INDArray labels() {
    SplittableRandom random = new SplittableRandom(2);
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, IMAGES * PIXELS, CLASSES);
    for (int row = 0; row < labels.rows(); row++) {
      // The first image lacks class 2.
      labels.putScalar(row, random.nextInt(row < PIXELS ? 2 : CLASSES), 1);
    }
    return labels;
  }

  /** Leaves out every third pixel, and the whole of the last image. */
  private static INDArray mask() {
    INDArray mask = Nd4j.ones(DataType.DOUBLE, IMAGES * PIXELS, 1);
    for (int row = 0; row < mask.length(); row++) {
      mask.putScalar(row, row % 3 == 0 || row >= (IMAGES - 1) * PIXELS ? 0 : 1);
    }
    return mask;
  }

  /**
   * Central differences of step 1e-5 of a loss of order 1 in double are right to 1e-10 (their
   * curvature) and 1e-11 (rounding); so 1e-8.
   */
  @ParameterizedTest
  @MethodSource("losses")
  void gradient_withAndWithoutAMask_isTheNumericalOne(ImageLoss loss) {
    for (INDArray mask : new INDArray[] {null, mask()}) {
      INDArray logits = logits();
      INDArray gradient = loss.computeGradient(labels(), logits, SOFTMAX, mask);
      for (int i = 0; i < logits.length(); i++) {
        double value = logits.getDouble(i);
        logits.putScalar(i, value + 1e-5);
        double above = score(loss, logits, mask);
        logits.putScalar(i, value - 1e-5);
        double below = score(loss, logits, mask);
        logits.putScalar(i, value);
        assertThat(gradient.getDouble(i)).isCloseTo((above - below) / 2e-5, within(1e-8));
      }
    }
  }

  private static double score(ImageLoss loss, INDArray logits, @Nullable INDArray mask) {
    return loss.computeScore(labels(), logits, SOFTMAX, mask, false);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void score_anyBatch_isTheSumOfThatOfEachImageAlone(ImageLoss loss) {
    double alone = 0;
    for (int image = 0; image < IMAGES; image++) {
      alone +=
          loss.computeScore(
              part(labels(), image), part(logits(), image), SOFTMAX, part(mask(), image), false);
    }
    assertThat(score(loss, logits(), mask())).isCloseTo(alone, within(1e-12));
    assertThat(
            loss.computeScoreArray(labels(), logits(), SOFTMAX, mask()).sumNumber().doubleValue())
        .isCloseTo(alone, within(1e-12));
    assertThat(loss.computeScore(labels(), logits(), SOFTMAX, mask(), true))
        .isCloseTo(alone * loss.pixels() / (IMAGES * PIXELS), within(1e-12));
  }

  private static INDArray part(INDArray rows, int image) {
    return rows.get(
        NDArrayIndex.interval(image * PIXELS, (image + 1) * PIXELS), NDArrayIndex.all());
  }

  /** What is masked may be anything, also what no number is. */
  @ParameterizedTest
  @MethodSource("losses")
  void gradient_ofMaskedPixels_isZeroAndTheirLabelsDoNotCount(ImageLoss loss) {
    INDArray other = labels();
    for (int row = 0; row < other.rows(); row += 3) {
      other.putScalar(row, 0, 1 - other.getDouble(row, 0));
    }
    INDArray gradient = loss.computeGradient(other, logits(), SOFTMAX, mask());
    assertThat(gradient).isEqualTo(loss.computeGradient(labels(), logits(), SOFTMAX, mask()));
    for (int row = 0; row < other.rows(); row++) {
      if (mask().getDouble(row) == 0) {
        assertThat(gradient.getRow(row).norm2Number().doubleValue()).isZero();
      }
    }
  }

  @Test
  void crossEntropy_ofKnownProbabilities_isTheirLogarithm() {
    INDArray logits =
        Nd4j.createFromArray(new double[][] {{Math.log(0.25), Math.log(0.75)}, {0, 0}});
    INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}});
    assertThat(CrossEntropy.of(2).computeScore(labels, logits, SOFTMAX, null, false))
        .isCloseTo((Math.log(4) + Math.log(2)) / 2, within(1e-12));
    // (1 − 0.25)² log 4 and (1 − 0.5)² log 2, with weights 3 and 1.
    assertThat(
            new CrossEntropy(2, 2, List.of(3.0, 1.0))
                .computeScore(labels, logits, SOFTMAX, null, false))
        .isCloseTo((3 * 0.5625 * Math.log(4) + 0.25 * Math.log(2)) / 2, within(1e-12));
  }

  @Test
  void softDice_ofKnownProbabilities_isTheFraction() {
    INDArray logits =
        Nd4j.createFromArray(new double[][] {{Math.log(0.25), Math.log(0.75)}, {0, 0}});
    INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}});
    double first = (2 * 0.25 + 1) / (0.0625 + 0.25 + 1 + 1);
    double second = (2 * 0.5 + 1) / (0.5625 + 0.25 + 1 + 1);
    assertThat(new SoftDice(2, List.of()).computeScore(labels, logits, SOFTMAX, null, false))
        .isCloseTo(1 - (first + second) / 2, within(1e-12));
    assertThat(SoftDice.withoutBackground(2, 2).computeScore(labels, logits, SOFTMAX, null, false))
        .isCloseTo(1 - second, within(1e-12));
  }

  /** Logits so far apart that the true class's probability is 0 in double. */
  @ParameterizedTest
  @MethodSource("losses")
  void gradient_ofSureAndWrongOutputs_isFinite(ImageLoss loss) {
    INDArray logits = logits().muli(1000);
    assertThat(score(loss, logits, null)).isFinite();
    INDArray gradient = loss.computeGradient(labels(), logits, SOFTMAX, null);
    assertThat(gradient.data().asDouble()).doesNotContain(Double.NaN);
  }

  /** DL4J's own loss in a network of h · w pixels is as many times larger. */
  @Test
  void fit_inACnnLossLayer_isThatOfDl4jOverThePixels() {
    MultiLayerNetwork ours = network(CrossEntropy.of(20), 1);
    MultiLayerNetwork theirs = network(new LossMCXENT(), 1.0 / 20);
    INDArray images = Nd4j.rand(DataType.FLOAT, 3, 2, 4, 5);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 3, 3, 4, 5);
    INDArray mask = Nd4j.ones(DataType.FLOAT, 3, 1, 4, 5);
    for (int i = 0; i < 60; i++) {
      labels.putScalar(new int[] {i / 20, i % 3, i / 5 % 4, i % 5}, 1);
    }
    DataSet examples = new DataSet(images, labels, null, mask);
    assertThat(ours.score(examples)).isCloseTo(theirs.score(examples) / 20, within(1e-6));
    ours.fit(examples);
    theirs.fit(examples);
    // Steps of order 0.1 in float.
    assertThat(ours.params().equalsWithEps(theirs.params(), 1e-6)).isTrue();
    assertThat(ours.scoreExamples(examples, false).sumNumber().doubleValue() / 3)
        .isCloseTo(ours.score(examples), within(1e-6));
  }

  private static MultiLayerNetwork network(ILossFunction loss, double rate) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration(loss, rate));
    network.init();
    return network;
  }

  private static MultiLayerConfiguration configuration(ILossFunction loss, double rate) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Sgd(rate))
        .list(
            new ConvolutionLayer.Builder(1, 1).nOut(3).activation(Activation.IDENTITY).build(),
            new CnnLossLayer.Builder(loss).activation(Activation.SOFTMAX).build())
        .setInputType(InputType.convolutional(4, 5, 2))
        .build();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void json_thereAndBack_isTheSame(ImageLoss loss) {
    MultiLayerConfiguration configuration = configuration(loss, 1);
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    assertThat(((CnnLossLayer) read.getConf(1).getLayer()).getLossFn()).isEqualTo(loss);
  }

  @Test
  void anyUse_thatDoesNotFit_isRefused() {
    ImageLoss loss = CrossEntropy.of(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> score(loss, logits(), null))
        .withMessageContaining("images of 5 pixels, a batch has 24");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                CrossEntropy.of(6)
                    .computeScore(labels(), logits(), new ActivationSigmoid(), null, false))
        .withMessageContaining("softmax");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> score(new SoftDice(6, List.of(1.0, 1.0)), logits(), null))
        .withMessageContaining("2 class weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> score(CrossEntropy.of(6), logits(), Nd4j.ones(24, 3)))
        .withMessageContaining("masks [n, 1, h, w]");
  }

  @Test
  void constructor_valuesOutOfRange_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> CrossEntropy.of(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new CrossEntropy(1, -1, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CrossEntropy(1, 0, List.of(1.0, Double.NaN)));
    assertThatIllegalArgumentException().isThrownBy(() -> new SoftDice(1, List.of(0.0, 0.0)));
    assertThatIllegalArgumentException().isThrownBy(() -> new SoftDice(1, List.of(2.0, -1.0)));
  }
}
