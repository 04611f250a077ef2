package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.dpfed.federated.Augmentation;
import org.dpfed.federated.ClientTrainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Examples that are changed before each step. */
final class AugmentedTrainingTest {
  /** Adds to each example a number of its own from (0, 1). */
  private static final class Added implements Augmentation {
    @Override
    public void apply(
        Values features,
        Values labels,
        @Nullable Values featuresMask,
        @Nullable Values labelsMask,
        RandomGenerator random) {
      assertThat(labels.size(0)).isEqualTo(features.size(0));
      for (int example = 0; example < features.size(0); example++) {
        float added = (float) random.nextDouble();
        for (int i = 0; i < features.size(1); i++) {
          features.array()[example * features.size(1) + i] += added;
        }
      }
    }

    @Override
    public String toString() {
      return "added";
    }
  }

  /** Copies of what two epochs give to the steps, in either way of asking. */
  private static List<float[]> rows(DataSet examples, int batchSize, Augmentation augmentation) {
    Batches batches = new Batches(examples, batchSize, 100, 5, augmentation);
    List<float[]> rows = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      for (Batches.Batch batch : batches.nextEpoch()) {
        int width = (int) batch.featuresShape()[1];
        int length = (int) batch.featuresShape()[0] * width;
        float[] features = Arrays.copyOf(batch.features(), length);
        batch.with(
            same -> assertThat(same.getFeatures().dup().data().asFloat()).isEqualTo(features));
        for (int at = 0; at < length; at += width) {
          rows.add(Arrays.copyOfRange(features, at, at + width));
        }
      }
    }
    return rows;
  }

  /** Batches of which the last is smaller, and one batch of all. */
  @ParameterizedTest
  @ValueSource(ints = {4, 50})
  void batches_augmented_changeCopiesInTheSameOrderAnewInEachEpoch(int batchSize) {
    DataSet examples = Networks.examples(10, 1);
    float[] before = examples.getFeatures().dup().data().asFloat();

    List<float[]> plain = rows(examples, batchSize, Augmentation.NONE);
    List<float[]> augmented = rows(examples, batchSize, new Added());

    assertThat(examples.getFeatures().dup().data().asFloat()).isEqualTo(before);
    HashSet<Float> added = new HashSet<>();
    for (int i = 0; i < plain.size(); i++) {
      float number = augmented.get(i)[0] - plain.get(i)[0];
      assertThat(number).isBetween(0f, 1f);
      added.add(number);
    }
    assertThat(added).hasSize(20);
    List<float[]> again = rows(examples, batchSize, new Added());
    for (int i = 0; i < again.size(); i++) {
      assertThat(again.get(i)).isEqualTo(augmented.get(i));
    }
  }

  /** By the fast steps and by DL4J, whose updates differ by rounding. */
  @Test
  void train_augmented_isReproducibleAndAnotherUpdateOnBothPaths() {
    DataSet examples = Networks.examples(10, 1);
    LocalTraining plain = new LocalTraining(2, 4);
    LocalTraining augmented = plain.withAugmentation(new Added());
    float[] fast = delta(augmented, LayerImplementation.automatic(), examples);
    assertThat(delta(augmented, LayerImplementation.automatic(), examples)).isEqualTo(fast);
    assertThat(delta(plain, LayerImplementation.automatic(), examples)).isNotEqualTo(fast);
    float[] slow = delta(augmented, LayerImplementation.DL4J, examples);
    for (int i = 0; i < fast.length; i++) {
      // Six steps, each of sums of at most 10 products near 1 with a relative error of 6e-8 each.
      assertThat(slow[i]).isCloseTo(fast[i], org.assertj.core.api.Assertions.within(1e-5f));
    }
  }

  @Test
  void identity_augmented_saysSo() {
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Sgd(0.1)));
    LocalTraining local = new LocalTraining(1, 4).withAugmentation(new Added());
    assertThat(new Dl4jClientTrainer(template, local).identity()).contains("augmentation=added");
    // And keeps it where another part changes.
    assertThat(local.withMaxSteps(3).withMaxExamples(2).withPersonalSteps(1).augmentation())
        .hasToString("added");
  }

  private static float[] delta(LocalTraining local, LayerImplementation layers, DataSet examples) {
    // Without dropout, whose masks DL4J draws in its own way.
    DenseLayer hidden = new DenseLayer.Builder().nOut(8).activation(Activation.TANH).build();
    NetworkTemplate template = NetworkTemplate.of(Networks.stacked(new Sgd(0.1), hidden));
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, local, layers);
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      return worker.train(global, examples, 0, 77).delta().toFloatVector();
    }
  }
}
