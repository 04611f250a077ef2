package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;

final class EpsilonCurveTest {
  private static PrivacyPlan.Builder plan(int rounds) {
    return PrivacyPlan.builder(1000, "client")
        .expectedCohortSize(100)
        .rounds(rounds)
        .clipNorm(1)
        .noiseMultiplier(2)
        .delta(1e-5);
  }

  @Test
  void after_longRun_hasSomePointsAndEndsInWhatWasSpent() {
    PrivacyPlan plan = plan(500).build();
    List<EpsilonCurve.Point> points = new EpsilonCurve(plan).after(ChargedRounds.first(100));
    assertThat(points)
        .hasSize(8)
        .isSortedAccordingTo((a, b) -> Double.compare(a.epsilon(), b.epsilon()));
    assertThat(points.get(7))
        .isEqualTo(new EpsilonCurve.Point(100, plan.guaranteeAfter(100).epsilon()));
  }

  @Test
  void after_roundsChargedAgain_isNeverBelowWhatWasSpent() {
    PrivacyPlan plan = plan(4).build();
    List<EpsilonCurve.Point> points = new EpsilonCurve(plan).after(new ChargedRounds(4, 2));
    assertThat(points).hasSize(4);
    for (EpsilonCurve.Point point : points) {
      assertThat(point.epsilon()).isGreaterThan(plan.guaranteeAfter(point.round()).epsilon());
    }
    assertThat(points.get(3).epsilon())
        .isEqualTo(plan.guaranteeAfter(new ChargedRounds(4, 2)).epsilon());
  }

  /** 500 rounds have a point every 13. */
  @Test
  void spent_anyRound_isThatOfTheNextPointUnlessItIsKnown() {
    PrivacyPlan plan = plan(500).build();
    EpsilonCurve curve = new EpsilonCurve(plan);
    double next = plan.guaranteeAfter(26).epsilon();
    assertThat(curve.spent(ChargedRounds.first(14))).isEqualTo(new EpsilonCurve.Spent(next, false));
    assertThat(curve.spent(ChargedRounds.first(26))).isEqualTo(new EpsilonCurve.Spent(next, true));
    curve.after(ChargedRounds.first(14));
    double exact = plan.guaranteeAfter(14).epsilon();
    assertThat(curve.spent(ChargedRounds.first(14))).isEqualTo(new EpsilonCurve.Spent(exact, true));
    assertThat(exact).isLessThan(next);
    assertThat(curve.spent(ChargedRounds.first(500)))
        .isEqualTo(new EpsilonCurve.Spent(plan.guaranteeAfter(500).epsilon(), true));
  }

  @Test
  void spent_roundsChargedAgain_areCounted() {
    PrivacyPlan plan = plan(4).build();
    ChargedRounds charged = new ChargedRounds(3, 2);
    assertThat(new EpsilonCurve(plan).spent(charged).epsilon())
        .isEqualTo(plan.guaranteeAfter(charged).epsilon());
  }

  @Test
  void after_noPrivacyOrNoRounds_isEmpty() {
    PrivacyPlan seeded = plan(4).randomness(Randomness.seeded(1)).build();
    assertThat(new EpsilonCurve(seeded).after(ChargedRounds.first(4))).isEmpty();
    assertThat(new EpsilonCurve(plan(4).build()).after(ChargedRounds.first(0))).isEmpty();
  }
}
