package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

final class Dl4jClientTrainerTest {
  private static final LocalTraining TWO_EPOCHS = new LocalTraining(2, 3);

  static Stream<Arguments> statefulNetworks() {
    return Stream.of(
        Arguments.of("momentum", NetworkTemplate.of(Networks.mlp(new Nesterovs(0.1, 0.9)))),
        Arguments.of("Adam", NetworkTemplate.of(Networks.mlp(new Adam(0.01)))),
        Arguments.of("AdaGrad", NetworkTemplate.of(Networks.mlp(new AdaGrad(0.1)))),
        Arguments.of("RMSProp", NetworkTemplate.of(Networks.mlp(new RmsProp(0.01)))),
        Arguments.of(
            "a schedule by iteration",
            NetworkTemplate.of(
                Networks.mlp(new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.8))))),
        Arguments.of(
            "a schedule by epoch",
            NetworkTemplate.of(
                Networks.mlp(new Sgd(new ExponentialSchedule(ScheduleType.EPOCH, 0.5, 0.5))))),
        Arguments.of("a graph", NetworkTemplate.of(Networks.graph(new Nesterovs(0.1, 0.9)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("statefulNetworks")
  void train_afterAnotherClient_givesTheBitsOfTrainingAlone(String name, NetworkTemplate template) {
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, TWO_EPOCHS);
    DataSet a = Networks.examples(10, 1);
    DataSet b = Networks.examples(8, 2);
    assertThat(deltaOf(trainer, b)).isEqualTo(deltaOf(trainer, a, b));
    assertThat(deltaOf(trainer, b)).isNotEqualTo(deltaOf(trainer, a));
  }

  @Test
  void train_recurrentAfterAnotherClient_givesTheBitsOfTrainingAlone() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(
            NetworkTemplate.of(Networks.recurrent(new Nesterovs(0.1, 0.9))), TWO_EPOCHS);
    DataSet b = Networks.sequences(4, 2);
    assertThat(deltaOf(trainer, b)).isEqualTo(deltaOf(trainer, Networks.sequences(5, 1), b));
  }

  @Test
  void train_schedules_takeEffectWithinAClient() {
    float[] constant =
        deltaOf(
            new Dl4jClientTrainer(NetworkTemplate.of(Networks.mlp(new Sgd(0.5))), TWO_EPOCHS),
            Networks.examples(8, 2));
    float[] decaying =
        deltaOf(
            new Dl4jClientTrainer(
                NetworkTemplate.of(
                    Networks.mlp(new Sgd(new ExponentialSchedule(ScheduleType.EPOCH, 0.5, 0.5)))),
                TWO_EPOCHS),
            Networks.examples(8, 2));
    assertThat(decaying).isNotEqualTo(constant);
  }

  @Test
  void train_dropout_isDrawnFromTheSeed() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(
            NetworkTemplate.of(Networks.mlp(new Sgd(0.1))), new LocalTraining(1, 100));
    DataSet examples = Networks.examples(5, 1);
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      float[] first = worker.train(global, examples, 1).delta().toFloatVector();
      float[] second = worker.train(global, examples, 2).delta().toFloatVector();
      float[] again = worker.train(global, examples, 1).delta().toFloatVector();
      assertThat(first).isEqualTo(again).isNotEqualTo(second);
    }
  }

  /** One full-batch SGD step of a network without dropout is −learningRate · gradient. */
  @Test
  void train_oneStep_deltaIsTrainedMinusGlobalAsPlainDl4jTrains() {
    var configuration =
        Networks.stacked(
            new Sgd(0.5),
            new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder().nOut(8).build());
    NetworkTemplate template = NetworkTemplate.of(configuration);
    DataSet examples = Networks.examples(9, 4);
    MultiLayerNetwork plain = new MultiLayerNetwork(configuration.clone());
    plain.init();
    INDArray before = plain.params().dup();
    plain.fit(examples);
    float[] expected = plain.params().sub(before).toFloatVector();
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(template, new LocalTraining(1, 9), LayerImplementation.DL4J);
    assertThat(deltaOf(trainer, examples)).isEqualTo(expected);
    // The vector layers round otherwise: sums of at most 9 products of order 1, by half an ulp
    // each.
    Dl4jClientTrainer vectorised =
        new Dl4jClientTrainer(template, new LocalTraining(1, 9), LayerImplementation.FAST);
    assertThat(deltaOf(vectorised, examples))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(expected);
    assertThat(template.initialParameters().toFloatVector())
        .isEqualTo(before.reshape(before.length()).toFloatVector());
  }

  @Test
  void train_globalParametersAndExamples_stayUnchanged() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(NetworkTemplate.of(Networks.mlp(new Adam(0.1))), TWO_EPOCHS);
    DataSet examples = Networks.examples(10, 1);
    DataSet copy = examples.copy();
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters();
        INDArray globalCopy = global.dup()) {
      ClientUpdate update = worker.train(global, examples, 5);
      assertThat(global).isEqualTo(globalCopy);
      assertThat(examples).isEqualTo(copy);
      assertThat(update.trainingLoss()).isBetween(0.0, 5.0);
      assertThat(update.delta().rank()).isEqualTo(1);
    }
  }

  @Test
  void batches_everyEpoch_coverEachExampleOnceInAnotherOrder() {
    DataSet examples = Networks.examples(10, 1);
    Batches batches = new Batches(examples, 4, 100, 6);
    float[] first = firstFeatures(batches);
    float[] second = firstFeatures(batches);
    float[] all = examples.getFeatures().getColumn(0).toFloatVector();
    assertThat(first).containsExactlyInAnyOrder(all).isNotEqualTo(second);
    assertThat(second).containsExactlyInAnyOrder(all);
  }

  @Test
  void evaluate_knownAnswers_givesLossAccuracyAndAuc() {
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Sgd(0.5)));
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, new LocalTraining(60, 20));
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, Networks.examples(700, 9));
        ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      var untrained = evaluator.evaluate(global);
      global.addi(worker.train(global, Networks.examples(200, 8), 1).delta());
      var trained = evaluator.evaluate(global);
      assertThat(trained.examples()).isEqualTo(700);
      assertThat(trained.accuracy()).isGreaterThan(0.9);
      assertThat(trained.rocAuc().orElseThrow()).isGreaterThan(0.97);
      assertThat(trained.loss()).isLessThan(untrained.loss());
      assertThat(evaluator.evaluate(global).loss()).isCloseTo(trained.loss(), within(1e-12));
    }
  }

  @Test
  void assumptions_pretrainedNetwork_sayWhatIsNotCounted() {
    MultiLayerNetwork pretrained = new MultiLayerNetwork(Networks.mlp(new Sgd(0.1)));
    pretrained.init();
    assertThat(new Dl4jClientTrainer(NetworkTemplate.of(pretrained), TWO_EPOCHS).assumptions())
        .singleElement()
        .asString()
        .contains("not trained on these clients");
    assertThat(
            new Dl4jClientTrainer(NetworkTemplate.of(Networks.mlp(new Sgd(0.1))), TWO_EPOCHS)
                .assumptions())
        .isEmpty();
  }

  /** Trains the clients one after another in one worker and gives the last one's delta. */
  private static float[] deltaOf(Dl4jClientTrainer trainer, DataSet... clients) {
    float[] delta = {};
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      for (int i = 0; i < clients.length; i++) {
        // The last client has the same seed however many came before it.
        long seed = i == clients.length - 1 ? 77 : i;
        delta = worker.train(global, clients[i], seed).delta().toFloatVector();
      }
    }
    return delta;
  }

  private static float[] firstFeatures(Batches batches) {
    float[] values = new float[10];
    int next = 0;
    for (Batches.Batch batch : batches.nextEpoch()) {
      int width = (int) batch.featuresShape()[1];
      int first = next;
      for (int i = 0; i < batch.featuresShape()[0]; i++) {
        values[next++] = batch.features()[i * width];
      }
      float[] lent = Arrays.copyOfRange(values, first, next);
      batch.with(
          examples ->
              assertThat(examples.getFeatures().getColumn(0).toFloatVector()).isEqualTo(lent));
    }
    return values;
  }
}
