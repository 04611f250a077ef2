package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;

final class PrivacyPlanTest {
  @Test
  void build_targetEpsilon_takesTheSmallestNoiseThatKeepsToIt() {
    PrivacyPlan plan = complete().epsilon(3).build();
    assertThat(plan.guarantee().epsilon()).isLessThanOrEqualTo(3);
    PrivacyPlan slightlyLessNoise =
        complete().noiseMultiplier(plan.noiseMultiplier() * 0.999).build();
    assertThat(slightlyLessNoise.guarantee().epsilon()).isGreaterThan(3);
  }

  @Test
  void roundEvent_isThatOfTheSamplerAndTheNoise() {
    PrivacyPlan plan = complete().noiseMultiplier(2).build();
    assertThat(plan.roundEvent(0))
        .isEqualTo(new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(2)));
  }

  @Test
  void roundEvent_seeded_isNoPrivacy() {
    PrivacyPlan plan = complete().noiseMultiplier(2).randomness(Randomness.seeded(1)).build();
    assertThat(plan.roundEvent(0)).isEqualTo(new DpEvent.NonPrivate());
  }

  @Test
  void start_manyThreadsAtOnce_oneIsLetIn() {
    PrivacyPlan plan = complete().noiseMultiplier(2).build();
    long started =
        IntStream.range(0, 64)
            .parallel()
            .filter(
                i -> {
                  try {
                    plan.start();
                    return true;
                  } catch (IllegalStateException e) {
                    return false;
                  }
                })
            .count();
    assertThat(started).isEqualTo(1);
  }

  @Test
  void guarantee_carriesRelationUnitAccountantAndAssumptions() {
    var guarantee = complete().noiseMultiplier(2).build().guarantee();
    assertThat(guarantee.relation()).isEqualTo(NeighbouringRelation.ADD_OR_REMOVE_ONE);
    assertThat(guarantee.unit()).isEqualTo("patient");
    assertThat(guarantee.accountant()).isNotBlank();
    assertThat(guarantee.assumptions())
        .anyMatch(text -> text.contains("server is trusted"))
        .contains("one patient is one client");
    FederatedDataset devices = new NumberedClients(10);
    assertThat(
            PrivacyPlan.builder(devices)
                .expectedCohortSize(1)
                .rounds(1)
                .clipNorm(1)
                .noiseMultiplier(1)
                .delta(1e-5)
                .build()
                .guarantee()
                .assumptions())
        .containsAll(devices.assumptions());
  }

  @Test
  void guarantee_namesWhatTheProofLeavesOut() {
    assertThat(complete().noiseMultiplier(2).build().guarantee().assumptions())
        .anyMatch(text -> text.contains("only run") && text.contains("starting parameters"))
        .anyMatch(text -> text.contains("how long rounds take"))
        .anyMatch(text -> text.contains("number of clients is public"))
        .anyMatch(text -> text.contains("refused the data before round 1"));
  }

  @Test
  void delta_belowWhatTheNoiseAllows_refused() {
    assertThat(complete().noiseMultiplier(20).delta(1e-12).build().delta()).isEqualTo(1e-12);
    for (double delta : new double[] {9e-13, 1e-30, 1e-100, Double.MIN_VALUE}) {
      assertThatThrownBy(() -> complete().noiseMultiplier(20).delta(delta).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 1.0E-12");
    }
  }

  @Test
  void guaranteeAfter_grows_withEachRound() {
    PrivacyPlan plan = complete().noiseMultiplier(2).build();
    assertThat(plan.guaranteeAfter(0).epsilon()).isZero();
    assertThat(plan.guaranteeAfter(5).epsilon())
        .isPositive()
        .isLessThan(plan.guaranteeAfter(6).epsilon());
    assertThatThrownBy(() -> plan.guaranteeAfter(41)).hasMessageContaining("from 0 to 40");
  }

  @Test
  void guarantee_noNoise_saysNoPrivacy() {
    PrivacyPlan plan = complete().noiseMultiplier(0).build();
    assertThat(plan.guarantee().isPrivate()).isFalse();
    assertThat(plan.guarantee().summary()).contains("no privacy");
  }

  @Test
  void guarantee_seededNoise_saysNoPrivacy() {
    PrivacyPlan plan = complete().noiseMultiplier(2).randomness(Randomness.seeded(1)).build();
    assertThat(plan.guarantee().isPrivate()).isFalse();
    assertThat(plan.guarantee().toString()).contains("seeded noise: no privacy");
    assertThat(plan.accountedAfter(40).isPrivate()).isTrue();
  }

  @Test
  void build_noiseThatWouldExceedEpsilon_isRefused() {
    assertThatThrownBy(() -> complete().noiseMultiplier(0.5).epsilon(1).build())
        .hasMessageContaining("would spend epsilon")
        .hasMessageContaining("40 rounds");
  }

  @Test
  void build_missingOrImpossibleSettings_areRefusedByNameBoundAndValue() {
    assertRefused(complete(), "noiseMultiplier or epsilon");
    assertRefused(complete().noiseMultiplier(1).expectedCohortSize(1001), "population of 1000");
    assertThatThrownBy(() -> complete().expectedCohortSize(Double.NaN)).hasMessageContaining("NaN");
    assertRefused(complete().noiseMultiplier(1).rounds(0), "rounds must be at least 1, was 0");
    assertRefused(complete().noiseMultiplier(1).delta(0.001), "below 1 / population");
    assertRefused(complete().noiseMultiplier(1).delta(0), "delta must be positive");
    assertRefused(complete().noiseMultiplier(Double.NaN), "noiseMultiplier");
    assertRefused(complete().noiseMultiplier(-1), "noiseMultiplier");
    assertRefused(complete().epsilon(-1), "epsilon");
    assertThatThrownBy(() -> PrivacyPlan.builder(0, "patient")).hasMessageContaining("population");
  }

  @Test
  void build_noiseWithoutClipNorm_isRefused() {
    assertRefused(
        PrivacyPlan.builder(1000, "patient")
            .expectedCohortSize(100)
            .rounds(40)
            .delta(1e-5)
            .noiseMultiplier(1),
        "clipNorm");
  }

  private static void assertRefused(PrivacyPlan.Builder builder, String... parts) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(parts);
  }

  private static PrivacyPlan.Builder complete() {
    return PrivacyPlan.builder(1000, "patient")
        .expectedCohortSize(100)
        .rounds(40)
        .clipNorm(1)
        .delta(1e-5);
  }
}
