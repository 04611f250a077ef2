package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.federated.HostileAct.Count;
import org.dpfed.federated.HostileAct.Twin;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.Mechanism;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every hostile act, by one client, a third of the cohort or all of it, under every clipping and
 * both kinds of trust: the run ends, its model is finite, and it is the same as if honest clients
 * had been in their place.
 */
final class HostileClientsTest {
  private static final int POPULATION = 12;
  private static final int ROUNDS = 2;

  /** Some 10,000 times what an honest client here takes, for machines that do much else. */
  private static final Duration TIME_LIMIT = Duration.ofMillis(800);

  /** How many of the cohort, in which every client is in every round. */
  private enum Share {
    ONE,
    THIRD,
    ALL;

    boolean has(int client) {
      return switch (this) {
        case ONE -> client == 7;
        case THIRD -> client % 3 == 1;
        case ALL -> true;
      };
    }

    int size() {
      return (int) IntStream.range(0, POPULATION).filter(this::has).count();
    }
  }

  private record Choices(Clipping clipping, Trust trust) {
    @Override
    public String toString() {
      Combinations.Cell cell =
          new Combinations.Cell(sampling(), clipping, new Noise.Independent(), trust);
      return cell.clippingLabel() + ", " + trust.label();
    }
  }

  private record Case(HostileAct act, Share share, Choices choices) {
    @Override
    public String toString() {
      return "%s, %s, %s".formatted(act, share, choices);
    }
  }

  private static Sampling sampling() {
    return new Sampling.WithoutReplacement(POPULATION);
  }

  static List<Choices> choices() {
    return Combinations.trusts().stream()
        .flatMap(trust -> Combinations.clippings().stream().map(c -> new Choices(c, trust)))
        .filter(
            each ->
                Mechanism.refusal(sampling(), each.clipping, new Noise.Independent(), each.trust)
                    .isEmpty())
        .toList();
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (HostileAct act : HostileAct.values()) {
      for (Share share : Share.values()) {
        for (Choices choices : choices()) {
          cases.add(new Case(act, share, choices));
        }
      }
    }
    return cases.stream().filter(HostileClientsTest::isTried);
  }

