package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.dpfed.federated.RoundSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Bounds on what a client does in a round, and learning rates by round. */
final class LocalTrainingTest {
  private static final LocalTraining PLAIN = new LocalTraining(2, 3);
  private static final RoundSchedule HALVED_EACH_ROUND =
      new RoundSchedule(new StepSchedule(ScheduleType.ITERATION, 1, 0.5, 1));

  @Test
  void maxExamples_largerClient_trainsOnAFreshPartEachTime() {
    DataSet examples = Networks.examples(20, 1);
    Set<Float> seen = new TreeSet<>();
    for (int seed = 0; seed < 30; seed++) {
      Set<Float> first = features(new Batches(examples, 3, 7, seed));
      assertThat(first).hasSize(7);
      assertThat(features(new Batches(examples, 3, 7, seed))).isEqualTo(first);
      seen.addAll(first);
    }
    // An example that is never in 30 parts of 7 of 20: 20 · 0.65³⁰ < 5e-5.
    assertThat(seen).hasSize(20);
    assertThat(features(new Batches(examples, 3, 7, 1)))
        .isNotEqualTo(features(new Batches(examples, 3, 7, 2)));
  }

  /** Labels and masks stay with their features, and a part that fits one batch is still a part. */
  @Test
  void maxExamples_onePartInOneBatch_keepsRowsTogether() {
    DataSet examples = Networks.examples(20, 1);
    for (Batches.Batch batch : new Batches(examples, 50, 6, 3).nextEpoch()) {
      batch.with(
          part -> {
            assertThat(part.numExamples()).isEqualTo(6);
            for (int i = 0; i < 6; i++) {
              boolean positive = part.getFeatures().getFloat(i, 0) > 0;
              assertThat(part.getLabels().getFloat(i, positive ? 1 : 0)).isEqualTo(1f);
            }
          });
    }
  }

  @Test
  void maxExamples_smallerClient_changesNothing() {
    DataSet examples = Networks.examples(8, 1);
    assertThat(delta(new Sgd(0.1), PLAIN.withMaxExamples(8), examples, 0))
        .isEqualTo(delta(new Sgd(0.1), PLAIN, examples, 0));
    assertThat(delta(new Sgd(0.1), PLAIN.withMaxExamples(7), examples, 0))
        .isNotEqualTo(delta(new Sgd(0.1), PLAIN, examples, 0));
  }

  /** Ten examples in batches of 3 for 2 epochs are 8 steps, 4 of them in the first epoch. */
  @Test
  void maxSteps_reached_endsTheClientsTraining() {
    DataSet examples = Networks.examples(10, 1);
    float[] first = delta(new Nesterovs(0.1, 0.9), PLAIN.withMaxSteps(4), examples, 0);
    assertThat(first)
        .isEqualTo(delta(new Nesterovs(0.1, 0.9), new LocalTraining(1, 3), examples, 0))
        .isNotEqualTo(delta(new Nesterovs(0.1, 0.9), PLAIN.withMaxSteps(3), examples, 0));
    assertThat(delta(new Nesterovs(0.1, 0.9), PLAIN.withMaxSteps(8), examples, 0))
        .isEqualTo(delta(new Nesterovs(0.1, 0.9), PLAIN, examples, 0));
  }

  /** A rate of a power of two smaller is exactly a rate by schedule in a later round. */
  @ParameterizedTest
  @EnumSource(LayerImplementation.class)
  void learningRate_byRound_isTheNetworksTimesTheFactor(LayerImplementation layers) {
    DataSet examples = Networks.examples(10, 1);
    LocalTraining scheduled = PLAIN.withLearningRate(HALVED_EACH_ROUND);
    for (int round = 0; round < 3; round++) {
      double factor = Math.pow(0.5, round);
      assertThat(delta(template(new Sgd(0.5)), scheduled, layers, examples, round))
          .isEqualTo(delta(template(new Sgd(0.5 * factor)), PLAIN, layers, examples, round));
      assertThat(delta(template(new Adam(0.25)), scheduled, layers, examples, round))
          .isEqualTo(delta(template(new Adam(0.25 * factor)), PLAIN, layers, examples, round));
    }
  }

  @Test
  void learningRate_byRound_multipliesSchedulesOfTheNetworkAndRatesInsideWrappers() {
    DataSet examples = Networks.examples(10, 1);
    LocalTraining scheduled = PLAIN.withLearningRate(HALVED_EACH_ROUND);
    assertThat(delta(new Sgd(decay(1)), scheduled, examples, 1))
        .isEqualTo(delta(new Sgd(decay(0.5)), PLAIN, examples, 1));
    DataSet sequences = Networks.sequences(6, 1);
    sequences.setLabels(Networks.examples(6, 2).getLabels());
    assertThat(delta(wrapped(new Sgd(0.5)), scheduled, LayerImplementation.DL4J, sequences, 1))
        .isEqualTo(delta(wrapped(new Sgd(0.25)), PLAIN, LayerImplementation.DL4J, sequences, 1));
  }

