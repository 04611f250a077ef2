package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.federated.Combinations.Cell;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Runs that are cut at some round and resumed, against the same runs left alone. */
final class ResumeTest {
  private static final int ROUNDS = 5;
  private static final int POPULATION = Combinations.POPULATION;
  private static final int[] LAYERS = {7, 300};

  private static final List<ServerOptimizer> OPTIMIZERS =
      List.of(
          new ServerOptimizer.Sgd(),
          new ServerOptimizer.Sgd(0.5, 0.9),
          new ServerOptimizer.Adam(0.1),
          new ServerOptimizer.Adagrad(0.1),
          new ServerOptimizer.Yogi(0.1),
          new ServerOptimizer.Scheduled(
              new ServerOptimizer.Sgd(1, 0.5),
              new RoundSchedule(
                  new MapSchedule(
                      ScheduleType.ITERATION, java.util.Map.of(0, 1.0, 2, 0.5, 4, 0.1)))));

  @TempDir Path directory;
  private int runs;

  /** A crash: what is thrown leaves the run no time to save anything. */
  private static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static Stream<Arguments> cellsWithOptimizers() {
    List<Cell> cells = Combinations.accounted().toList();
    return IntStream.range(0, cells.size())
        .mapToObj(i -> Arguments.of(cells.get(i), OPTIMIZERS.get(i % OPTIMIZERS.size())));
  }

  /** Cut after a checkpoint, and after a round that no checkpoint holds. */
  @ParameterizedTest
  @MethodSource("cellsWithOptimizers")
  void resume_seededRunCut_endsAsIfItHadNotBeenCut(Cell cell, ServerOptimizer optimizer)
      throws IOException {
    assertSameAsWhole(cell, optimizer, 2, 2, 3);
  }

  /** Cut after each round, with checkpoints after every round, every second and every third. */
  @Tag("stress")
  @ParameterizedTest
  @MethodSource("cellsWithOptimizers")
  void resume_seededRunCutAtAnyRound_endsAsIfItHadNotBeenCut(Cell cell, ServerOptimizer optimizer)
      throws IOException {
    for (int every = 1; every <= 3; every++) {
      assertSameAsWhole(cell, optimizer, every, 1, 2, 3, 4);
    }
  }

  private void assertSameAsWhole(Cell cell, ServerOptimizer optimizer, int every, int... cuts)
      throws IOException {
    TrainingResult whole = run(cell, optimizer, every, ROUNDS + 1);
    for (int cut : cuts) {
      TrainingResult resumed = run(cell, optimizer, every, cut);
      assertThat(resumed.parameters().toFloatVector())
          .isEqualTo(whole.parameters().toFloatVector());
      assertThat(withoutTime(resumed.report())).isEqualTo(withoutTime(whole.report()));
      assertThat(resumed.report().charged()).isEqualTo(new ChargedRounds(ROUNDS, cut % every));
    }
  }

  private static List<RoundMetrics> withoutTime(TrainingReport report) {
    return report.rounds().stream()
        .map(
            metrics ->
                new RoundMetrics(
                    metrics.round(),
                    0,
                    metrics.noiseStddev(),
                    metrics.clipNorms(),
                    metrics.meanNorm(),
                    metrics.evaluation(),
                    metrics.diagnostics()))
        .toList();
  }

