package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PldAccountant;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.mechanism.MechanismRun;
import org.dpfed.mechanism.Mechanisms;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mistakes that other federated systems made, one test each, so that this one never repeats them.
 *
 * <p>Elsewhere: networks with batch normalisation are refused ({@code NetworkTemplateTest}), fitted
 * scaling is refused ({@code ScalingTest}), the noise has full tails ({@code SecureGaussianTest}),
 * nothing is appended to a torn line ({@code LedgerDamageTest}), aggregators and keys cannot be had
 * outside a plan ({@code MechanismTest}), clients' failures and aliases reach nobody else ({@code
 * ClientIsolationTest}), no state goes from client to client ({@code NetworkGuardTest}), all
 * parameters are counted ({@code ParameterLayoutTest}), layers with wrong gradients are refused
 * ({@code SameDiffGradientTest}), noise does not move what training cannot ({@code
 * FixedParametersTest}), and schedules that start anew say so ({@code LocalTrainingTest}). Adaptive
 * clip norms move the right way, noise is scaled by the clip norm that was applied, and the count
 * is accounted for ({@code AdaptiveClippingTest}), and clients that drop out do not lower
 * distributed noise ({@code LocalTrustTest}). A resumed run keeps its bounds, noise, optimizer and
 * ledger ({@code ResumeTest}).
 */
final class KnownTrapsTest {
  private static final int DIMENSION = 20_000;

  /**
   * The standard deviation of 20,000 draws has relative standard error 1/√40,000 = 0.5 %: ±3 % is
   * six of them, and noise scaled by the updates' norm would be off by a factor of 1,000.
   */
  @Test
  void noise_scaledByTheUpdatesNorm_never() {
    for (float size : new float[] {1e-6f, 1e-3f}) {
      float[] after = run(plan(1).rounds(1), client -> filled(size));
      double expected = 1.0 / 50;
      assertThat(stddev(after)).isCloseTo(expected, within(0.03 * expected));
    }
  }

  @Test
  void clients_weightedByTheirExamples_never() {
    FederatedDataset uneven =
        new FederatedDataset() {
          private final NumberedClients clients = new NumberedClients(2);

          @Override
          public String unit() {
            return "hospital";
          }

          @Override
          public int population() {
            return 2;
          }

          @Override
          public int examples(int id) {
            return id == 0 ? 1 : 1000;
          }

          @Override
          public DataSet client(int id) {
            return clients.client(id);
          }
        };
    PrivacyPlan plan =
        PrivacyPlan.builder(uneven)
            .expectedCohortSize(2)
            .rounds(1)
            .clipNorm(10)
            .noiseMultiplier(0)
            .delta(0.1)
            .build();
    ScriptedTrainer trainer = new ScriptedTrainer(1, client -> new float[] {client == 0 ? 1 : 3});
    float[] after =
        FederatedAveraging.builder(plan, uneven, trainer)
            .build()
            .run()
            .parameters()
            .toFloatVector();
    assertThat(after).containsExactly(2f);
  }

  @Test
  void divisor_theRealisedCohort_never() {
    PrivacyPlan plan = plan(0).rounds(1).expectedCohortSize(37.5).build();
    int realised = Mechanisms.firstRound(plan.mechanism(), 1).cohort().length;
    float[] after = run(plan(0).rounds(1).expectedCohortSize(37.5), client -> filled(1e-3f));
    assertThat((double) after[0]).isCloseTo(realised * 1e-3 / 37.5, within(1e-6));
  }

  /** With deltas of zero the mean is noise alone, and momentum must act on it. */
  @Test
  void noise_addedAfterTheServerOptimizer_never() {
    PrivacyPlan plan = plan(1).rounds(2).build();
    float[] after =
        FederatedAveraging.builder(
                plan, new NumberedClients(200), new ScriptedTrainer(4, client -> new float[4]))
            .serverOptimizer(new ServerOptimizer.Sgd(1, 0.5))
            .execution(new Execution(1, KernelSelection.forced(Nd4jKernel.NAME)))
            .build()
            .run()
            .parameters()
            .toFloatVector();
    float[] first = noise(plan, 0);
    float[] second = noise(plan, 1);
    for (int i = 0; i < 4; i++) {
      // Three roundings of values below 1.
      assertThat((double) after[i]).isCloseTo(1.5 * first[i] + second[i], within(1e-6));
    }
  }