  /** Late clients take a time limit in each round, so one act stands for all in most cases. */
  private static boolean isTried(Case candidate) {
    boolean isSimplest = candidate.choices.equals(choices().get(0));
    boolean isThird = candidate.share == Share.THIRD;
    return candidate.act.count != Count.LATE
        || (candidate.act == HostileAct.TRAINS_ON_AND_ON
            ? isSimplest || isThird
            : isSimplest && isThird);
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Timeout(60)
  void run_hostileClients_isAsIfTheyHadBeenHonest(Case tried) throws InterruptedException {
    Outcome hostile = outcome(tried, true);
    Outcome honest = outcome(tried, false);

    hostile.models.forEach(
        model -> {
          for (float value : model) {
            assertThat(value).isFinite();
          }
        });
    assertThat(hostile.charged).isEqualTo(honest.charged).hasSize(ROUNDS);
    assertThat(hostile.clipNorms).isEqualTo(honest.clipNorms);
    if (tried.act.twin == Twin.GIVES_LONG) {
      assertSameUpToTheScale(hostile, honest);
    } else {
      assertThat(hostile.models).usingRecursiveComparison().isEqualTo(honest.models);
    }
    if (!tried.choices.trust.isLocal()) {
      assertCounts(tried, hostile.diagnostics);
    }
  }

  /**
   * The scale of a delta of 3.4·10³⁸ is a subnormal float of 4·10⁵ units in the last place, so it
   * is rounded down by less than 2⁻¹⁸ of itself; a cut to the grid takes less than 2⁻¹⁶ of the clip
   * norm. In each round the mean of the deltas then differs by less than 2⁻¹⁵ of the clip norm.
   */
  private static void assertSameUpToTheScale(Outcome hostile, Outcome honest) {
    double tolerance = 0;
    for (int round = 0; round < ROUNDS; round++) {
      tolerance += 0x1p-15 * honest.clipNorms.get(round).stream().mapToDouble(c -> c).sum();
      for (int i = 0; i < honest.models.get(round).length; i++) {
        assertThat((double) hostile.models.get(round)[i])
            .isCloseTo(honest.models.get(round)[i], within(tolerance));
      }
    }
  }

  private static void assertCounts(Case tried, List<RoundDiagnostics> rounds) {
    int size = tried.share.size();
    for (RoundDiagnostics round : rounds) {
      boolean failed = tried.act.count == Count.FAILED || tried.act.count == Count.LATE;
      assertThat(round.cohortSize()).isEqualTo(POPULATION);
      assertThat(round.failed()).isEqualTo(failed ? size : 0);
      assertThat(round.nonFinite()).isEqualTo(tried.act.count == Count.NON_FINITE ? size : 0);
    }
    // Later, an adaptive clip norm may have come down to honest clients.
    assertThat(rounds.get(0).clipped()).isEqualTo(tried.act.count == Count.CLIPPED ? size : 0);
  }

  private record Outcome(
      List<float[]> models,
      List<List<Double>> clipNorms,
      List<RoundDiagnostics> diagnostics,
      List<DpEvent> charged) {}

  private static Outcome outcome(Case tried, boolean isHostile) throws InterruptedException {
    Outcome seen =
        new Outcome(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    HostileClients clients = new HostileClients(POPULATION, tried.share::has, tried.act, isHostile);
    try (clients) {
      // As many workers as clients where all may be waited for.
      int workers = tried.act.count == Count.LATE ? POPULATION : 2;
      FederatedAveraging.Builder run =
          FederatedAveraging.builder(
                  plan(tried.choices).randomness(Randomness.seeded(3)).build(), clients, clients)
              .execution(new Execution(workers, KernelSelection.forced(Nd4jKernel.NAME)))
              .ledger(seen.charged::add)
              .diagnostics(!tried.choices.trust.isLocal())
              .listener(
                  (metrics, parameters) -> {
                    seen.models.add(parameters.toFloatVector());
                    seen.clipNorms.add(metrics.clipNorms());
                    metrics.diagnostics().ifPresent(seen.diagnostics::add);
                  });
      if (isHostile && tried.act.count == Count.LATE) {
        run.clientTimeLimit(TIME_LIMIT);
      }
      run.build().run();
    }
    assertNothingIsLeftOpen(clients);
    return seen;
  }

  /** Late clients end after their run, here when the test lets them. */
  private static void assertNothingIsLeftOpen(HostileClients clients) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (clients.openWorkers.get() + clients.lent() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(clients.openWorkers).hasValue(0);
    assertThat(clients.lent()).isZero();
  }

  /** With secure randomness, so that there is a guarantee to be compared. */
  @ParameterizedTest
  @EnumSource(HostileAct.class)
  @Timeout(60)
  void run_hostileClients_guaranteeIsThatOfThePlan(HostileAct act) {
    Choices last = choices().get(choices().size() - 1);
    List<Choices> both = List.of(choices().get(0), last);
    for (Choices choices : act.count == Count.LATE ? both.subList(0, 1) : both) {
      PrivacyPlan plan = plan(choices).build();
      try (HostileClients clients = new HostileClients(POPULATION, Share.THIRD::has, act, true)) {
        FederatedAveraging.Builder run =
            FederatedAveraging.builder(plan, clients, clients)
                .execution(Execution.withWorkers(POPULATION));
        if (act.count == Count.LATE) {
          run.clientTimeLimit(TIME_LIMIT);
        }
        TrainingReport report = run.build().run().report();
        Guarantee guarantee = report.guarantee();
        assertThat(guarantee.epsilon()).isEqualTo(plan.guarantee().epsilon()).isFinite();
        assertThat(guarantee.delta()).isEqualTo(plan.guarantee().delta());
        assertThat(report.rounds()).hasSize(ROUNDS);
        // A clock decides which updates count, and whoever slows it down for others is no client.
        assertThat(guarantee.assumptions().toString().contains("clientTimeLimit"))
            .isEqualTo(act.count == Count.LATE);
      }
    }
  }

  /** Whatever the copy catches of it, the mean moves by the clip norm over the cohort at most. */
  @Test
  @Timeout(60)
  void run_deltaChangesWhileItIsCopied_staysWithinTheClipNorm() throws InterruptedException {
    int dimension = 1 << 14;
    INDArray delta = Nd4j.zeros(DataType.FLOAT, dimension);
    AtomicBoolean over = new AtomicBoolean();
    Thread changing =
        new Thread(
            () -> {
              for (int i = 0; !over.get(); i++) {
                delta.assign(i % 2 == 0 ? 1e30f : -1f);
              }
            });
    changing.start();
    Choices simplest = choices().get(0);
    float[] with;
    float[] without;
    try {
      with =
          sumWith(simplest, client -> client == 7 ? delta : Nd4j.zeros(DataType.FLOAT, dimension));
    } finally {
      over.set(true);
      changing.join();
      delta.close();
    }
    without = sumWith(simplest, client -> Nd4j.zeros(DataType.FLOAT, dimension));
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += Math.pow((double) with[i] - without[i], 2);
    }
    // Each coordinate of a mean of noise below 2³ is rounded to float by less than 2⁻²².
    double rounding = Math.sqrt(dimension) * 0x1p-21;
    double most = simplest.clipping.clipNorm() / POPULATION + rounding;
    assertThat(Math.sqrt(squares)).isPositive().isLessThanOrEqualTo(most);
  }

  private static float[] sumWith(Choices choices, IntFunction<INDArray> deltaOf) {
    int dimension = Math.toIntExact(deltaOf.apply(0).length());
    return FederatedAveraging.builder(
            plan(choices).rounds(1).noiseMultiplier(0.01).randomness(Randomness.seeded(3)).build(),
            new NumberedClients(POPULATION),
            new GivenTrainer(dimension, deltaOf))
        .build()
        .run()
        .parameters()
        .toFloatVector();
  }

  /** Gives arrays of the test's own. */
  private record GivenTrainer(long dimension, IntFunction<INDArray> deltaOf)
      implements ClientTrainer {
    @Override
    public INDArray initialParameters() {
      return Nd4j.zeros(DataType.FLOAT, dimension);
    }

    @Override
    public Worker newWorker() {
      return new Worker() {
        @Override
        public ClientUpdate train(INDArray global, DataSet examples, long seed) {
          return new ClientUpdate(deltaOf.apply(NumberedClients.number(examples)), 0);
        }

        @Override
        public void close() {}
      };
    }
  }

  private static PrivacyPlan.Builder plan(Choices choices) {
    return PrivacyPlan.builder(new NumberedClients(POPULATION))
        .sampling(sampling())
        .clipping(choices.clipping)
        .trust(choices.trust)
        .noiseMultiplier(1)
        .rounds(ROUNDS)
        .relation(NeighbouringRelation.ZERO_OUT)
        .delta(1e-3);
  }
}