  private TrainingResult run(Cell cell, ServerOptimizer optimizer, int every, int cut)
      throws IOException {
    UnaryOperator<FederatedAveraging.Builder> settings = b -> b.serverOptimizer(optimizer).seed(3);
    Path run = directory.resolve("run" + runs++);
    try (LedgerFile ledger = LedgerFile.open(run.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(run.resolve("checkpoints"))) {
      try {
        return settings
            .apply(started(seeded(cell), ledger, checkpoints, every, cut))
            .evaluateEvery(2, shown -> ModelEvaluation.of(3, ModelEvaluation.Metric.of("a", 0.1)))
            .build()
            .run();
      } catch (RoundFailedException e) {
        assertThat(e).hasCauseInstanceOf(Cut.class);
      }
    }
    // Another process, as far as these files know.
    try (LedgerFile ledger = LedgerFile.open(run.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(run.resolve("checkpoints"))) {
      return settings
          .apply(resumed(seeded(cell), ledger, checkpoints))
          .evaluateEvery(2, shown -> ModelEvaluation.of(3, ModelEvaluation.Metric.of("a", 0.1)))
          .build()
          .run();
    }
  }

  private static PrivacyPlan seeded(Cell cell) {
    return cell.plan(NeighbouringRelation.ZERO_OUT)
        .rounds(ROUNDS)
        .noiseMultiplier(1.3)
        .randomness(Randomness.seeded(5))
        .build();
  }

  private static FederatedAveraging.Builder started(
      PrivacyPlan plan,
      PopulationLedger ledger,
      CheckpointDirectory checkpoints,
      int every,
      int cut) {
    return FederatedAveraging.builder(plan, new NumberedClients(POPULATION), trainer())
        .populationLedger(ledger)
        .checkpoints(checkpoints, every)
        .listener(
            (metrics, parameters) -> {
              if (metrics.round() == cut) {
                throw new Cut();
              }
            });
  }

  private static FederatedAveraging.Builder resumed(
      PrivacyPlan plan, PopulationLedger ledger, CheckpointDirectory checkpoints) {
    return FederatedAveraging.resume(plan, new NumberedClients(POPULATION), trainer(), checkpoints)
        .populationLedger(ledger);
  }

  private static ScriptedTrainer trainer() {
    return new ScriptedTrainer(
        Arrays.stream(LAYERS).sum(),
        client -> {
          float[] delta = new float[Arrays.stream(LAYERS).sum()];
          for (int i = 0; i < delta.length; i++) {
            delta[i] = (float) Math.sin(client + 0.01 * i);
          }
          return delta;
        },
        LAYERS);
  }

  /** A run that is stopped saves its state, loses nothing and costs what it would have cost. */
  @ParameterizedTest
  @MethodSource("privatePlans")
  void resume_afterStop_hasTheGuaranteeOfAnUninterruptedRun(Sampling sampling, Noise noise)
      throws IOException {
    PrivacyPlan plan = plan(sampling, noise).noiseMultiplier(1.3).build();
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      FederatedAveraging[] run = new FederatedAveraging[1];
      run[0] =
          started(plan, ledger, checkpoints, 0, -1)
              .listener(
                  (metrics, parameters) -> {
                    if (metrics.round() == 3) {
                      run[0].stop();
                    }
                  })
              .build();
      assertThat(run[0].run().report().charged()).isEqualTo(ChargedRounds.first(3));
      PrivacyPlan again = plan(sampling, noise).noiseMultiplier(1.3).build();
      TrainingReport report = resumed(again, ledger, checkpoints).build().run().report();

      assertThat(report.charged()).isEqualTo(ChargedRounds.first(ROUNDS));
      assertThat(report.guarantee()).isEqualTo(plan.guarantee());
      assertThat(report.guaranteeOfAllRuns().orElseThrow().epsilon())
          .isEqualTo(plan.guarantee().epsilon());
      assertThat(report.rounds()).hasSize(ROUNDS);
      assertThat(ledger.history().runs()).hasSize(1);
    }
  }

  static Stream<Arguments> privatePlans() {
    Sampling once = new Sampling.ParticipationLimited(12, 1, 5);
    return Stream.of(
        Arguments.of(new Sampling.Poisson(12), new Noise.Independent()),
        Arguments.of(new Sampling.WithoutReplacement(12), new Noise.Independent()),
        Arguments.of(once, new Noise.Independent()),
        Arguments.of(once, new Noise.Tree(java.util.OptionalInt.empty())),
        Arguments.of(once, Noise.Banded.optimised(2)),
        Arguments.of(once, Noise.BufferedLinear.optimised(2)),
        Arguments.of(new Sampling.CyclicPoisson(12, 3), Noise.Banded.optimised(2)));
  }

  private static PrivacyPlan.Builder plan(Sampling sampling, Noise noise) {
    return PrivacyPlan.builder(new NumberedClients(POPULATION))
        .sampling(sampling)
        .noise(noise)
        .rounds(ROUNDS)
        .clipNorm(1)
        .relation(NeighbouringRelation.ZERO_OUT)
        .delta(1e-5);
  }

  /** The lost round was charged, and its second draw is charged too: in plan, report and ledger. */
  @ParameterizedTest
  @MethodSource("privatePlans")
  void resume_roundWasLost_isChargedAgainEverywhere(Sampling sampling, Noise noise)
      throws IOException {
    TrainingReport report =
        cutAfterThreeAndResumed(sampling, noise, plan -> plan.noiseMultiplier(1.3));
    PrivacyPlan plan = plan(sampling, noise).noiseMultiplier(1.3).build();
    assertThat(report.charged()).isEqualTo(new ChargedRounds(ROUNDS, 1));
    assertThat(report.guarantee()).isEqualTo(plan.guaranteeAfter(new ChargedRounds(ROUNDS, 1)));
    assertThat(report.guarantee().epsilon()).isGreaterThan(plan.guarantee().epsilon());
    assertThat(report.guaranteeOfAllRuns().orElseThrow().epsilon())
        .isEqualTo(report.guarantee().epsilon());
    assertThat(report.rounds()).hasSize(ROUNDS);
  }

  /** The plan was built for an epsilon that one more round would exceed. */
  @ParameterizedTest
  @MethodSource("privatePlans")
  void resume_roundWasLost_theLastRoundsThatThePlanCannotAffordAreNotRun(
      Sampling sampling, Noise noise) throws IOException {
    TrainingReport report = cutAfterThreeAndResumed(sampling, noise, plan -> plan.epsilon(4));
    assertThat(report.rounds().size()).isLessThan(ROUNDS);
    assertThat(report.guarantee().epsilon()).isLessThanOrEqualTo(4);
    assertThat(report.budgetRefusal().orElseThrow())
        .contains("more than the 4.0 of its plan")
        .contains("1 of its charges are for rounds that are run again");
  }

  private TrainingReport cutAfterThreeAndResumed(
      Sampling sampling, Noise noise, UnaryOperator<PrivacyPlan.Builder> budget)
      throws IOException {
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan = budget.apply(plan(sampling, noise)).build();
      assertThatThrownBy(() -> started(plan, ledger, checkpoints, 2, 3).build().run())
          .hasCauseInstanceOf(Cut.class);
      PrivacyPlan again = budget.apply(plan(sampling, noise)).build();
      return resumed(again, ledger, checkpoints).build().run().report();
    }
  }