  /**
   * Cohorts of fixed size have variance 0, and shuffled ones cover everybody once an epoch. Over
   * 1,000 rounds the sample variance of the size has relative standard error √(2/1000) ≈ 4.5 %, so
   * ±30 % is six of them.
   */
  @Test
  void event_ofAnotherSampler_never() {
    PrivacyPlan plan = plan(2).randomness(Randomness.secure()).build();
    assertThat(plan.roundEvent(0))
        .isEqualTo(new DpEvent.PoissonSampled(0.25, new DpEvent.Gaussian(2)));
    double squares = 0;
    for (int round = 0; round < 1000; round++) {
      int size = Mechanisms.firstRound(plan.mechanism(), 1).cohort().length;
      squares += (size - 50.0) * (size - 50.0);
    }
    double binomial = 200 * 0.25 * 0.75;
    assertThat(squares / 1000).isCloseTo(binomial, within(0.3 * binomial));
  }

  @Test
  void notANumber_passesTheClip_never() {
    float[] after =
        run(
            plan(0).rounds(1),
            client -> filled(client % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY));
    assertThat(after).containsOnly(0f);
  }

  @Test
  void rounds_shareANoiseStream_never() {
    for (Randomness randomness : List.of(Randomness.secure(), Randomness.seeded(3))) {
      PrivacyPlan plan = plan(1).randomness(randomness).build();
      assertThat(noise(plan, 0)).doesNotContain(noise(plan, 1));
    }
  }

  @Test
  void diagnostics_besidePrivateValues_onlyWhenAskedFor() {
    TrainingResult result =
        FederatedAveraging.builder(
                plan(1).build(),
                new NumberedClients(200),
                new ScriptedTrainer(4, c -> new float[4]))
            .build()
            .run();
    assertThat(result.report().rounds()).allMatch(round -> round.diagnostics().isEmpty());
  }

  @Test
  void round_beyondTheBudget_neverRuns() {
    List<DpEvent> charged = new ArrayList<>();
    PrivacyPlan plan = plan(1).randomness(Randomness.secure()).build();
    FederatedAveraging.builder(
            plan, new NumberedClients(200), new ScriptedTrainer(4, client -> new float[4]))
        .ledger(charged::add)
        .build()
        .run();
    assertThat(charged).hasSize(plan.rounds());
    double allowed = plan.guarantee().epsilon();
    PrivacyPlan within = plan(1).randomness(Randomness.secure()).epsilon(allowed).build();
    assertThat(within.guarantee().epsilon()).isLessThanOrEqualTo(allowed);
  }

  @Test
  void epsilon_isAnEstimate_never() {
    PrivacyPlan plan = plan(1).randomness(Randomness.secure()).build();
    PldAccountant accountant =
        new PldAccountant(NeighbouringRelation.ADD_OR_REMOVE_ONE)
            .compose(plan.roundEvent(0), plan.rounds());
    assertThat(plan.guarantee().epsilon())
        .isGreaterThanOrEqualTo(accountant.epsilonBounds(plan.delta()).lower());
  }

  /**
   * Float addition is not 1-Lipschitz: these deltas, each within the clip norm, made one client
   * move a sum of floats by 2.5 clip norms. On the grid it moves by its own delta; the releases
   * show it up to their rounding to float.
   */
  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void sum_movedByMoreThanTheClipNorm_never(String kernel) {
    int one = 1 << 12;
    int population = one + 1 + (1 << 13);
    float ulp = Math.ulp(one - 0.5f);
    double[] sums = new double[2];
    for (int present = 0; present < 2; present++) {
      boolean isThere = present == 1;
      IntFunction<float[]> delta =
          client ->
              new float[] {client == 0 ? 1 - ulp : client > one ? -0.6f * ulp : 1}; // one holds 1
      ScriptedTrainer trainer =
          new ScriptedTrainer(
              1, client -> client == one && !isThere ? new float[1] : delta.apply(client));
      PrivacyPlan plan =
          PrivacyPlan.builder(population, "device")
              .expectedCohortSize(population)
              .rounds(1)
              .clipNorm(1)
              .noiseMultiplier(1)
              .delta(1e-6)
              .randomness(Randomness.seeded(1))
              .build();
      float[] mean =
          FederatedAveraging.builder(plan, new NumberedClients(population), trainer)
              .execution(new Execution(1, KernelSelection.forced(kernel)))
              .build()
              .run()
              .parameters()
              .toFloatVector();
      sums[present] = (double) mean[0] * population;
    }
    double rounding = 2 * population * Math.ulp((float) (sums[0] / population));
    assertThat(Math.abs(sums[1] - sums[0])).isBetween(1 - rounding, 1 + rounding);
  }

