package org.dpfed.imaging.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LayerImplementation;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.ImageLoss;
import org.dpfed.imaging.losses.SoftDice;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The networks of this module in fast steps, against Deeplearning4j's own. */
final class FastStepsTest {
  /**
   * Normalisation divides by standard deviations of order 0.1, so that gradients are ten times less
   * exact than those that {@code FastLayersTest} in the core compares; after two steps of size 0.1
   * the difference is 2e-5 · 10 · 0.1 · 2 = 4e-5.
   */
  private static final double TOLERANCE = 4e-5;

  private static final int SIDE = 16;

  /** Enough for convolutions in tiles, and not a multiple of a vector. */
  private static final int EXAMPLES = 9;

  static Stream<Arguments> networks() {
    int pixels = SIDE * SIDE;
    return Stream.of(
        of(new ImageCnn(4), CrossEntropy.of(1)),
        of(new ImageCnn(8), new CrossEntropy(1, 2, List.of(1.0, 3.0, 2.0))),
        of(new ResidualNetwork(4), CrossEntropy.of(1)),
        of(new UNet(4, 1), CrossEntropy.of(pixels)),
        of(new UNet(4, 2), new CrossEntropy(pixels, 2, List.of(1.0, 3.0, 2.0))),
        of(new UNet(4, 2), SoftDice.withoutBackground(pixels, 3)));
  }

  private static Arguments of(ImageNetwork network, ImageLoss loss) {
    return Arguments.of(Named.of(network + ", " + loss, network), loss);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void delta_ofEveryNetwork_isThatOfDl4j(ImageNetwork network, ImageLoss loss) {
    NetworkTemplate template =
        NetworkTemplate.of(
            network.configuration(ImageNetwork.image(SIDE, SIDE, 2), 3, loss, new Sgd(0.1), 3));
    boolean segments = network instanceof UNet;
    for (boolean masked : segments ? new boolean[] {false, true} : new boolean[] {false}) {
      DataSet examples = examples(segments, masked);
      Dl4jClientTrainer fast = trainer(template, LayerImplementation.FAST, examples);
      assertThat(fast.notes()).isEmpty();
      ClientUpdate update = train(fast, examples);
      ClientUpdate wanted = train(trainer(template, LayerImplementation.DL4J, examples), examples);
      assertThat(update.trainingLoss()).isCloseTo(wanted.trainingLoss(), within(TOLERANCE));
      INDArray difference = update.delta().sub(wanted.delta());
      assertThat(difference.amaxNumber().doubleValue()).isLessThan(TOLERANCE);
      assertThat(wanted.delta().amaxNumber().doubleValue()).isGreaterThan(100 * TOLERANCE);
    }
  }

  private static Dl4jClientTrainer trainer(
      NetworkTemplate template, LayerImplementation layers, DataSet examples) {
    return new Dl4jClientTrainer(template, new LocalTraining(2, EXAMPLES), layers)
        .withProbe(examples);
  }

  private static ClientUpdate train(Dl4jClientTrainer trainer, DataSet examples) {
    try (ClientTrainer.Worker worker = trainer.newWorker()) {
      ClientUpdate update = worker.train(trainer.initialParameters(), examples, 1);
      return new ClientUpdate(update.delta().dup(), update.trainingLoss());
    }
  }

  private static DataSet examples(boolean segments, boolean masked) {
    Nd4j.getRandom().setSeed(8);
    INDArray images = Nd4j.rand(DataType.FLOAT, EXAMPLES, 2, SIDE, SIDE);
    int side = segments ? SIDE : 1;
    INDArray labels = Nd4j.zeros(DataType.FLOAT, EXAMPLES, 3, side, side);
    for (int example = 0; example < EXAMPLES; example++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          labels.putScalar(new int[] {example, (example + x * y) % 3, y, x}, 1);
        }
      }
    }
    DataSet examples = new DataSet(images, segments ? labels : labels.reshape(EXAMPLES, 3));
    if (masked) {
      INDArray mask = Nd4j.rand(DataType.FLOAT, EXAMPLES, 1, SIDE, SIDE).gt(0.3);
      examples.setLabelsMaskArray(mask.castTo(DataType.FLOAT));
    }
    return examples;
  }
}
