package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;

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

    double rdp() {
      return new RdpAccountant(RELATION, RdpAccountant.defaultOrders())
          .compose(event())
          .epsilon(delta);
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
      double epsilon = s.rdp();
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