  @Test
  void plan_runTwiceForOneGuarantee_never() {
    PrivacyPlan plan = plan(1).build();
    ScriptedTrainer trainer = new ScriptedTrainer(4, client -> new float[4]);
    FederatedAveraging.Builder builder =
        FederatedAveraging.builder(plan, new NumberedClients(200), trainer);
    FederatedAveraging first = builder.build();
    first.run();
    for (FederatedAveraging again :
        List.of(
            first,
            builder.build(),
            FederatedAveraging.builder(plan, new NumberedClients(200), trainer).build())) {
      assertThatThrownBy(again::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("make a new plan")
          .hasMessageContaining("the sum of the two");
    }
  }

  @Test
  void startingParameters_ofEarlierTraining_neverUnsaid() {
    ScriptedTrainer trainer = new ScriptedTrainer(4, client -> new float[4]);
    trainer.assumptions.add("the starting parameters come from public data");
    assertThat(
            FederatedAveraging.builder(
                    plan(1).randomness(Randomness.secure()).build(),
                    new NumberedClients(200),
                    trainer)
                .build()
                .run()
                .report()
                .guarantee()
                .assumptions())
        .contains("the starting parameters come from public data")
        .anyMatch(text -> text.contains("its starting parameters were not trained on them"));
  }

  @Test
  void assumptionsOfTheData_lostWhereThePlanWasMadeWithoutThem_never() {
    NumberedClients data = new NumberedClients(200);
    PrivacyPlan withoutData =
        PrivacyPlan.builder(200, data.unit())
            .expectedCohortSize(50)
            .rounds(1)
            .clipNorm(1)
            .noiseMultiplier(1)
            .delta(1e-4)
            .build();
    FederatedDataset dealt =
        new FederatedDataset() {
          @Override
          public String unit() {
            return data.unit();
          }

          @Override
          public List<String> assumptions() {
            return List.of("clients are simulated");
          }

          @Override
          public int population() {
            return data.population();
          }

          @Override
          public int examples(int id) {
            return data.examples(id);
          }

          @Override
          public DataSet client(int id) {
            return data.client(id);
          }
        };
    assertThat(
            FederatedAveraging.builder(
                    withoutData, dealt, new ScriptedTrainer(4, client -> new float[4]))
                .build()
                .run()
                .report()
                .guarantee()
                .assumptions())
        .contains("clients are simulated");
  }

  private static float[] run(PrivacyPlan.Builder plan, IntFunction<float[]> deltaOf) {
    return FederatedAveraging.builder(
            plan.build(), new NumberedClients(200), new ScriptedTrainer(DIMENSION, deltaOf))
        .build()
        .run()
        .parameters()
        .toFloatVector();
  }

  private static PrivacyPlan.Builder plan(double noiseMultiplier) {
    return PrivacyPlan.builder(200, "device")
        .expectedCohortSize(50)
        .rounds(3)
        .clipNorm(1)
        .delta(1e-5)
        .noiseMultiplier(noiseMultiplier)
        .randomness(Randomness.seeded(2));
  }

  private static float[] filled(float value) {
    float[] delta = new float[DIMENSION];
    Arrays.fill(delta, value);
    return delta;
  }

  private static double stddev(float[] values) {
    try (INDArray array = Nd4j.createFromArray(values)) {
      return array.stdNumber().doubleValue();
    }
  }

  /** What a round without deltas releases. */
  private static float[] noise(PrivacyPlan plan, int round) {
    MechanismRun run = Mechanisms.start(plan.mechanism(), 4);
    for (int before = 0; before < round; before++) {
      run.nextRound().release(event -> {}).close();
    }
    return run.nextRound().release(event -> {}).toFloatVector();
  }
}
