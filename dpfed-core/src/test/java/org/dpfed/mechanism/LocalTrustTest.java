package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.TightestAccountant;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class LocalTrustTest {
  private static final int DIMENSION = 20_000;

  /**
   * 20,000 draws give a scale to 0.5 %: ±3 % is six standard errors, and two thirds or three halves
   * of it are far out. A message is noisy by itself, and a cohort's sum by the square root of its
   * size as much, whoever of it sends anything.
   */
  @Test
  void message_andSum_haveTheirNoise() {
    Mechanism mechanism = local(new Sampling.WithoutReplacement(9), 2);
    try (DeltaAggregator aggregator = Mechanisms.firstRound(mechanism, DIMENSION)) {
      int first = aggregator.cohort()[0];
      aggregator.charge(event -> {});
      try (INDArray delta = Nd4j.createFromArray(new float[DIMENSION])) {
        PartialSum message = aggregator.emptySum();
        message.add(delta);
        aggregator.addNoise(first, message);
        double spacing = FixedPointSum.spacing(0.5, DIMENSION);
        assertThat(stddev(((FixedPointSum) message.sum(0)).units(), spacing))
            .isCloseTo(1, within(0.03));
        aggregator.accumulate(first, delta);
      }
      assertThat(aggregator.noiseStddev()).isCloseTo(1 / 3.0, within(1e-6));
      try (INDArray mean = aggregator.release(event -> {})) {
        double stddev = Math.sqrt(mean.mul(mean).meanNumber().doubleValue());
        assertThat(stddev).isCloseTo(1 / 3.0, within(0.01));
      }
    }
  }

  private static double stddev(long[] units, double spacing) {
    double squares = 0;
    for (long unit : units) {
      squares += unit * spacing * (unit * spacing);
    }
    return Math.sqrt(squares / units.length);
  }

  @Test
  void message_noNoise_isTheClippedDelta() {
    try (DeltaAggregator aggregator =
        Mechanisms.firstRound(local(new Sampling.WithoutReplacement(10), 0), 2)) {
      aggregator.charge(event -> {});
      aggregator.accumulate(3, Nd4j.createFromArray(3f, 4f));
      try (INDArray mean = aggregator.release(event -> {})) {
        // Clipped to 0.5 and cut to a grid of less than 10⁻⁵.
        assertThat(mean.getDouble(0)).isCloseTo(0.03, within(1e-6));
        assertThat(mean.getDouble(1)).isCloseTo(0.04, within(1e-6));
      }
    }
  }

  /** A message is a release to the server: before it there is a charge, and one message a round. */
  @Test
  void accumulate_uncharged_orTwice_orOutsideTheCohort_isRefused() {
    try (DeltaAggregator aggregator =
            Mechanisms.firstRound(local(new Sampling.WithoutReplacement(4), 1), 1);
        INDArray delta = Nd4j.createFromArray(0.1f)) {
      int[] cohort = aggregator.cohort();
      assertThatThrownBy(() -> aggregator.accumulate(cohort[0], delta))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("charge the round first");
      aggregator.charge(event -> {});
      aggregator.accumulate(cohort[0], delta);
      assertThatThrownBy(() -> aggregator.accumulate(cohort[0], delta))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one delta a round");
      int outside =
          java.util.stream.IntStream.range(0, 10)
              .filter(client -> java.util.Arrays.binarySearch(cohort, client) < 0)
              .findFirst()
              .orElseThrow();
      assertThatThrownBy(() -> aggregator.accumulate(outside, delta))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cohort");
    }
  }

  /** While the ledger writes, nothing is charged yet, and nothing may be had. */
  @Test
  void charge_inProgress_nothingIsAddedOrReleased() {
    for (Trust trust : new Trust[] {new Trust.Local(), new Trust.Central()}) {
      Mechanism mechanism =
          new Mechanism(
              10,
              40,
              new Sampling.WithoutReplacement(4),
              new Clipping.Fixed(0.5),
              new Noise.Independent(),
              trust,
              1,
              Randomness.secure());
      try (DeltaAggregator aggregator = Mechanisms.firstRound(mechanism, 1);
          INDArray delta = Nd4j.createFromArray(0.1f)) {
        int first = aggregator.cohort()[0];
        aggregator.charge(
            event -> {
              assertThatThrownBy(() -> aggregator.release(inner -> {}))
                  .isInstanceOf(IllegalStateException.class);
              assertThatThrownBy(() -> aggregator.charge(inner -> {}))
                  .isInstanceOf(IllegalStateException.class);
              if (trust.isLocal()) {
                assertThatThrownBy(() -> aggregator.accumulate(first, delta))
                    .isInstanceOf(IllegalStateException.class);
              }
            });
        aggregator.release(event -> {}).close();
      }
    }
  }

  @Test
  void charge_refusedByTheLedger_leavesNothingToAddOrRelease() {
    try (DeltaAggregator aggregator =
            Mechanisms.firstRound(local(new Sampling.WithoutReplacement(4), 1), 1);
        INDArray delta = Nd4j.createFromArray(0.1f)) {
      assertThatThrownBy(
              () ->
                  aggregator.charge(
                      event -> {
                        throw new IllegalStateException("full");
                      }))
          .hasMessage("full");
      int first = aggregator.cohort()[0];
      assertThatThrownBy(() -> aggregator.accumulate(first, delta))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> aggregator.release(event -> {}))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void event_countsEveryMessageOfAClient() {
    assertThat(epsilon(local(new Sampling.Poisson(2), 3).event(40)))
        .isEqualTo(epsilon(new DpEvent.SelfComposed(new DpEvent.Gaussian(3), 40)));
    assertThat(epsilon(local(new Sampling.ParticipationLimited(2, 20, 5), 3).event(40)))
        .isEqualTo(epsilon(new DpEvent.SelfComposed(new DpEvent.Gaussian(3), 8)));
    assertThat(local(new Sampling.Poisson(2), 3).eventOfSums(ChargedRounds.first(40))).isEmpty();
    assertThat(local(new Sampling.WithoutReplacement(4), 3).eventOfSums(ChargedRounds.first(40)))
        .contains(new Sampling.WithoutReplacement(4).event(10, 6, 40));
    assertThat(local(new Sampling.Poisson(2), 3).refusal(NeighbouringRelation.ADD_OR_REMOVE_ONE))
        .isPresent();
  }

  private static double epsilon(DpEvent event) {
    return new TightestAccountant(NeighbouringRelation.ZERO_OUT).compose(event).epsilon(1e-6);
  }

  private static Mechanism local(Sampling sampling, double noiseMultiplier) {
    return new Mechanism(
        10,
        40,
        sampling,
        new Clipping.Fixed(0.5),
        new Noise.Independent(),
        new Trust.Local(),
        noiseMultiplier,
        Randomness.secure());
  }
}
