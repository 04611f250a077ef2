package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingResult;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Whole runs with a personal output layer on clients that call the two classes by different names:
 * the class is the sign of one feature of twenty, and in every second client the other one. No
 * model without personal layers can be right in more than half of the examples of both kinds.
 */
final class PersonalTrainingTest {
  private static final int INPUTS = 20;
  private static final int ROUNDS = 30;
  private static final LocalTraining LOCAL = new LocalTraining(2, 10).withPersonalSteps(20);
  private static final NetworkTemplate TEMPLATE =
      NetworkTemplate.of(
              new NeuralNetConfiguration.Builder()
                  .seed(11)
                  .dataType(DataType.FLOAT)
                  .updater(new Sgd(0.5))
                  .list(
                      new DenseLayer.Builder().nOut(2).activation(Activation.TANH).build(),
                      Networks.output())
                  .setInputType(InputType.feedForward(INPUTS))
                  .build())
          .withPersonal("layer1");

  /**
   * Clients with names of their own for the classes.
   *
   * @param population how many
   * @param seed of all of them
   */
  private record Clients(int population, long seed) implements FederatedDataset {
    @Override
    public String unit() {
      return "site";
    }

    /** Forty, but for one client of one and one of none. */
    @Override
    public int examples(int id) {
      return id == 7 ? 1 : id == 8 ? 0 : 40;
    }

