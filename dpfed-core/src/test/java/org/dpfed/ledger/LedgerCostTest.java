package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.UnsupportedEventException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a ledger costs, and where its budget ends a run. Equal events give equal figures. */
final class LedgerCostTest {
  private static final NeighbouringRelation RELATION = NeighbouringRelation.ZERO_OUT;
  private static final double DELTA = 1e-5;
  private static final DpEvent ROUND = new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(1.3));
  private static final PlannedRun SAMPLED = run(ROUND);
  private static final PlannedRun CORRELATED = run(new DpEvent.RoundOf(EventSamples.MATRIX, 0));

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("patients.jsonl");
  }

  private static PlannedRun run(DpEvent event) {
    return new PlannedRun("patient", 455, 8, RELATION, DELTA, event);
  }

  @Test
  void composed_independentRounds_isTheirNumberOfAllRuns() throws IOException {
    charge(SAMPLED, 3);
    charge(SAMPLED, 5);
    assertThat(spent()).isEqualTo(epsilon(new DpEvent.SelfComposed(ROUND, 8)));
  }

  /** Eight rounds of one mechanism cost what it costs once, and the first three what they do. */
  @Test
  void composed_correlatedNoise_isTheMechanismOnceUpToTheLastRound() throws IOException {
    charge(CORRELATED, 3);
    double three = epsilon(EventSamples.MATRIX.firstRounds(3));
    assertThat(spent()).isEqualTo(three);
    assertThat(three).isLessThan(epsilon(EventSamples.MATRIX));
    Files.delete(file);
    charge(CORRELATED, 8);
    assertThat(spent()).isEqualTo(epsilon(EventSamples.MATRIX));
  }

  /** Two runs of one plan draw their noise twice, so they never count as one. */
  @Test
  void composed_twoRunsOfOneMechanism_costItTwice() throws IOException {
    charge(CORRELATED, 8);
    charge(CORRELATED, 2);
    PrivacyAccountant both =
        new TightestAccountant(RELATION)
            .compose(EventSamples.MATRIX)
            .compose(EventSamples.MATRIX.firstRounds(2));
    assertThat(spent()).isEqualTo(both.epsilon(DELTA)).isGreaterThan(epsilon(EventSamples.MATRIX));
  }

  @Test
  void composed_tornRecord_isTheRoundThatWasToCome() throws IOException {
    for (PlannedRun plan : new PlannedRun[] {SAMPLED, CORRELATED}) {
      charge(plan, 3);
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 30));
      assertThat(spent()).isEqualTo(epsilon(plan.cost(ChargedRounds.first(3))));
      Files.delete(file);
    }
  }

  @Test
  void composed_nothingCharged_isZeroAndNonPrivateInfinite() throws IOException {
    charge(SAMPLED, 0);
    assertThat(spent()).isZero();
    charge(run(new DpEvent.NonPrivate()), 1);
    assertThat(spent()).isInfinite();
  }

  @Test
  void composed_relationWithoutABound_isRefused() throws IOException {
    charge(CORRELATED, 1);
    LedgerHistory history = LedgerHistory.read(file);
    assertThatThrownBy(() -> history.composed(NeighbouringRelation.ADD_OR_REMOVE_ONE))
        .isInstanceOf(UnsupportedEventException.class);
    assertThat(history.guarantee(NeighbouringRelation.REPLACE_ONE, DELTA).epsilon())
        .isGreaterThan(spent());
  }

  /** Three rounds before; the budget is what four more cost, so the fifth exceeds it. */
  @Test
  void limitedTo_budgetOfSevenRounds_refusesExactlyTheEighth() throws IOException {
    charge(SAMPLED, 3);
    double budget = epsilon(new DpEvent.SelfComposed(ROUND, 7));
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.limitedTo(budget).begin(SAMPLED);
      for (int round = 0; round < 4; round++) {
        run.requireRoom();
        run.charge(ROUND);
      }
      byte[] before = Files.readAllBytes(file);
      assertThatThrownBy(run::requireRoom).isInstanceOf(BudgetExceededException.class);
      assertThatThrownBy(() -> run.charge(ROUND))
          .isInstanceOf(BudgetExceededException.class)
          .hasMessageContaining("round 5 would bring all runs on this ledger to epsilon")
          .hasMessageContaining("more than maxEpsilon " + budget);
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      assertThat(ledger.history().composed(RELATION).epsilon(DELTA)).isEqualTo(budget);
    }
  }

  @Test
  void limitedTo_everyBudget_isKeptAndUsed() throws IOException {
    for (PlannedRun plan : new PlannedRun[] {SAMPLED, CORRELATED}) {
      for (double part : new double[] {0.01, 0.3, 0.6, 0.9999, 1, 2}) {
        double budget = part * epsilon(plan.cost(ChargedRounds.first(8)));
        try (LedgerFile ledger = LedgerFile.open(file)) {
          PrivacyLedger run = ledger.limitedTo(budget).begin(plan);
          int round = 0;
          for (; round < 8 && hasRoom(run); round++) {
            run.charge(plan.event(round));
          }
          assertThat(ledger.history().composed(RELATION).epsilon(DELTA))
              .isLessThanOrEqualTo(budget);
          assertThat(round == 8 || epsilon(plan.cost(ChargedRounds.first(round + 1))) > budget)
              .isTrue();
        }
        Files.delete(file);
      }
    }
  }

  @Test
  void limitedTo_costThatNobodyKnows_isRefusedBeforeTheRun() throws IOException {
    charge(CORRELATED, 1);
    PlannedRun other =
        new PlannedRun("patient", 455, 8, NeighbouringRelation.ADD_OR_REMOVE_ONE, DELTA, ROUND);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ledger.limitedTo(3).begin(other))
          .withMessageContaining("maxEpsilon 3.0 cannot be kept on this ledger");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ledger.limitedTo(0))
          .withMessage("maxEpsilon must be positive, was 0.0");
    }
  }

  private static boolean hasRoom(PrivacyLedger run) {
    try {
      run.requireRoom();
      return true;
    } catch (BudgetExceededException e) {
      return false;
    }
  }

  private void charge(PlannedRun plan, int rounds) throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(plan);
      for (int round = 0; round < rounds; round++) {
        run.charge(plan.event(round));
      }
    }
  }

  private double spent() throws IOException {
    return LedgerHistory.read(file).composed(RELATION).epsilon(DELTA);
  }

  private static double epsilon(DpEvent event) {
    return new TightestAccountant(RELATION).compose(event).epsilon(DELTA);
  }
}
