package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs that end early: what they charged is reported, and nothing is half released. */
final class RunFailureTest {
  private static final ModelEvaluation GOOD =
      ModelEvaluation.of(1, ModelEvaluation.Metric.of("accuracy", 0.9));

  private final List<DpEvent> charged = new ArrayList<>();
  private PrivacyPlan plan = plan();

  @Test
  void ledgerRefuses_roundIsNeitherChargedNorReleased() {
    RoundFailedException failure = failureOf(run -> run.ledger(refusingThe(2, "budget is spent")));

    assertThat(failure).hasMessage("the run ended after 1 of 3 rounds: budget is spent");
    assertReached(failure, 1, 1);
    assertThat(failure.result().parameters().toFloatVector()).isEqualTo(afterRounds(1));
  }

  /** Part of the line may be in the file, so it counts though nothing was released. */
  @Test
  void ledgerCannotWrite_roundCountsAsChargedAndIsNotReleased() {
    PrivacyLedger full =
        event -> {
          charged.add(event);
          if (charged.size() == 2) {
            throw new UncheckedIOException("disk full", new IOException());
          }
        };
    RoundFailedException failure = failureOf(run -> run.ledger(full));

    assertReached(failure, 1, 2);
    assertThat(failure.result().parameters().toFloatVector()).isEqualTo(afterRounds(1));
  }

  @Test
  void ledgerRunsOutOfMemory_isReportedAsEveryOtherFailure() {
    RoundFailedException failure =
        failureOf(
            run ->
                run.ledger(
                    event -> {
                      throw new OutOfMemoryError("heap");
                    }));

    assertThat(failure).hasMessageContaining("heap").hasCauseInstanceOf(OutOfMemoryError.class);
    assertReached(failure, 0, 1);
    assertThat(failure.result().parameters().toFloatVector()).isEqualTo(new float[3]);
  }

  @Test
  void listenerThrows_theRoundThatItWasToldOfCounts() {
    RoundFailedException failure =
        failureOf(
            run ->
                run.listener(
                    (metrics, parameters) -> {
                      if (metrics.round() == 2) {
                        throw new IllegalStateException("listener");
                      }
                    }));

    assertThat(failure).hasMessage("the run ended after 2 of 3 rounds: listener");
    assertReached(failure, 2, 2);
    assertThat(failure.result().parameters().toFloatVector()).isEqualTo(afterRounds(2));
  }

  @Test
  void evaluatorThrows_theRoundThatItJudgedIsCharged() {
    RoundFailedException failure =
        failureOf(
            run ->
                run.evaluateEvery(
                    2,
                    parameters -> {
                      throw new IllegalStateException("evaluator");
                    }));

    assertReached(failure, 1, 2);
    assertThat(failure.result().parameters().toFloatVector()).isEqualTo(afterRounds(2));
  }

  @Test
  void evaluatorThrowsAtTheEnd_allRoundsCount() {
    RoundFailedException failure =
        failureOf(
            run ->
                run.evaluateEvery(
                    10,
                    parameters -> {
                      throw new IllegalStateException("evaluator");
                    }));

    assertThat(failure).hasMessage("the run ended after 3 of 3 rounds: evaluator");
    assertReached(failure, 3, 3);
  }

  /** Whether there is a worker does not depend on clients, so it is found out before them. */
  @Test
  void workerCannotBeMade_runFailsBeforeTheFirstChargeWhoeverIsThere() {
    for (int population : new int[] {200, 1}) {
      FederatedDataset nobody = new NumberedClients(population);
      PrivacyPlan rare =
          PrivacyPlan.builder(nobody)
              .expectedCohortSize(1e-9)
              .rounds(3)
              .clipNorm(1)
              .noiseMultiplier(1)
              .delta(1e-5)
              .build();
      ClientTrainer broken =
          new ClientTrainer() {
            @Override
            public long dimension() {
              return 3;
            }

            @Override
            public INDArray initialParameters() {
              return Nd4j.zeros(DataType.FLOAT, 3);
            }

            @Override
            public Worker newWorker() {
              throw new UnsupportedOperationException("no such layer");
            }
          };
      assertThatThrownBy(
              () ->
                  FederatedAveraging.builder(rare, nobody, broken)
                      .ledger(charged::add)
                      .build()
                      .run())
          .isInstanceOf(RoundFailedException.class)
          .hasMessage("the run ended after 0 of 3 rounds: no such layer");
      assertThat(charged).isEmpty();
    }
  }

  @Test
  void initialParameters_ofWrongShapeOrType_areRefusedBeforeTheFirstCharge() {
    for (INDArray bad :
        List.of(
            Nd4j.zeros(DataType.FLOAT, 1, 3),
            Nd4j.zeros(DataType.FLOAT, 4),
            Nd4j.zeros(DataType.DOUBLE, 3))) {
      ClientTrainer trainer =
          new ClientTrainer() {
            @Override
            public long dimension() {
              return 3;
            }

            @Override
            public INDArray initialParameters() {
              return bad;
            }

            @Override
            public Worker newWorker() {
              throw new UnsupportedOperationException("not reached");
            }
          };
      assertThatThrownBy(
              () ->
                  FederatedAveraging.builder(plan(), new NumberedClients(200), trainer)
                      .ledger(charged::add)
                      .build()
                      .run())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("initialParameters must be FLOAT of shape [3]");
      assertThat(charged).isEmpty();
    }
  }

