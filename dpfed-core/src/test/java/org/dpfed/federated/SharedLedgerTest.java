package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.mechanism.Sampling;
import org.junit.jupiter.api.Test;

/** Runs on a ledger that knows of other runs and has a budget. */
final class SharedLedgerTest {
  /** Three rounds of an earlier run, and room for some more. */
  private static final class Shared implements PopulationLedger {
    private final List<DpEvent> charged = new ArrayList<>();
    private final List<PlannedRun> begun = new ArrayList<>();
    private final int room;

    Shared(int room) {
      this.room = room;
    }

    @Override
    public PrivacyLedger begin(PlannedRun run) {
      begun.add(run);
      for (int i = 0; i < 3; i++) {
        charged.add(run.firstRound());
      }
      return new PrivacyLedger() {
        @Override
        public void charge(DpEvent event) {
          requireRoom();
          charged.add(event);
        }

        @Override
        public void requireRoom() {
          if (charged.size() == 3 + room) {
            throw new BudgetExceededException("no room for round " + (room + 1));
          }
        }

        @Override
        public Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
          return Optional.of(
              new TightestAccountant(relation).compose(charged.get(0), charged.size()));
        }
      };
    }
  }

  @Test
  void run_budgetEnds_whatWasDoneIsTheResultAndNoFurtherRoundTrains() {
    Shared ledger = new Shared(2);
    List<Integer> heard = new ArrayList<>();
    PrivacyPlan plan = plan().build();
    TrainingResult result =
        builder(plan)
            .populationLedger(ledger)
            .listener((metrics, parameters) -> heard.add(metrics.round()))
            .build()
            .run();

    TrainingReport report = result.report();
    assertThat(report.budgetRefusal()).contains("no room for round 3");
    assertThat(report.charged()).isEqualTo(ChargedRounds.first(2));
    assertThat(heard).containsExactly(1, 2);
    assertThat(report.guarantee()).isEqualTo(plan.guaranteeAfter(2));
    assertThat(ledger.charged).hasSize(5);
    assertThat(ledger.begun).containsExactly(plan.planned());
    assertThat(plan.planned().firstRound()).isEqualTo(plan.roundEvent(0));
  }

  /** Both the run's own cost and that of all five rounds on the ledger. */
  @Test
  void run_sharedLedger_reportSaysWhatThisRunAndAllRunsPromise() {
    PrivacyPlan plan = plan().build();
    TrainingReport report = builder(plan).populationLedger(new Shared(9)).build().run().report();

    assertThat(report.budgetRefusal()).isEmpty();
    assertThat(report.guarantee().assumptions())
        .anyMatch(text -> text.startsWith("this is the only run"));
    assertThat(report.guaranteeOfAllRuns())
        .hasValueSatisfying(
            all -> {
              assertThat(all.epsilon())
                  .isEqualTo(plan().rounds(6).build().guarantee().epsilon())
                  .isGreaterThan(report.guarantee().epsilon());
              assertThat(all.assumptions())
                  .noneMatch(text -> text.startsWith("this is the only run"))
                  .anyMatch(text -> text.startsWith("every run over these clients"));
            });
  }

  @Test
  void run_ledgerHoldsWhatTheRelationCannotBound_allRunsHaveNoBound() {
    PopulationLedger ledger =
        run ->
            new PrivacyLedger() {
              @Override
              public void charge(DpEvent event) {}

              @Override
              public Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
                return Optional.of(
                    new TightestAccountant(relation)
                        .compose(new DpEvent.SampledWithoutReplacement(9, 3, run.firstRound())));
              }
            };
    TrainingReport report = builder(plan().build()).populationLedger(ledger).build().run().report();
    assertThat(report.guaranteeOfAllRuns().orElseThrow().isPrivate()).isFalse();
    assertThat(report.guarantee().isPrivate()).isTrue();
  }

  @Test
  void run_ledgerRefusesToBegin_nothingIsTrained() {
    PopulationLedger other =
        run -> {
          throw new IllegalArgumentException("the ledger of hospitals");
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(plan().build()).populationLedger(other).build().run())
        .withMessage("the ledger of hospitals");
  }

  private static FederatedAveraging.Builder builder(PrivacyPlan plan) {
    return FederatedAveraging.builder(
        plan,
        new NumberedClients(200),
        new ScriptedTrainer(3, client -> new float[] {0.5f, client, -1}));
  }

  private static PrivacyPlan.Builder plan() {
    return PrivacyPlan.builder(new NumberedClients(200))
        .sampling(new Sampling.Poisson(20))
        .rounds(3)
        .clipNorm(1)
        .noiseMultiplier(1)
        .delta(1e-5);
  }
}
