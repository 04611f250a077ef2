package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What a trainer or an optimizer refuses is refused before anything is charged. */
final class TrainerCheckTest {
  private final List<DpEvent> charged = new ArrayList<>();
  private final PrivacyPlan plan =
      PrivacyPlan.builder(new NumberedClients(20))
          .expectedCohortSize(20)
          .rounds(3)
          .clipNorm(1)
          .noiseMultiplier(1)
          .delta(1e-3)
          .build();

  @Test
  void run_trainerThatRefuses_chargesNothingAndLeavesThePlanFresh() {
    ClientTrainer refusing =
        new Wrapped() {
          @Override
          public void check(int rounds) {
            throw new IllegalArgumentException("no good for %d rounds".formatted(rounds));
          }
        };
    assertThatThrownBy(() -> run(refusing, new ServerOptimizer.Sgd()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no good for 3 rounds");
    assertThat(charged).isEmpty();
    run(new Wrapped(), new ServerOptimizer.Sgd());
    assertThat(charged).hasSize(3);
  }

  @Test
  void run_serverScheduleThatEnds_chargesNothing() {
    ServerOptimizer ending =
        new ServerOptimizer.Scheduled(
            new ServerOptimizer.Sgd(),
            new RoundSchedule(new PolySchedule(ScheduleType.EPOCH, 1, 1, 2)));
    assertThatThrownBy(() -> run(new Wrapped(), ending)).hasMessageContaining("round 3");
    assertThat(charged).isEmpty();
  }

  @Test
  void run_trainerWithASchedule_isToldTheRound() {
    List<Integer> rounds = java.util.Collections.synchronizedList(new ArrayList<>());
    ClientTrainer listening =
        new Wrapped() {
          @Override
          public Worker newWorker() {
            Worker inner = super.newWorker();
            return new Worker() {
              @Override
              public ClientUpdate train(INDArray global, DataSet examples, long seed) {
                throw new AssertionError("without the round");
              }

              @Override
              public ClientUpdate train(INDArray global, DataSet examples, int round, long seed) {
                rounds.add(round);
                return inner.train(global, examples, seed);
              }

              @Override
              public void close() {
                inner.close();
              }
            };
          }
        };
    run(listening, new ServerOptimizer.Sgd());
    assertThat(rounds).contains(0, 1, 2).isSorted();
  }

  private void run(ClientTrainer trainer, ServerOptimizer optimizer) {
    FederatedAveraging.builder(plan, new NumberedClients(20), trainer)
        .serverOptimizer(optimizer)
        .execution(Execution.withWorkers(1))
        .ledger(charged::add)
        .build()
        .run();
  }

  /** A trainer of zeros. */
  private static class Wrapped implements ClientTrainer {
    private final ScriptedTrainer inner = new ScriptedTrainer(4, client -> new float[4]);

    @Override
    public long dimension() {
      return inner.dimension();
    }

    @Override
    public INDArray initialParameters() {
      return inner.initialParameters();
    }

    @Override
    public Worker newWorker() {
      return inner.newWorker();
    }
  }
}