  @Test
  void stop_beforeRun_trainsAndChargesNothing() {
    plan = builderOfPlan().randomness(Randomness.secure()).build();
    FederatedAveraging averaging = builder().evaluateEvery(1, parameters -> GOOD).build();
    averaging.stop();
    TrainingResult result = averaging.run();

    assertThat(charged).isEmpty();
    assertThat(result.report().rounds()).isEmpty();
    assertThat(result.report().charged().total()).isZero();
    assertThat(result.report().isStoppedEarly()).isTrue();
    assertThat(result.report().guarantee().epsilon()).isZero();
    assertThat(result.report().evaluation()).contains(GOOD);
    assertThat(result.parameters().toFloatVector()).isEqualTo(new float[3]);
  }

  @Test
  void stop_afterRun_changesNothing() {
    FederatedAveraging averaging = builder().build();
    TrainingResult result = averaging.run();
    averaging.stop();
    assertThat(result.report().isStoppedEarly()).isFalse();
  }

  @Test
  void interruption_ofTheRunningThread_endsTheRunUnchargedAndStaysSet() {
    FederatedAveraging averaging =
        builder()
            .listener(
                (metrics, parameters) -> {
                  charged.add(plan.roundEvent(0));
                  Thread.currentThread().interrupt();
                })
            .build();
    TrainingResult result = averaging.run();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.report().charged().total()).isEqualTo(1);
    assertThat(result.report().rounds()).hasSize(1);
  }

  @Test
  void parameters_changedOrClosedByListenerOrEvaluator_staysAsReleased() {
    float[] expected = afterRounds(3);
    List<Consumer<INDArray>> misuses =
        List.of(
            parameters -> parameters.assign(1e6f),
            parameters -> parameters.addi(1),
            INDArray::close);
    for (Consumer<INDArray> misuse : misuses) {
      plan = plan();
      float[] after =
          builder()
              .listener((metrics, parameters) -> misuse.accept(parameters))
              .evaluateEvery(
                  1,
                  parameters -> {
                    misuse.accept(parameters);
                    return GOOD;
                  })
              .build()
              .run()
              .parameters()
              .toFloatVector();
      assertThat(after).isEqualTo(expected);
    }
  }

  @Test
  void showClientErrorsAndDiagnostics_areSaidInTheGuarantee() {
    plan = plan();
    List<String> open =
        builder()
            .showClientErrors(true)
            .diagnostics(true)
            .build()
            .run()
            .report()
            .guarantee()
            .assumptions();
    assertThat(open)
        .anyMatch(text -> text.contains("showClientErrors"))
        .anyMatch(text -> text.contains("diagnostics"));
    plan = plan();
    assertThat(builder().build().run().report().guarantee()).isEqualTo(plan.guarantee());
  }

  private void assertReached(RoundFailedException failure, int finished, int chargedRounds) {
    TrainingReport report = failure.result().report();
    assertThat(report.rounds()).hasSize(finished);
    assertThat(report.charged().total()).isEqualTo(chargedRounds);
    assertThat(report.guarantee()).isEqualTo(plan.guaranteeAfter(chargedRounds));
  }

  private RoundFailedException failureOf(UnaryOperator<FederatedAveraging.Builder> change) {
    FederatedAveraging averaging = change.apply(builder()).build();
    return catchThrowableOfType(RoundFailedException.class, averaging::run);
  }

  private PrivacyLedger refusingThe(int number, String reason) {
    return event -> {
      if (charged.size() == number - 1) {
        throw new IllegalStateException(reason);
      }
      charged.add(event);
    };
  }

  private static float[] afterRounds(int rounds) {
    PrivacyPlan plan = plan();
    FederatedAveraging[] run = new FederatedAveraging[1];
    run[0] =
        FederatedAveraging.builder(plan, new NumberedClients(200), trainer())
            .listener(
                (metrics, parameters) -> {
                  if (metrics.round() == rounds) {
                    run[0].stop();
                  }
                })
            .build();
    return run[0].run().parameters().toFloatVector();
  }

  private FederatedAveraging.Builder builder() {
    return FederatedAveraging.builder(plan, new NumberedClients(200), trainer());
  }

  private static ScriptedTrainer trainer() {
    return new ScriptedTrainer(3, client -> new float[] {0.5f, client, -1});
  }

  private static PrivacyPlan plan() {
    return builderOfPlan().build();
  }

  private static PrivacyPlan.Builder builderOfPlan() {
    return PrivacyPlan.builder(200, "device")
        .expectedCohortSize(20)
        .rounds(3)
        .clipNorm(1)
        .noiseMultiplier(1)
        .delta(1e-5)
        .randomness(Randomness.seeded(5));
  }
}
