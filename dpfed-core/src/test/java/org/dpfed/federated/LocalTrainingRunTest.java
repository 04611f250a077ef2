package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.junit.jupiter.api.Test;

/** Runs in which the clients do not trust the server. */
final class LocalTrainingRunTest {
  /** Messages that were sent are spent, whether or not their round was released. */
  @Test
  void run_stoppedWhileClientsTrain_roundIsCharged() {
    List<DpEvent> charged = new ArrayList<>();
    FederatedAveraging[] run = new FederatedAveraging[1];
    ScriptedTrainer trainer =
        new ScriptedTrainer(
            1,
            client -> {
              run[0].stop();
              return new float[1];
            });
    run[0] =
        FederatedAveraging.builder(plan(), new NumberedClients(10), trainer)
            .ledger(charged::add)
            .build();
    TrainingReport report = run[0].run().report();
    assertThat(charged).hasSize(1);
    assertThat(report.charged().total()).isEqualTo(1);
    assertThat(report.rounds()).isEmpty();
    assertThat(report.guarantee().epsilon()).isPositive();
  }

  @Test
  void run_ledgerRefuses_noClientSendsAnything() {
    List<Integer> sent = new ArrayList<>();
    ScriptedTrainer trainer =
        new ScriptedTrainer(
            1,
            client -> {
              sent.add(client);
              return new float[1];
            });
    FederatedAveraging run =
        FederatedAveraging.builder(plan(), new NumberedClients(10), trainer)
            .ledger(
                event -> {
                  throw new IllegalStateException("full");
                })
            .build();
    assertThatThrownBy(run::run).isInstanceOf(RoundFailedException.class);
    assertThat(sent).isEmpty();
  }

  /** They show deltas without noise to the operator, from whom the clients protect themselves. */
  @Test
  void run_diagnosticsOrClientErrors_areRefused() {
    ScriptedTrainer trainer = new ScriptedTrainer(1, client -> new float[1]);
    for (boolean diagnostics : new boolean[] {true, false}) {
      FederatedAveraging run =
          FederatedAveraging.builder(plan(), new NumberedClients(10), trainer)
              .diagnostics(diagnostics)
              .showClientErrors(!diagnostics)
              .build();
      assertThatThrownBy(run::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("local trust");
    }
  }

  @Test
  void run_layersThatAreNotTheDelta_areRefusedUncharged() {
    List<DpEvent> charged = new ArrayList<>();
    ScriptedTrainer trainer = new ScriptedTrainer(4, client -> new float[4], 1, 2);
    FederatedAveraging run =
        FederatedAveraging.builder(plan(), new NumberedClients(10), trainer)
            .ledger(charged::add)
            .build();
    assertThatThrownBy(run::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add up to the dimension of 4");
    assertThat(charged).isEmpty();
  }

  private static PrivacyPlan plan() {
    return PrivacyPlan.builder(new NumberedClients(10))
        .sampling(new Sampling.WithoutReplacement(5))
        .clipNorm(1)
        .trust(new Trust.Local())
        .noiseMultiplier(3)
        .rounds(4)
        .relation(NeighbouringRelation.ZERO_OUT)
        .delta(1e-5)
        .build();
  }
}
