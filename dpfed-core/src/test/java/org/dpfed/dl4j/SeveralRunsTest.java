package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Runs at the same time in one process give, bit for bit, what each gives alone. */
@Timeout(120)
final class SeveralRunsTest {
  private static final int ROUNDS = 4;

  /** With momentum and dropout, by DL4J's own steps; and with plain SGD, by the fast ones. */
  private static final Dl4jClientTrainer MOMENTUM = trainer(new Nesterovs(0.2, 0.9));

  private static final Dl4jClientTrainer PLAIN = trainer(new Sgd(0.2));

  /** One to four examples each, so that the runs do not keep step. */
  private record Clients(int population) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int examples(int id) {
      return 1 + id % 4;
    }

    @Override
    public DataSet client(int id) {
      return Networks.examples(examples(id), 1000 + id);
    }
  }

  /**
   * What a run gives: the model, and its evaluations after the last round but one and at the end.
   */
  private record Outcome(INDArray parameters, List<List<ModelEvaluation.Metric>> metrics) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void run_anotherTrainsTheSameNetworkOrAnother_sameBitsAsAlone(long seed) throws Exception {
    Outcome first = run(MOMENTUM, seed, 2);
    Outcome second = run(MOMENTUM, seed + 100, 2);
    Outcome third = run(PLAIN, seed, 1);
    int threads = Nd4j.getEnvironment().maxMasterThreads();
    int blasThreads = Nd4j.factory().blas().getMaxThreads();

    List<Outcome> together =
        atOnce(
            List.of(
                () -> run(MOMENTUM, seed, 2),
                () -> run(MOMENTUM, seed + 100, 2),
                () -> run(PLAIN, seed, 1)));

    assertThat(together).containsExactly(first, second, third);
    assertThat(first.parameters).isNotEqualTo(second.parameters);
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(threads);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(blasThreads);
  }

  /** While one trains, a model is evaluated over and over: neither notices the other. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void evaluate_whileARunTrains_neitherNoticesTheOther(long seed) throws Exception {
    Outcome alone = run(MOMENTUM, seed, 2);
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Sgd(0.1)));
    AtomicBoolean ended = new AtomicBoolean();
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, Networks.examples(400, 6));
        INDArray parameters = template.initialParameters()) {
      ModelEvaluation expected = evaluator.evaluate(parameters);
      List<Object> together =
          atOnce(
              List.<Callable<Object>>of(
                  () -> {
                    try {
                      return run(MOMENTUM, seed, 2);
                    } finally {
                      ended.set(true);
                    }
                  },
                  () -> {
                    int evaluations = 0;
                    while (!ended.get() || evaluations == 0) {
                      assertThat(evaluator.evaluate(parameters)).isEqualTo(expected);
                      evaluations++;
                    }
                    return expected;
                  }));
      assertThat(together).containsExactly(alone, expected);
    }
  }

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    CyclicBarrier together = new CyclicBarrier(tasks.size());
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<T>> started = new ArrayList<>();
      for (Callable<T> task : tasks) {
        started.add(
            threads.submit(
                () -> {
                  together.await();
                  return task.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : started) {
        results.add(each.get(100, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Outcome run(Dl4jClientTrainer trainer, long seed, int workers) {
    FederatedDataset clients = new Clients(30);
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(15)
            .rounds(ROUNDS)
            .clipNorm(0.5)
            .noiseMultiplier(0.5)
            .delta(1e-4)
            .randomness(Randomness.seeded(seed))
            .build();
    List<List<ModelEvaluation.Metric>> metrics = new ArrayList<>();
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Sgd(0.1)));
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, Networks.examples(300, 5))) {
      TrainingResult result =
          FederatedAveraging.builder(plan, clients, trainer)
              .execution(Execution.withWorkers(workers))
              .evaluateEvery(ROUNDS - 1, evaluator)
              .listener(
                  (round, parameters) ->
                      round.evaluation().ifPresent(seen -> metrics.add(seen.metrics())))
              .seed(seed)
              .build()
              .run();
      metrics.add(result.report().evaluation().orElseThrow().metrics());
      return new Outcome(result.parameters(), metrics);
    }
  }

  private static Dl4jClientTrainer trainer(IUpdater updater) {
    return new Dl4jClientTrainer(
        NetworkTemplate.of(Networks.mlp(updater)), new LocalTraining(2, 2));
  }
}
