package org.dpfed.federated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.Mechanism;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.dpfed.mechanism.Zeroing;

/** Every combination of the four choices of a plan, at one size. */
final class Combinations {
  static final int POPULATION = 60;
  static final int COHORT = 12;
  static final int ROUNDS = 3;

  /**
   * Layers of very different sizes; together enough coordinates to measure a standard deviation.
   */
  static final int[] LAYERS = {2_000, 30_000};

  private static final QuantileEstimation MEDIAN =
      new QuantileEstimation(0.5, 0.2, OptionalDouble.of(3));

  private Combinations() {}

  /** One cell of the table. */
  record Cell(Sampling sampling, Clipping clipping, Noise noise, Trust trust) {
    Optional<String> refusal() {
      return Mechanism.refusal(sampling, clipping, noise, trust);
    }

    PrivacyPlan.Builder plan(NeighbouringRelation relation) {
      return PrivacyPlan.builder(new NumberedClients(POPULATION))
          .sampling(sampling)
          .clipping(clipping)
          .noise(noise)
          .trust(trust)
          .rounds(ROUNDS)
          .relation(relation)
          .delta(1e-5);
    }

    /** Relations under which a plan can be had. */
    List<NeighbouringRelation> relations() {
      return Arrays.stream(NeighbouringRelation.values())
          .filter(relation -> noisy(relation).isPresent())
          .toList();
    }

    private Optional<PrivacyPlan> noisy(NeighbouringRelation relation) {
      try {
        return Optional.of(plan(relation).noiseMultiplier(1).build());
      } catch (IllegalArgumentException refused) {
        return Optional.empty();
      }
    }

    String clippingLabel() {
      return clipping.label() + (clipping.zeroing().isEmpty() ? "" : zeroingLabel());
    }

    private String zeroingLabel() {
      return clipping.zeroing().orElseThrow().adaptation().isPresent()
          ? " + private zeroing"
          : " + public zeroing";
    }

    @Override
    public String toString() {
      return "%s, %s, %s, %s"
          .formatted(sampling.label(), clippingLabel(), noise.label(), trust.label());
    }
  }

  static List<Sampling> samplings() {
    return List.of(
        new Sampling.Poisson(COHORT),
        new Sampling.CappedPoisson(COHORT, 20),
        new Sampling.WithoutReplacement(COHORT),
        new Sampling.ParticipationLimited(COHORT, 1, 5),
        new Sampling.CyclicPoisson(COHORT, 4));
  }

  static List<Clipping> clippings() {
    Clipping fixed = new Clipping.Fixed(0.5);
    Clipping adaptive = new Clipping.Adaptive(0.5, MEDIAN);
    return List.of(
        fixed,
        new Clipping.PerLayer(fixed, new LayerShares.Equal(), LayerNoise.LEAST_VARIANCE),
        new Clipping.Zeroed(fixed, new Zeroing.AbovePublic(10)),
        adaptive,
        new Clipping.PerLayer(adaptive, new LayerShares.SquareRootOfSize(), LayerNoise.FLAT),
        new Clipping.Zeroed(fixed, new Zeroing.AboveEstimate(1, 3, MEDIAN)));
  }

  static List<Noise> noises() {
    return List.of(
        new Noise.Independent(),
        new Noise.Tree(OptionalInt.empty()),
        Noise.Banded.optimised(2),
        Noise.BufferedLinear.optimised(1));
  }

  static List<Trust> trusts() {
    return List.of(new Trust.Central(), new Trust.Local());
  }

  static Stream<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Trust trust : trusts()) {
      for (Noise noise : noises()) {
        for (Sampling sampling : samplings()) {
          for (Clipping clipping : clippings()) {
            cells.add(new Cell(sampling, clipping, noise, trust));
          }
        }
      }
    }
    return cells.stream();
  }

  static Stream<Cell> accounted() {
    return all().filter(cell -> cell.refusal().isEmpty());
  }
}