    @Override
    public DataSet client(int id) {
      SplittableRandom random = new SplittableRandom(seed * 1000 + id);
      int n = examples(id);
      float[][] features = new float[n][INPUTS];
      float[][] labels = new float[n][2];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < INPUTS; j++) {
          features[i][j] = (float) random.nextDouble(-1, 1);
        }
        labels[i][features[i][3] > 0 == (id % 2 == 0) ? 1 : 0] = 1;
      }
      return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }
  }

  /**
   * Margins: of the 38 · 20 judged examples the global model gets about half right, whichever it
   * is, since both kinds of clients are as many; 0.06 is more than three standard deviations of
   * that count. The personal one must gain 0.3, and the trained features 0.15 over those that
   * training started from.
   */
  @Test
  void run_clientsThatDisagree_personalLayerAndSharedFeaturesAreBothNeeded() {
    TrainingResult result = run(plan(0.3, ROUNDS), 1);
    try (PersonalEvaluator evaluator =
            new PersonalEvaluator(TEMPLATE, LOCAL, new Clients(40, 2), 5);
        INDArray untrained = TEMPLATE.initialParameters()) {
      PersonalEvaluation trained = evaluator.evaluate(result.parameters(), ROUNDS);
      assertThat(trained.clients()).isEqualTo(38);
      assertThat(trained.leftOut()).isEqualTo(1);
      assertThat(trained.personal().examples()).isEqualTo(38 * 20);
      assertThat(trained.global().examples()).isEqualTo(38 * 20);
      double global = trained.global().accuracy();
      double personal = trained.personal().accuracy();
      assertThat(global).isCloseTo(0.5, within(0.06));
      assertThat(personal).isGreaterThan(global + 0.3);
      assertThat(personal)
          .isGreaterThan(evaluator.evaluate(untrained, 0).personal().accuracy() + 0.15);
      assertThat(evaluator.evaluate(result.parameters(), ROUNDS)).isEqualTo(trained);
    }
  }

  /** Nothing of the personal parameters is in the model, however far clients have trained them. */
  @Test
  void run_finished_modelHoldsTheInitialPersonalParameters() {
    TrainingResult result = run(plan(0.3, 3), 1);
    float[] initial = TEMPLATE.allInitialParameters();
    float[] released = TEMPLATE.network(result.parameters()).params().toFloatVector();
    assertThat(result.parameters().length()).isEqualTo(INPUTS * 2 + 2);
    for (int i = 0; i < initial.length; i++) {
      if (i >= INPUTS * 2 + 2) {
        assertThat(released[i]).isEqualTo(initial[i]);
      } else {
        assertThat(released[i]).isNotEqualTo(initial[i]);
      }
    }
  }

  /**
   * All clients take part, without noise: the mean of what they send is no longer than the clip.
   */
  @Test
  void run_longDeltas_clipNormBoundsTheSharedOnes() {
    FederatedDataset clients = new Clients(1, 1);
    double clipNorm = 0.01;
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .sampling(new Sampling.WithoutReplacement(1))
            .rounds(1)
            .clipNorm(clipNorm)
            .noiseMultiplier(0)
            .relation(NeighbouringRelation.REPLACE_ONE)
            .delta(1e-4)
            .build();
    TrainingResult result =
        FederatedAveraging.builder(plan, clients, new Dl4jClientTrainer(TEMPLATE, LOCAL))
            .build()
            .run();
    try (INDArray moved = result.parameters().sub(TEMPLATE.initialParameters())) {
      // Rounded down to the grid of the sum, then added to parameters of about 1 in float.
      assertThat(moved.norm2Number().doubleValue())
          .isBetween(clipNorm * 0.99, clipNorm + INPUTS * 3 * 1e-7);
    }
  }

  @Test
  void resume_seededRunCut_endsAsIfItHadNotBeenCut(@TempDir Path directory) throws IOException {
    PrivacyPlan cut = plan(0.3, 4);
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("points"))) {
      FederatedAveraging run =
          FederatedAveraging.builder(cut, new Clients(30, 1), trainer())
              .populationLedger(ledger)
              .checkpoints(checkpoints, 1)
              .seed(1)
              .listener(
                  (metrics, parameters) -> {
                    if (metrics.round() == 2) {
                      throw new IllegalStateException("cut");
                    }
                  })
              .build();
      assertThatThrownBy(run::run).isInstanceOf(RoundFailedException.class);
      FederatedAveraging.Builder other =
          FederatedAveraging.resume(
                  plan(0.3, 4),
                  new Clients(30, 1),
                  new Dl4jClientTrainer(TEMPLATE, LOCAL.withPersonalSteps(3)),
                  checkpoints)
              .populationLedger(ledger)
              .seed(1);
      assertThatThrownBy(() -> other.build().run()).hasMessageContaining("personalSteps=3");
      TrainingResult resumed =
          FederatedAveraging.resume(plan(0.3, 4), new Clients(30, 1), trainer(), checkpoints)
              .populationLedger(ledger)
              .seed(1)
              .build()
              .run();
      assertThat(resumed.parameters()).isEqualTo(run(plan(0.3, 4), 1).parameters());
    }
  }

  @Test
  void evaluator_withoutPersonalLayersOrClientsToAdapt_isRefused() {
    FederatedDataset heldOut = new Clients(40, 2);
    assertThatThrownBy(
            () ->
                new PersonalEvaluator(
                    NetworkTemplate.of(Networks.mlp(new Sgd(0.1))),
                    LOCAL.withPersonalSteps(0),
                    heldOut,
                    5))
        .hasMessageContaining("withPersonal");
    FederatedDataset single =
        new FederatedDataset() {
          @Override
          public String unit() {
            return "site";
          }

          @Override
          public int population() {
            return 3;
          }

          @Override
          public int examples(int id) {
            return id < 2 ? 1 : 0;
          }

          @Override
          public org.nd4j.linalg.dataset.api.DataSet client(int id) {
            return Networks.examples(1, id);
          }
        };
    assertThatThrownBy(() -> new PersonalEvaluator(TEMPLATE, LOCAL, single, 5))
        .hasMessageContaining("all 2 held-out clients have fewer");
  }

  private static Dl4jClientTrainer trainer() {
    return new Dl4jClientTrainer(TEMPLATE, LOCAL);
  }

  private static PrivacyPlan plan(double noiseMultiplier, int rounds) {
    return PrivacyPlan.builder(new Clients(30, 1))
        .expectedCohortSize(15)
        .rounds(rounds)
        .clipNorm(1)
        .noiseMultiplier(noiseMultiplier)
        .delta(1e-4)
        .randomness(Randomness.seeded(4))
        .build();
  }

  private static TrainingResult run(PrivacyPlan plan, long seed) {
    return FederatedAveraging.builder(plan, new Clients(30, 1), trainer()).seed(seed).build().run();
  }
}