  /** A message of a client reached the server before the process died. */
  @Test
  void resume_localTrustDiedInTraining_messagesCount() throws IOException {
    Cell local =
        Combinations.accounted().filter(cell -> cell.trust().isLocal()).findFirst().orElseThrow();
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan =
          local.plan(NeighbouringRelation.ZERO_OUT).rounds(3).noiseMultiplier(5).build();
      FederatedAveraging[] run = new FederatedAveraging[1];
      run[0] =
          FederatedAveraging.builder(
                  plan,
                  new NumberedClients(POPULATION),
                  new ScriptedTrainer(
                      307,
                      client -> {
                        run[0].stop();
                        return new float[307];
                      },
                      LAYERS))
              .populationLedger(ledger)
              .checkpoints(checkpoints, 1)
              .build();
      assertThat(run[0].run().report().rounds()).isEmpty();
      PrivacyPlan again =
          local.plan(NeighbouringRelation.ZERO_OUT).rounds(3).noiseMultiplier(5).build();
      TrainingReport report = resumed(again, ledger, checkpoints).build().run().report();
      assertThat(report.charged()).isEqualTo(new ChargedRounds(3, 1));
      assertThat(report.guarantee()).isEqualTo(again.guaranteeAfter(new ChargedRounds(3, 1)));
      assertThat(report.guarantee().epsilon()).isGreaterThan(again.guarantee().epsilon());
    }
  }

  @Test
  void resume_moreRounds_goOnWhereEachHasItsOwnCost() throws IOException {
    Sampling poisson = new Sampling.Poisson(12);
    Noise independent = new Noise.Independent();
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan = plan(poisson, independent).noiseMultiplier(1.3).build();
      started(plan, ledger, checkpoints, 2, -1).build().run();
      PrivacyPlan longer = plan(poisson, independent).rounds(9).noiseMultiplier(1.3).build();
      TrainingReport report = resumed(longer, ledger, checkpoints).build().run().report();
      assertThat(report.charged()).isEqualTo(ChargedRounds.first(9));
      assertThat(report.guarantee()).isEqualTo(longer.guarantee());
      assertThat(report.rounds()).hasSize(9);
      assertThat(ledger.history().runs().get(1)).isEqualTo(longer.planned());
    }
  }

  /**
   * Five rounds were charged, three are in the checkpoint: no plan of four can state what it cost.
   */
  @Test
  void resume_fewerRoundsThanWereCharged_isRefused() throws IOException {
    Sampling poisson = new Sampling.Poisson(12);
    Noise independent = new Noise.Independent();
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan = plan(poisson, independent).noiseMultiplier(1.3).build();
      assertThatThrownBy(() -> started(plan, ledger, checkpoints, 3, 5).build().run())
          .hasCauseInstanceOf(Cut.class);
      LedgerHistory before = ledger.history();
      PrivacyPlan shorter = plan(poisson, independent).rounds(4).noiseMultiplier(1.3).build();
      assertRefused(
          resumed(shorter, ledger, checkpoints),
          "run 1 was charged 5 rounds, is to be resumed with 4; resume it with at least 5");
      assertThat(ledger.history()).isEqualTo(before);
    }
  }

  /** Its noise was made for the rounds it had, and is gone when they are done; the model stays. */
  @Test
  void resume_finishedRunWithCorrelatedNoise_givesItsResultAndNoNoiseIsLeftBehind()
      throws IOException {
    Sampling once = new Sampling.ParticipationLimited(12, 1, 5);
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan = plan(once, Noise.Banded.optimised(2)).noiseMultiplier(1.3).build();
      TrainingResult result = started(plan, ledger, checkpoints, 1, -1).build().run();
      try (Stream<Path> left = Files.list(directory.resolve("c"))) {
        assertThat(left).hasSize(1);
      }
      assertThat(checkpoints.newest().orElseThrow().arrays().keySet())
          .contains("parameters")
          .noneMatch(name -> name.startsWith("noise"));
      PrivacyPlan again = plan(once, Noise.Banded.optimised(2)).noiseMultiplier(1.3).build();
      TrainingResult resumed = resumed(again, ledger, checkpoints).build().run();
      assertThat(resumed.parameters()).isEqualTo(result.parameters());
      assertThat(resumed.report().charged()).isEqualTo(ChargedRounds.first(ROUNDS));
    }
  }

  /** What differs is named; nothing is charged. */
  @Test
  void resume_otherRun_isRefusedWithWhatDiffers() throws IOException {
    Sampling poisson = new Sampling.Poisson(12);
    Noise independent = new Noise.Independent();
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("ledger.jsonl"));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan = plan(poisson, independent).noiseMultiplier(1.3).build();
      assertThatThrownBy(() -> started(plan, ledger, checkpoints, 1, 2).build().run())
          .hasCauseInstanceOf(Cut.class);
      LedgerHistory before = ledger.history();

      PrivacyPlan same = plan(poisson, independent).noiseMultiplier(1.3).build();
      PrivacyPlan otherNoise = plan(poisson, independent).noiseMultiplier(2).build();
      assertRefused(resumed(otherNoise, ledger, checkpoints), "noiseMultiplier was 1.3, is 2.0");
      PrivacyPlan otherClip = plan(poisson, independent).clipNorm(2).noiseMultiplier(1.3).build();
      assertRefused(resumed(otherClip, ledger, checkpoints), "clipping was Fixed[clipNorm=1.0]");
      PrivacyPlan otherSampling =
          plan(new Sampling.Poisson(6), independent).noiseMultiplier(1.3).build();
      assertRefused(resumed(otherSampling, ledger, checkpoints), "sampling was Poisson");
      assertRefused(
          resumed(same, ledger, checkpoints).serverOptimizer(new ServerOptimizer.Adam(1)),
          "serverOptimizer was Sgd");
      assertRefused(resumed(same, ledger, checkpoints).seed(9), "seed was 0, is 9");
      assertRefused(
          resumed(same, ledger, checkpoints).clientTimeLimit(Duration.ofHours(1)),
          "clientTimeLimit was not given, is PT1H");
      assertRefused(
          FederatedAveraging.resume(
                  same,
                  new NumberedClients(POPULATION),
                  new ScriptedTrainer(307, client -> new float[307], 300, 7),
                  checkpoints)
              .populationLedger(ledger),
          "network was org.dpfed.federated.ScriptedTrainer of layers [7, 300]");
      PrivacyPlan population =
          PrivacyPlan.builder(new NumberedClients(61))
              .sampling(poisson)
              .rounds(ROUNDS)
              .clipNorm(1)
              .noiseMultiplier(1.3)
              .relation(NeighbouringRelation.ZERO_OUT)
              .delta(1e-5)
              .build();
      assertRefused(
          FederatedAveraging.resume(population, new NumberedClients(61), trainer(), checkpoints)
              .populationLedger(ledger),
          "it had 60, the data have 61 now");
      assertRefused(
          started(same, ledger, checkpoints, 1, -1), "holds checkpoints of an earlier run");
      assertThat(ledger.history()).isEqualTo(before);
    }
  }

  private static void assertRefused(FederatedAveraging.Builder run, String message) {
    assertThatThrownBy(() -> run.build().run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void resume_ledgerIsAnotherOrAnOlderCopy_isRefused() throws IOException {
    Sampling poisson = new Sampling.Poisson(12);
    Noise independent = new Noise.Independent();
    Path file = directory.resolve("ledger.jsonl");
    Path copy = directory.resolve("copy.jsonl");
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      try (LedgerFile ledger = LedgerFile.open(file)) {
        PrivacyPlan plan = plan(poisson, independent).noiseMultiplier(1.3).build();
        FederatedAveraging.Builder run = started(plan, ledger, checkpoints, 2, 3);
        run.listener(
            (metrics, parameters) -> {
              if (metrics.round() == 1) {
                copy(file, copy);
              } else if (metrics.round() == 3) {
                throw new Cut();
              }
            });
        assertThatThrownBy(() -> run.build().run()).hasCauseInstanceOf(Cut.class);
      }
      for (Path other : List.of(copy, directory.resolve("new.jsonl"))) {
        try (LedgerFile ledger = LedgerFile.open(other)) {
          LedgerHistory before = ledger.history();
          PrivacyPlan again = plan(poisson, independent).noiseMultiplier(1.3).build();
          assertRefused(resumed(again, ledger, checkpoints), "another ledger or an older copy");
          assertThat(ledger.history()).isEqualTo(before);
        }
      }
      PrivacyPlan again = plan(poisson, independent).noiseMultiplier(1.3).build();
      assertRefused(resumed(again, run -> event -> {}, checkpoints), "does not keep runs");
    }
  }

  private static void copy(Path file, Path copy) {
    try {
      Files.copy(file, copy);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void checkpoints_ledgerThatDoesNotLast_isRefused() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"))) {
      PrivacyPlan plan =
          plan(new Sampling.Poisson(12), new Noise.Independent()).noiseMultiplier(1).build();
      assertRefused(
          FederatedAveraging.builder(plan, new NumberedClients(POPULATION), trainer())
              .checkpoints(checkpoints, 1),
          "checkpoints need a ledger that outlives the process");
    }
  }
}
