package org.dpfed.federated;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.Mechanisms;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

final class FederatedAveragingTest {
  private static final int POPULATION = 200;

  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "5,true", "1,false", "2,false", "5,false"})
  void run_anyNumberOfWorkers_sameBits(int workers, boolean clipped) {
    IntFunction<float[]> uneven =
        client -> {
          LockSupport.parkNanos(client % 5 * 100_000L);
          return new float[] {0.1f / (client + 1), (float) Math.sin(client), 1e-7f * client};
        };
    Supplier<PrivacyPlan> plan = () -> clipped ? plan(1).build() : unclipped().build();
    float[] expected = parameters(run(uneven, 1, plan.get()));
    assertThat(parameters(run(uneven, workers, plan.get()))).isEqualTo(expected);
  }

  @Test
  void run_noNoise_addsTheSumOverTheExpectedCohortWhateverTheRealOne() {
    // No cohort has 37.5 clients, so dividing by the real size would show.
    PrivacyPlan plan = plan(0).rounds(1).expectedCohortSize(37.5).build();
    int realised = Mechanisms.firstRound(plan.mechanism(), 1).cohort().length;
    float[] after = parameters(run(client -> new float[] {0.25f}, 2, plan));
    assertThat((double) after[0]).isCloseTo(realised * 0.25 / 37.5, within(1e-6));
  }

  @Test
  void run_everyRound_isChargedBeforeAnyoneSeesIt() {
    List<DpEvent> charged = new ArrayList<>();
    List<Integer> chargedWhenSeen = new ArrayList<>();
    PrivacyPlan plan = plan(1).build();
    FederatedAveraging.builder(plan, clients(), trainer(client -> new float[] {1}))
        .ledger(charged::add)
        .listener((metrics, parameters) -> chargedWhenSeen.add(charged.size()))
        .build()
        .run();
    assertThat(chargedWhenSeen).containsExactly(1, 2, 3);
    assertThat(charged).containsOnly(plan.roundEvent(0));
  }

  @Test
  void run_everyRound_tellsTheNormOfTheMeanThatWasReleased() {
    PrivacyPlan plan = plan(1).rounds(1).build();
    TrainingResult result = run(client -> new float[] {0.25f}, 2, plan);
    // From zero parameters one plain step leads to the mean itself; both norms are floats.
    double norm = result.parameters().norm2Number().doubleValue();
    assertThat(norm).isPositive();
    assertThat(result.report().rounds().get(0).meanNorm()).isCloseTo(norm, withinPercentage(1e-4));
  }

  @Test
  void reportSoFar_inTheListener_isThatOfTheRoundsFinished() {
    PrivacyPlan plan = plan(1).build();
    List<TrainingReport> reports = new ArrayList<>();
    List<FederatedAveraging> runs = new ArrayList<>();
    runs.add(
        FederatedAveraging.builder(plan, clients(), trainer(client -> new float[] {1}))
            .listener((metrics, parameters) -> reports.add(runs.get(0).reportSoFar()))
            .build());
    assertThatThrownBy(() -> runs.get(0).reportSoFar()).hasMessageContaining("has not started");
    TrainingReport last = runs.get(0).run().report();
    assertThat(reports).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(reports.get(i).rounds()).isEqualTo(last.rounds().subList(0, i + 1));
      assertThat(reports.get(i).guarantee().epsilon())
          .isEqualTo(plan.guaranteeAfter(i + 1).epsilon());
    }
    assertThat(reports.get(2)).isEqualTo(last);
  }

  @Test
  void run_clientsFail_theyContributeZeroAndAreCounted() {
    IntFunction<float[]> someFail =
        client -> {
          if (client % 20 == 0) {
            throw new IllegalStateException("device went away");
          }
          return new float[] {client % 20 == 1 ? Float.NaN : 0.1f};
        };
    PrivacyPlan plan = plan(0).rounds(1).expectedCohortSize(POPULATION).build();
    TrainingResult result = run(someFail, 2, plan);
    RoundDiagnostics inside = result.report().rounds().get(0).diagnostics().orElseThrow();
    assertThat(inside.cohortSize()).isEqualTo(POPULATION);
    assertThat(inside.failed()).isEqualTo(10);
    assertThat(inside.nonFinite()).isEqualTo(10);
    // 180 deltas, each cut by less than 2⁻¹⁶; then one rounding to float.
    assertThat((double) parameters(result)[0])
        .isCloseTo(180 * 0.1 / 200, within(180 * 0x1p-16 / 200 + 1e-8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_endsInSuccessOrFailure_nothingIsLeftOpen(int workers) {
    for (boolean fails : new boolean[] {false, true}) {
      NumberedClients clients = clients();
      ScriptedTrainer trainer =
          trainer(
              client -> {
                if (client % 50 == 0) {
                  throw new IllegalStateException("device went away");
                }
                return new float[] {1, client};
              });
      FederatedAveraging averaging =
          FederatedAveraging.builder(plan(1).build(), clients, trainer)
              .execution(Execution.withWorkers(workers))
              .listener(
                  (metrics, parameters) -> {
                    if (fails) {
                      throw new IllegalStateException("listener fails");
                    }
                  })
              .build();
      if (fails) {
        assertThatThrownBy(averaging::run).isInstanceOf(RoundFailedException.class);
      } else {
        averaging.run();
      }
      assertThat(trainer.openWorkers).hasValue(0);
      assertThat(clients.lent()).hasValue(0);
    }
  }

  @Test
  void run_emptyCohort_isNoisedAndCharged() {
    List<DpEvent> charged = new ArrayList<>();
    PrivacyPlan plan = plan(1).rounds(1).expectedCohortSize(1e-9).build();
    TrainingResult result =
        FederatedAveraging.builder(plan, clients(), trainer(client -> new float[] {1}))
            .ledger(charged::add)
            .diagnostics(true)
            .build()
            .run();
    assertThat(result.report().rounds().get(0).diagnostics().orElseThrow().cohortSize()).isZero();
    assertThat(charged).hasSize(1);
    assertThat(parameters(result)[0]).isNotZero();
  }

  @Test
  void stop_midRound_leavesTheRoundUnchargedAndKeepsThoseBefore() {
    List<DpEvent> charged = new ArrayList<>();
    AtomicReference<FederatedAveraging> running = new AtomicReference<>();
    PrivacyPlan plan = plan(1).build();
    FederatedAveraging averaging =
        FederatedAveraging.builder(
                plan,
                clients(),
                trainer(
                    client -> {
                      if (charged.size() == 1) {
                        requireNonNull(running.get()).stop();
                      }
                      return new float[] {1};
                    }))
            .ledger(charged::add)
            .build();
    running.set(averaging);
    TrainingReport report = averaging.run().report();
    assertThat(report.isStoppedEarly()).isTrue();
    assertThat(report.rounds()).hasSize(1);
    assertThat(charged).hasSize(1);
    assertThat(report.guarantee()).isEqualTo(plan.guaranteeAfter(1));
  }

  @Test
  void run_evaluator_seesEveryKthRoundAndTheEnd() {
    List<Integer> evaluatedRounds = new ArrayList<>();
    ModelEvaluation good = ModelEvaluation.of(1, ModelEvaluation.Metric.of("accuracy", 0.9));
    TrainingReport report =
        FederatedAveraging.builder(plan(1).build(), clients(), trainer(client -> new float[] {1}))
            .evaluateEvery(2, parameters -> good)
            .listener(
                (metrics, parameters) ->
                    metrics.evaluation().ifPresent(e -> evaluatedRounds.add(metrics.round())))
            .build()
            .run()
            .report();
    assertThat(evaluatedRounds).containsExactly(2);
    assertThat(report.evaluation()).contains(good);
  }

  @Test
  void run_diagnostics_areLeftOutUnlessAskedFor() {
    TrainingReport report =
        FederatedAveraging.builder(plan(1).build(), clients(), trainer(client -> new float[] {1}))
            .build()
            .run()
            .report();
    assertThat(report.rounds()).allMatch(metrics -> metrics.diagnostics().isEmpty());
  }

  @Test
  void run_nativeThreads_arePutBackAfterwardsEvenOnFailure() {
    int threads = Nd4j.getEnvironment().maxMasterThreads();
    int blasThreads = Nd4j.factory().blas().getMaxThreads();
    AtomicReference<Integer> during = new AtomicReference<>();
    FederatedAveraging averaging =
        FederatedAveraging.builder(plan(1).build(), clients(), trainer(client -> new float[] {1}))
            .listener(
                (metrics, parameters) -> {
                  during.set(Nd4j.getEnvironment().maxMasterThreads());
                  throw new IllegalStateException("listener fails");
                })
            .build();
    assertThatThrownBy(averaging::run).hasRootCauseMessage("listener fails");
    assertThat(during).hasValue(1);
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(threads);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(blasThreads);
  }

  @Test
  void builder_planOfAnotherPopulation_isRefused() {
    assertThatThrownBy(
            () ->
                FederatedAveraging.builder(
                    plan(1).build(), new NumberedClients(7), trainer(client -> new float[] {1})))
        .hasMessageContaining("population of 200")
        .hasMessageContaining("7 clients");
    // A plan that promises privacy for a patient over clients that are devices.
    PrivacyPlan patients =
        PrivacyPlan.builder(clients().population(), "patient")
            .expectedCohortSize(1)
            .rounds(1)
            .clipNorm(1)
            .noiseMultiplier(1)
            .delta(1e-5)
            .build();
    assertThatThrownBy(
            () ->
                FederatedAveraging.builder(patients, clients(), trainer(client -> new float[] {1})))
        .hasMessageContaining("protects one patient, but a client of the data is one device");
  }

  private static TrainingResult run(IntFunction<float[]> deltaOf, int workers, PrivacyPlan plan) {
    ScriptedTrainer trainer = trainer(deltaOf);
    TrainingResult result =
        FederatedAveraging.builder(plan, clients(), trainer)
            .execution(new Execution(workers, KernelSelection.forced("nd4j")))
            .diagnostics(true)
            .build()
            .run();
    assertThat(trainer.openWorkers).hasValue(0);
    return result;
  }

  private static float[] parameters(TrainingResult result) {
    return result.parameters().toFloatVector();
  }

  private static NumberedClients clients() {
    return new NumberedClients(POPULATION);
  }

  private static ScriptedTrainer trainer(IntFunction<float[]> deltaOf) {
    return new ScriptedTrainer(deltaDimension(deltaOf), deltaOf);
  }

  private static int deltaDimension(IntFunction<float[]> deltaOf) {
    try {
      return deltaOf.apply(3).length;
    } catch (RuntimeException e) {
      return 1;
    }
  }

  private static PrivacyPlan.Builder plan(double noiseMultiplier) {
    return unclipped().clipNorm(1).noiseMultiplier(noiseMultiplier);
  }

  private static PrivacyPlan.Builder unclipped() {
    return PrivacyPlan.builder(clients())
        .expectedCohortSize(50)
        .rounds(3)
        .delta(1e-5)
        .noiseMultiplier(0)
        .randomness(Randomness.seeded(9));
  }
}
