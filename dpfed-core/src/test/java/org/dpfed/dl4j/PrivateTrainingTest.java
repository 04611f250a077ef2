package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.ServerOptimizer;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Whole runs of real networks, with momentum and dropout in them. */
final class PrivateTrainingTest {
  private static final NetworkTemplate TEMPLATE =
      NetworkTemplate.of(Networks.mlp(new Nesterovs(0.2, 0.9)));

  /** Three to nine examples each, so that workers finish out of order. */
  private record Clients(int population) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int examples(int id) {
      return 3 + id % 7;
    }

    @Override
    public DataSet client(int id) {
      return Networks.examples(examples(id), 1000 + id);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void run_moreWorkers_sameBits(int workers) {
    assertThat(run(1, workers, 3).parameters()).isEqualTo(run(1, 1, 3).parameters());
  }

  /**
   * The task is the sign of one feature; without learning the accuracy is near one half, and the
   * noise of this plan moves a 58-parameter model little.
   */
  @Test
  void run_moderateNoise_learnsTheTask() {
    TrainingResult result = run(0.5, 2, 15);
    assertThat(result.report().evaluation().orElseThrow().accuracy()).isGreaterThan(0.85);
  }

  private static TrainingResult run(double noiseMultiplier, int workers, int rounds) {
    FederatedDataset clients = new Clients(120);
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(40)
            .rounds(rounds)
            .clipNorm(0.5)
            .noiseMultiplier(noiseMultiplier)
            .delta(1e-4)
            .randomness(Randomness.seeded(4))
            .build();
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(TEMPLATE, Networks.examples(400, 5))) {
      return FederatedAveraging.builder(
              plan, clients, new Dl4jClientTrainer(TEMPLATE, new LocalTraining(2, 4)))
          .serverOptimizer(new ServerOptimizer.Sgd(1, 0.5))
          .execution(Execution.withWorkers(workers))
          .evaluateEvery(rounds, evaluator)
          .build()
          .run();
    }
  }
}