  /** What a worker did in another round does not show. */
  @Test
  void learningRate_afterAnotherRound_isThatOfTheRound() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(template(new Adam(0.1)), PLAIN.withLearningRate(HALVED_EACH_ROUND));
    DataSet examples = Networks.examples(10, 1);
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      float[] before = worker.train(global, examples, 1, 7).delta().toFloatVector();
      worker.train(global, examples, 5, 7);
      assertThat(worker.train(global, examples, 1, 7).delta().toFloatVector()).isEqualTo(before);
    }
  }

  @Test
  void check_schedulesThatDoNotWork_areRefused() {
    RoundSchedule ends = new RoundSchedule(new PolySchedule(ScheduleType.ITERATION, 1, 1, 10));
    Dl4jClientTrainer ending =
        new Dl4jClientTrainer(template(new Sgd(0.1)), PLAIN.withLearningRate(ends));
    ending.check(10);
    assertThatThrownBy(() -> ending.check(11)).hasMessageContaining("round 11");
    Dl4jClientTrainer withoutRate =
        new Dl4jClientTrainer(template(new AdaDelta()), PLAIN.withLearningRate(HALVED_EACH_ROUND));
    assertThatThrownBy(() -> withoutRate.check(1))
        .hasMessageContaining("AdaDelta")
        .hasMessageContaining("schedule by round");
    new Dl4jClientTrainer(template(new AdaDelta()), PLAIN).check(1);
  }

  /** Trap 26: schedules that start anew each round without a word. */
  @Test
  void notes_updatersWithStateAndSchedules_areNamedWithTheAlternative() {
    assertThat(notes(new Sgd(0.1))).isEmpty();
    assertThat(notes(new Adam(0.1)))
        .contains("Adam")
        .contains("reset for every client in every round")
        .contains("server optimizer");
    assertThat(notes(new Sgd(decay(1))))
        .contains("ExponentialSchedule")
        .contains("withLearningRate");
    Nesterovs momentum =
        new Nesterovs.Builder()
            .learningRate(0.1)
            .momentumISchedule(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5)))
            .build();
    assertThat(notes(momentum)).contains("MapSchedule").contains("Nesterovs");
    NetworkTemplate dropout =
        NetworkTemplate.of(
            Networks.stacked(
                new Sgd(0.1),
                new DenseLayer.Builder()
                    .nOut(8)
                    .dropOut(new org.deeplearning4j.nn.conf.dropout.Dropout(decay(0.5)))
                    .build()));
    assertThat(new Dl4jClientTrainer(dropout, PLAIN).notes().toString())
        .contains("ExponentialSchedule");
  }

  @Test
  void localTraining_outOfBounds_isRefusedByName() {
    assertThatThrownBy(() -> new LocalTraining(0, 1)).hasMessageContaining("epochs");
    assertThatThrownBy(() -> new LocalTraining(1, 0)).hasMessageContaining("batchSize");
    assertThatThrownBy(() -> PLAIN.withMaxExamples(0)).hasMessageContaining("maxExamples");
    assertThatThrownBy(() -> PLAIN.withMaxSteps(0)).hasMessageContaining("maxSteps");
  }

  private static ExponentialSchedule decay(double initial) {
    return new ExponentialSchedule(ScheduleType.ITERATION, initial, 0.5);
  }

  private static String notes(IUpdater updater) {
    return String.join("; ", new Dl4jClientTrainer(template(updater), PLAIN).notes());
  }

  private static NetworkTemplate template(IUpdater updater) {
    return NetworkTemplate.of(Networks.stacked(updater, new DenseLayer.Builder().nOut(8).build()));
  }

  private static NetworkTemplate wrapped(IUpdater updater) {
    return NetworkTemplate.of(
        NetworkGuardTest.builder()
            .updater(updater)
            .list(
                new LastTimeStep(
                    new org.deeplearning4j.nn.conf.layers.LSTM.Builder().nOut(5).build()),
                Networks.output())
            .setInputType(org.deeplearning4j.nn.conf.inputs.InputType.recurrent(Networks.INPUTS))
            .build());
  }

  private static float[] delta(IUpdater updater, LocalTraining local, DataSet examples, int round) {
    return delta(template(updater), local, LayerImplementation.automatic(), examples, round);
  }

  private static float[] delta(
      NetworkTemplate template,
      LocalTraining local,
      LayerImplementation layers,
      DataSet examples,
      int round) {
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, local, layers);
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      ClientUpdate update = worker.train(global, examples, round, 77);
      return update.delta().toFloatVector();
    }
  }

  private static Set<Float> features(Batches batches) {
    Set<Float> features = new TreeSet<>();
    for (Batches.Batch batch : batches.nextEpoch()) {
      int rows = (int) batch.featuresShape()[0];
      int width = (int) batch.featuresShape()[1];
      for (int i = 0; i < rows; i++) {
        features.add(batch.features()[i * width]);
      }
    }
    return features;
  }
}
