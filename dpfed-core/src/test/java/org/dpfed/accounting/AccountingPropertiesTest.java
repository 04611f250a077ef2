package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must hold for every setting, over settings drawn from a fixed seed. */
class AccountingPropertiesTest {
  private static final long SEED = 20250101;
  private static final NeighbouringRelation RELATION = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  /** One random run: sampling probability, noise, rounds and δ over all that is ordinary. */
  private record Setting(double q, double z, long rounds, double delta) {
    static Setting draw(SplittableRandom random) {
      return new Setting(
          Math.pow(10, -4 * random.nextDouble()),
          0.4 * Math.pow(25, random.nextDouble()),
          (long) Math.pow(10, 4 * random.nextDouble()),
          Math.pow(10, -3 - 7 * random.nextDouble()));
    }

    DpEvent event() {
      return new DpEvent.SelfComposed(
          new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z)), rounds);
    }

    RdpAccountant rdpAccountant() {
      return new RdpAccountant(RELATION, RdpAccountant.defaultOrders()).compose(event(), 1);
    }

    double rdp() {
      return rdpAccountant().epsilon(delta);
    }

    PldAccountant pld() {
      return new PldAccountant(RELATION).compose(event(), 1);
    }
  }

  @Test
  void rdp_2000Settings_risesAndFallsAsItMust() {
    rdpIsMonotone(2_000);
  }

  @Tag("slow")
  @Test
  void rdp_100000Settings_risesAndFallsAsItMust() {
    rdpIsMonotone(100_000);
  }

  private static void rdpIsMonotone(int settings) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < settings; i++) {
      Setting s = Setting.draw(random);
      RdpAccountant accountant = s.rdpAccountant();
      double epsilon = accountant.epsilon(s.delta);
      // Neighbouring settings differ by 1 %, rounding by some 1e-12.
      double slack = 1e-9 * (1 + epsilon);
      String context = "seed " + SEED + ", setting " + i + ": " + s;
      assertThat(new Setting(s.q, s.z * 1.01, s.rounds, s.delta).rdp())
          .as(context)
          .isLessThanOrEqualTo(epsilon + slack);
      assertThat(new Setting(s.q / 1.01, s.z, s.rounds, s.delta).rdp())
          .as(context)
          .isLessThanOrEqualTo(epsilon + slack);
      assertThat(new Setting(s.q, s.z, s.rounds + 1, s.delta).rdp())
          .as(context)
          .isGreaterThanOrEqualTo(epsilon - slack);
      assertThat(new Setting(s.q, s.z, s.rounds, s.delta / 1.01).rdp())
          .as(context)
          .isGreaterThanOrEqualTo(epsilon - slack);
      if (epsilon > 0) {
        // ε is rounded once, and δ falls by a factor e^((α − 1)·ε) with (α − 1)·ε below 1e6.
        assertThat(accountant.delta(epsilon))
            .as(context)
            .isCloseTo(s.delta, withinPercentage(1e-6));
      }
    }
  }

  @Test
  void pld_oneAndTwoCompositions500Settings_isNeverBelowDirectIntegration() {
    pldIsNeverBelowDirectIntegration(500);
  }

  @Tag("slow")
  @Test
  void pld_oneAndTwoCompositions10000Settings_isNeverBelowDirectIntegration() {
    pldIsNeverBelowDirectIntegration(10_000);
  }

  private static void pldIsNeverBelowDirectIntegration(int settings) {
    SplittableRandom random = new SplittableRandom(SEED + 3);
    for (int i = 0; i < settings; i++) {
      Setting s = Setting.draw(random);
      DirectIntegration direct = new DirectIntegration(s.q, s.z);
      double once = new Setting(s.q, s.z, 1, s.delta).pld().epsilon(s.delta);
      double twice = new Setting(s.q, s.z, 2, s.delta).pld().epsilon(s.delta);
      String context = "seed " + (SEED + 3) + ", setting " + i + ": " + s;

      // δ is a difference of two probabilities below 1, each right to some 1e-15.
      assertThat(direct.oneStep(once)).as(context).isLessThanOrEqualTo(s.delta * 1.000001 + 1e-15);
      assertThat(direct.twoSteps(twice))
          .as(context)
          .isLessThanOrEqualTo(s.delta * 1.000001 + 1e-15);
    }
  }

  @Test
  void pld_150Settings_isBoundedTightMonotoneAndBelowRdp() {
    pldIsTight(150);
  }

  @Tag("slow")
  @Test
  void pld_3000Settings_isBoundedTightMonotoneAndBelowRdp() {
    pldIsTight(3_000);
  }

  private static void pldIsTight(int settings) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    for (int i = 0; i < settings; i++) {
      Setting s = Setting.draw(random);
      String context = "seed " + (SEED + 1) + ", setting " + i + ": " + s;
      PldAccountant.EpsilonBounds bounds = s.pld().epsilonBounds(s.delta);
      assertThat(bounds.upper()).as(context).isLessThanOrEqualTo(s.rdp() * (1 + 1e-4) + 1e-9);
      assertThat(bounds.lower()).as(context).isLessThanOrEqualTo(bounds.upper());
      // Ordinary: a client takes part at least once or so. Below that one rare, large loss decides.
      if (s.q * s.rounds > 1) {
        assertThat(bounds.upper() / bounds.lower() - 1).as(context).isLessThan(1e-3);
      }
      // 5 % less noise outweighs the looseness of either answer.
      double noisier = new Setting(s.q, s.z * 0.95, s.rounds, s.delta).pld().epsilon(s.delta);
      assertThat(noisier).as(context).isGreaterThanOrEqualTo(bounds.lower());
    }
  }

  @Test
  void pld_everyoneSampled2000Settings_equalsAnalyticGaussian() {
    SplittableRandom random = new SplittableRandom(SEED + 4);
    for (int i = 0; i < 2_000; i++) {
      Setting drawn = Setting.draw(random);
      Setting s = new Setting(1, drawn.z, drawn.rounds, drawn.delta);
      double exact = new GaussianDp(Math.sqrt((double) s.rounds) / s.z).epsilon(s.delta);

      // The multipliers differ by rounding; near ε = 0 that is felt against 1, not against ε.
      assertThat(s.pld().epsilon(s.delta))
          .as("seed " + (SEED + 4) + ", setting " + i + ": " + s)
          .isCloseTo(exact, within(1e-9 * (1 + exact)));
    }
  }

  @Test
  void compose_nTimes_equalsNSingleCompositions() {
    SplittableRandom random = new SplittableRandom(SEED + 2);
    for (int i = 0; i < 20; i++) {
      Setting s = Setting.draw(random);
      DpEvent round = new DpEvent.PoissonSampled(s.q, new DpEvent.Gaussian(s.z));
      PrivacyAccountant single = new TightestAccountant(RELATION);
      for (int n = 0; n < 7; n++) {
        single = single.compose(round);
      }
      PrivacyAccountant repeated = new TightestAccountant(RELATION).compose(round, 7);

      assertThat(single.epsilon(s.delta)).isEqualTo(repeated.epsilon(s.delta));
    }
  }
}
