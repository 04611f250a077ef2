package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
import org.dpfed.mechanism.Zeroing;

/**
 * The sampling, clipping, noise and trust that a configuration describes, and the plan made of
 * them. Errors are {@link IllegalArgumentException}s that name the setting.
 *
 * @param configuration complete
 */
record PrivacyChoices(Configuration configuration) {
  /** Of the first round with adaptive clipping (Andrew et al. 2021, section 3.3). */
  private static final double INITIAL_CLIP_NORM = 0.1;

  /**
   * The plan for the clients that a builder was made for.
   *
   * @param strategies where optimised strategies are kept; empty to optimise anew
   */
  PrivacyPlan plan(PrivacyPlan.Builder plan, Optional<StrategyCache> strategies) {
    strategies.ifPresent(plan::strategies);
    plan.sampling(sampling())
        .clipping(clipping())
        .noise(noise())
        .trust(trust())
        .rounds(configuration.integer("privacy.rounds"))
        .delta(configuration.number("privacy.delta"))
        .relation(relation());
    configuration.optionalNumber("privacy.epsilon").ifPresent(plan::epsilon);
    configuration.optionalNumber("privacy.noiseMultiplier").ifPresent(plan::noiseMultiplier);
    if (configuration.has("privacy.seed")) {
      plan.randomness(Randomness.seeded(configuration.longInteger("privacy.seed")));
    }
    try {
      return plan.build();
    } catch (IllegalStateException e) { // a damaged file in the cache
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Without noise there is no guarantee; zero-out is the relation that every choice has. */
  private NeighbouringRelation relation() {
    return configuration.optionalNumber("privacy.noiseMultiplier").equals(OptionalDouble.of(0))
        ? NeighbouringRelation.ZERO_OUT
        : NeighbouringRelation.labelled(configuration.text("privacy.relation"));
  }

  Sampling sampling() {
    double cohort = configuration.number("privacy.expectedCohortSize");
    return switch (configuration.text("privacy.sampling")) {
      case "capped-poisson" ->
          new Sampling.CappedPoisson(cohort, configuration.integer("sampling.maxCohort"));
      case "without-replacement" -> new Sampling.WithoutReplacement(whole(cohort));
      case "participation-limited" ->
          new Sampling.ParticipationLimited(
              whole(cohort),
              configuration.integer("sampling.maxParticipations"),
              configuration.integer("sampling.minSeparation"));
      case "cyclic-poisson" ->
          new Sampling.CyclicPoisson(cohort, configuration.integer("sampling.groups"));
      default -> new Sampling.Poisson(cohort);
    };
  }

  private int whole(double cohort) {
    if (cohort != Math.rint(cohort) || cohort > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "privacy.expectedCohortSize must be a whole number up to %d with %s sampling, where every cohort has that size, was %s"
              .formatted(Integer.MAX_VALUE, configuration.text("privacy.sampling"), cohort));
    }
    return (int) cohort;
  }

  Clipping clipping() {
    Clipping clipping = withoutZeroing();
    return zeroing()
        .<Clipping>map(zeroing -> new Clipping.Zeroed(clipping, zeroing))
        .orElse(clipping);
  }

  private Clipping withoutZeroing() {
    OptionalDouble clipNorm = configuration.optionalNumber("privacy.clipNorm");
    String label = configuration.text("privacy.clipping");
    Clipping whole =
        switch (label) {
          case "adaptive", "adaptive-per-layer" ->
              new Clipping.Adaptive(
                  clipNorm.orElse(INITIAL_CLIP_NORM),
                  estimation(
                      "clipping.targetQuantile", "clipping.learningRate", "clipping.countStddev"));
          default ->
              clipNorm.isPresent()
                  ? new Clipping.Fixed(clipNorm.getAsDouble())
                  : new Clipping.None();
        };
    if (!label.endsWith("per-layer")) {
      return whole;
    }
    if (whole instanceof Clipping.None) {
      throw new IllegalArgumentException(
          "privacy.clipNorm must be given with per-layer clipping, which divides it; choose fixed clipping for a run that clips nothing");
    }
    return new Clipping.PerLayer(whole, layerShares(), layerNoise());
  }

  private QuantileEstimation estimation(String quantile, String learningRate, String countStddev) {
    return new QuantileEstimation(
        configuration.number(quantile),
        configuration.number(learningRate),
        configuration.optionalNumber(countStddev));
  }

  private LayerShares layerShares() {
    JsonNode shares = configuration.value("clipping.shares").orElseThrow();
    if (shares.isArray()) {
      return new LayerShares.Given(configuration.numbers("clipping.shares"));
    }
    return shares.asText().equals("equal")
        ? new LayerShares.Equal()
        : new LayerShares.SquareRootOfSize();
  }

  private LayerNoise layerNoise() {
    return configuration.text("clipping.layerNoise").equals("flat")
        ? LayerNoise.FLAT
        : LayerNoise.LEAST_VARIANCE;
  }

  private Optional<Zeroing> zeroing() {
    if (configuration.has("clipping.zeroQuantile")) {
      return Optional.of(
          new Zeroing.AboveEstimate(
              configuration.number("clipping.zeroInitial"),
              configuration.number("clipping.zeroMultiple"),
              estimation(
                  "clipping.zeroQuantile",
                  "clipping.zeroLearningRate",
                  "clipping.zeroCountStddev")));
    }
    return configuration.has("clipping.zeroAbove")
        ? Optional.of(new Zeroing.AbovePublic(configuration.number("clipping.zeroAbove")))
        : Optional.empty();
  }

  Noise noise() {
    return switch (configuration.text("privacy.noise")) {
      case "tree" ->
          new Noise.Tree(
              configuration.has("noise.restartRounds")
                  ? OptionalInt.of(configuration.integer("noise.restartRounds"))
                  : OptionalInt.empty());
      case "banded" -> banded();
      case "blt" -> bufferedLinear();
      default -> new Noise.Independent();
    };
  }

  private Noise banded() {
    List<Double> given = configuration.numbers("noise.coefficients");
    return given.isEmpty()
        ? new Noise.Banded(configuration.integer("noise.bands"), objective(), Optional.empty())
        : new Noise.Banded(
            given.size(), Objective.meanPrefix(), Optional.of(new ToeplitzStrategy(given)));
  }

  private Noise bufferedLinear() {
    List<Double> decay = configuration.numbers("noise.bufferDecay");
    return decay.isEmpty()
        ? new Noise.BufferedLinear(
            configuration.integer("noise.buffers"), objective(), Optional.empty())
        : new Noise.BufferedLinear(
            decay.size(),
            Objective.meanPrefix(),
            Optional.of(
                new BufferedLinearStrategy(configuration.numbers("noise.outputScale"), decay)));
  }

  private Objective objective() {
    return configuration.text("noise.objective").equals("mean")
        ? Objective.meanPrefix()
        : Objective.maxPrefix();
  }

  Trust trust() {
    return configuration.text("privacy.trust").equals("local")
        ? new Trust.Local()
        : new Trust.Central();
  }
}
