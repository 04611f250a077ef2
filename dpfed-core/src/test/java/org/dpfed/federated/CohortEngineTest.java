package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.dpfed.mechanism.Zeroing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.api.DataSet;

/** One run on two engines, and what an engine may not report. */
final class CohortEngineTest {
  private static final int POPULATION = 60;
  private static final int[] LAYERS = {2, 5};
  private static final int DIMENSION = 7;
  private static final KernelSelection KERNEL = KernelSelection.forced("nd4j");

  /** Bytes of a report before its sum: magic, run, round, share, clients, failed. */
  private static final int ROUND_AT = 12;

  private static final int SHARE_AT = 16;
  private static final int CLIENTS_AT = 20;
  private static final int FAILED_AT = 24;
  private static final int DELTAS_AT = 28;
  private static final int NON_FINITE_AT = 32;
  private static final int CLIPPED_AT = 36;
  private static final int COUNT_AT = 40;

  static List<Arguments> everyClipping() {
    Clipping fixed = new Clipping.Fixed(0.5);
    QuantileEstimation median = new QuantileEstimation(0.5, 0.2, OptionalDouble.of(3));
    List<Arguments> cases = new ArrayList<>();
    for (Clipping clipping :
        List.of(
            fixed,
            new Clipping.PerLayer(fixed, new LayerShares.Equal(), LayerNoise.LEAST_VARIANCE),
            new Clipping.Zeroed(fixed, new Zeroing.AbovePublic(10)),
            new Clipping.PerLayer(
                new Clipping.Adaptive(0.5, median),
                new LayerShares.SquareRootOfSize(),
                LayerNoise.FLAT),
            new Clipping.Zeroed(fixed, new Zeroing.AboveEstimate(1, 3, median)))) {
      for (int shares : new int[] {1, 2, 5, 100}) {
        cases.add(Arguments.of(clipping, shares));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("everyClipping")
  void run_cohortInShares_sameBitsAndCountsAsLocally(Clipping clipping, int shares) {
    TrainingResult local = run(CohortEngine.local(), plan(clipping));
    TrainingResult shared = run(new InProcessEngine(shares, shares), plan(clipping));
    assertThat(shared.parameters().toFloatVector()).isEqualTo(local.parameters().toFloatVector());
    assertThat(shared.report().rounds()).hasSameSizeAs(local.report().rounds()).hasSize(3);
    for (int round = 0; round < 3; round++) {
      RoundMetrics ofShares = shared.report().rounds().get(round);
      RoundMetrics ofClients = local.report().rounds().get(round);
      assertThat(ofShares.clipNorms()).isEqualTo(ofClients.clipNorms());
      RoundDiagnostics some = ofShares.diagnostics().orElseThrow();
      RoundDiagnostics all = ofClients.diagnostics().orElseThrow();
      assertThat(some.cohortSize()).isEqualTo(all.cohortSize());
      assertThat(some.failed()).isEqualTo(all.failed()).isPositive();
      assertThat(some.nonFinite()).isEqualTo(all.nonFinite()).isPositive();
      assertThat(some.clipped()).isEqualTo(all.clipped()).isPositive();
    }
  }

  @Test
  void run_engineReportsSums_normsAndLossesAreAbsent() {
    RoundDiagnostics diagnostics =
        run(new InProcessEngine(2, 1), plan(new Clipping.Fixed(1)))
            .report()
            .rounds()
            .get(0)
            .diagnostics()
            .orElseThrow();
    assertThat(diagnostics.meanDeltaNorm()).isNaN();
    assertThat(diagnostics.meanTrainingLoss()).isNaN();
    assertThat(diagnostics.deltaNormQuantiles()).isEmpty();
  }

  static List<Arguments> hostileReports() {
    return List.of(
        edited("of another run", in -> in.putLong(4, 78), "another"),
        edited("of the next round", in -> in.putInt(ROUND_AT, 1), "another"),
        edited("of the second share", in -> in.putInt(SHARE_AT, 1), "another"),
        edited("of one client more", in -> add(in, CLIENTS_AT, 1), "another"),
        edited("fewer failed than none", in -> in.putInt(FAILED_AT, -1), "less than none"),
        edited("more failed than clients", in -> in.putInt(FAILED_AT, 1000), "more failed"),
        edited("a client both failed and trained", in -> add(in, FAILED_AT, 1), "more deltas"),
        edited("a delta more", in -> add(in, DELTAS_AT, 1000), "more deltas"),
        edited("fewer deltas than none", in -> in.putInt(DELTAS_AT, -1), "more deltas"),
        edited("none finite", in -> in.putInt(NON_FINITE_AT, 1000), "not finite"),
        edited("clipped without being", in -> in.putInt(CLIPPED_AT, 1000), "clipped"),
        edited("a count beyond its clients", in -> in.putInt(COUNT_AT, 1001), "counts of norms"),
        edited("a count by half a client", in -> add(in, COUNT_AT, 1), "counts of norms"),
        edited("integers of nine bytes", in -> in.put(COUNT_AT + 4, (byte) 9), "bytes"),
        edited("a coordinate beyond its clients", in -> in.put(COUNT_AT + 5, (byte) 100), "longer"),
        rewritten("cut short", bytes -> Arrays.copyOf(bytes, bytes.length - 1), "cut short"),
        rewritten("with an end", bytes -> Arrays.copyOf(bytes, bytes.length + 1), "after its end"),
        rewritten("empty", bytes -> new byte[0], "no report"),
        rewritten("of zeros", bytes -> new byte[bytes.length], "no report"));
  }

  private static void add(ByteBuffer in, int at, int more) {
    in.putInt(at, in.getInt(at) + more);
  }

  private static Arguments edited(String name, Consumer<ByteBuffer> edit, String message) {
    return rewritten(
        name,
        report -> {
          edit.accept(ByteBuffer.wrap(report));
          return report;
        },
        message);
  }

  private static Arguments rewritten(String name, UnaryOperator<byte[]> edit, String message) {
    return Arguments.of(name, edit, message);
  }

  /** Neither that share nor those before it are released, and nothing is charged for them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileReports")
  void run_hostileReport_roundIsRefused(String name, UnaryOperator<byte[]> edit, String message) {
    List<DpEvent> charged = new ArrayList<>();
    assertThatThrownBy(() -> run(new InProcessEngine(3, 4, edit, 1), adaptive(), charged))
        .as(name)
        .isInstanceOf(RoundFailedException.class)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(charged).isEmpty();
  }

  /** The edits above are what is refused, and not the engine that makes them. */
  @Test
  void run_reportAsItWas_isTaken() {
    List<DpEvent> charged = new ArrayList<>();
    run(new InProcessEngine(3, 4), adaptive(), charged);
    assertThat(charged).hasSize(3);
  }

  @Test
  void run_shareTwice_roundIsRefused() {
    List<DpEvent> charged = new ArrayList<>();
    assertThatThrownBy(
            () -> run(new InProcessEngine(3, 4, report -> report, 2), adaptive(), charged))
        .rootCause()
        .hasMessageContaining("before");
    assertThat(charged).isEmpty();
  }

  @Test
  void run_shareLost_roundIsRefused() {
    List<DpEvent> charged = new ArrayList<>();
    assertThatThrownBy(
            () -> run(new InProcessEngine(3, 4, report -> report, 0), adaptive(), charged))
        .rootCause()
        .hasMessageContaining("did not report every client");
    assertThat(charged).isEmpty();
  }

  @Test
  void run_engineReportsSumsThatCannotBe_isRefusedBeforeItBegins() {
    CohortEngine engine = new InProcessEngine(2, 1);
    PrivacyPlan.Builder unclipped = builder(new Clipping.None()).noiseMultiplier(0);
    assertRefused(() -> run(engine, unclipped.build()), "clipNorm");
    PrivacyPlan local =
        builder(new Clipping.Fixed(1))
            .sampling(new Sampling.WithoutReplacement(20))
            .trust(new Trust.Local())
            .relation(NeighbouringRelation.REPLACE_ONE)
            .noiseMultiplier(1)
            .build();
    assertRefused(
        () -> FederatedAveraging.builder(local, clients(), trainer()).engine(engine).build().run(),
        "central trust");
    assertRefused(
        () ->
            FederatedAveraging.builder(plan(new Clipping.Fixed(1)), clients(), trainer())
                .engine(engine)
                .showClientErrors(true)
                .build()
                .run(),
        "showClientErrors");
  }

  private static void assertRefused(ThrowingCallable run, String remedy) {
    assertThatThrownBy(run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sums of many clients")
        .hasMessageContaining(remedy);
  }

  @Test
  void fingerprint_otherNetworkOrClients_isAnother() {
    List<String> expected = fingerprint(trainer(), POPULATION);
    assertThat(fingerprint(trainer(), POPULATION)).isEqualTo(expected);
    assertThat(fingerprint(trainer(), POPULATION + 1)).isNotEqualTo(expected);
    assertThat(fingerprint(new ScriptedTrainer(3, client -> new float[3]), POPULATION))
        .isNotEqualTo(expected);
  }

  @Test
  void fingerprint_samePeopleInAnotherOrder_isAnother() {
    String key = CohortEngine.Job.newKey();
    List<String> expected = fingerprint(new Named(List.of("a", "b")), key);
    assertThat(fingerprint(new Named(List.of("a", "b")), key)).isEqualTo(expected);
    assertThat(fingerprint(new Named(List.of("b", "a")), key)).isNotEqualTo(expected);
    assertThat(fingerprint(new Named(List.of("a", "c")), key)).isNotEqualTo(expected);
    assertThat(fingerprint(new Named(List.of("a", "b")), CohortEngine.Job.newKey()))
        .isNotEqualTo(expected);
  }

  private static List<String> fingerprint(ClientTrainer trainer, int population) {
    return fingerprint(trainer, new NumberedClients(population), "0f".repeat(32));
  }

  private static List<String> fingerprint(FederatedDataset data, String key) {
    return fingerprint(trainer(), data, key);
  }

  private static List<String> fingerprint(
      ClientTrainer trainer, FederatedDataset data, String key) {
    return new CohortEngine.Job(trainer, data, 1, true, new Execution(1, KERNEL), Optional.empty())
        .fingerprint(key);
  }

  private static TrainingResult run(CohortEngine engine, PrivacyPlan plan) {
    return run(engine, plan, new ArrayList<>());
  }

  private static TrainingResult run(CohortEngine engine, PrivacyPlan plan, List<DpEvent> charged) {
    ScriptedTrainer trainer = trainer();
    try {
      return FederatedAveraging.builder(plan, clients(), trainer)
          .engine(engine)
          .execution(new Execution(2, KERNEL))
          .ledger(charged::add)
          .diagnostics(true)
          .seed(5)
          .build()
          .run();
    } finally {
      assertThat(trainer.openWorkers).hasValue(0);
    }
  }

  /** One client in ten fails, one in ten sends NaN, and the others have norms from 0 to 14. */
  private static ScriptedTrainer trainer() {
    IntFunction<float[]> deltas =
        client -> {
          if (client % 10 == 3) {
            throw new IllegalStateException("device went away");
          }
          float[] delta = new float[DIMENSION];
          for (int i = 0; i < delta.length; i++) {
            delta[i] = client % 10 == 4 ? Float.NaN : (float) Math.sin(client + i) * client / 8;
          }
          return delta;
        };
    return new ScriptedTrainer(DIMENSION, deltas, LAYERS);
  }

  private static NumberedClients clients() {
    return new NumberedClients(POPULATION);
  }

  private static PrivacyPlan adaptive() {
    return plan(new Clipping.Adaptive(0.5, new QuantileEstimation(0.5, 0.2, OptionalDouble.of(3))));
  }

  private static PrivacyPlan plan(Clipping clipping) {
    return builder(clipping).noiseMultiplier(1).build();
  }

  private static PrivacyPlan.Builder builder(Clipping clipping) {
    return PrivacyPlan.builder(clients())
        .sampling(new Sampling.Poisson(30))
        .clipping(clipping)
        .rounds(3)
        .delta(1e-5)
        .randomness(Randomness.seeded(9));
  }

  /** Clients that can be told apart. */
  private record Named(List<String> names) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return names.size();
    }

    @Override
    public Optional<byte[]> identity(int id) {
      return Optional.of(names.get(id).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int examples(int id) {
      return 1;
    }

    @Override
    public DataSet client(int id) {
      throw new UnsupportedOperationException("nobody is trained");
    }
  }
}
