package org.dpfed.cli.training;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.dpfed.accounting.Participation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.LayerShares;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.QuantileEstimation;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Zeroing;

/** A plan in words, for tables and dry runs. */
final class PlanText {
  private PlanText() {}

  /**
   * The expected cohort, the four choices and the noise, by name.
   *
   * @param layers that are clipped apart, or would be
   */
  static Map<String, String> rows(PrivacyPlan plan, int layers) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("expected cohort", cohort(plan));
    rows.put("sampling", sampling(plan));
    rows.put("clip norm", clipNorm(plan.clipping()));
    clippingDetails(plan).ifPresent(details -> rows.put("clipping", details));
    rows.put("noise multiplier", roundedUp(plan.noiseMultiplier()));
    double ofSum = sumNoiseMultiplier(plan, layers);
    if (ofSum != plan.noiseMultiplier()) {
      rows.put("of the sum alone", roundedUp(ofSum) + ", more than with its counts");
    }
    rows.put("noise", noise(plan.noise()));
    rows.put("trust", plan.trust().label());
    return rows;
  }

  /**
   * The probability with which a client is drawn in a round, before any cut; empty where cohorts
   * are not drawn so.
   */
  static OptionalDouble samplingProbability(PrivacyPlan plan) {
    Sampling sampling = plan.sampling();
    if (sampling instanceof Sampling.CyclicPoisson cyclic) {
      return OptionalDouble.of(cyclic.samplingProbability(plan.population()));
    }
    return sampling instanceof Sampling.Poisson || sampling instanceof Sampling.CappedPoisson
        ? OptionalDouble.of(plan.expectedCohortSize() / plan.population())
        : OptionalDouble.empty();
  }

  private static String cohort(PrivacyPlan plan) {
    OptionalDouble probability = samplingProbability(plan);
    if (probability.isEmpty()) {
      return text("%.0f, the same in every round", plan.expectedCohortSize());
    }
    String whose = plan.sampling() instanceof Sampling.CyclicPoisson ? " of the group" : "";
    return text(
        "%.4g, each client%s with probability %.4g",
        plan.expectedCohortSize(), whose, probability.getAsDouble());
  }

  /** Of the sum, where a round also releases noisy counts. */
  static double sumNoiseMultiplier(PrivacyPlan plan, int layers) {
    int[] sizes = new int[layers];
    Arrays.fill(sizes, 1);
    return plan.sumNoiseMultiplier(sizes);
  }

  /** Five digits, of which the last is rounded up: less noise would cost more than is said. */
  private static String roundedUp(double noiseMultiplier) {
    return BigDecimal.valueOf(noiseMultiplier)
        .round(new MathContext(5, RoundingMode.CEILING))
        .toPlainString();
  }

  private static String sampling(PrivacyPlan plan) {
    Sampling sampling = plan.sampling();
    if (sampling instanceof Sampling.CappedPoisson capped) {
      return text("%s, at most %s", sampling.label(), counted(capped.maxCohort(), "client"));
    } else if (sampling instanceof Sampling.ParticipationLimited) {
      Participation real = sampling.participation(plan.population(), plan.rounds()).orElseThrow();
      return text(
          "%s, each client in at most %s, at least %d apart",
          sampling.label(), counted(real.attainable(), "round"), real.minSeparation());
    } else if (sampling instanceof Sampling.CyclicPoisson cyclic) {
      return text("%s, %s", sampling.label(), counted(cyclic.groups(), "group"));
    }
    return sampling.label();
  }

  private static String clipNorm(Clipping clipping) {
    if (!clipping.isBounded()) {
      return "none";
    }
    return clipping.clipNorm() + (clipping.adaptation().isPresent() ? " in round 1" : "");
  }

  /** All but a fixed clip norm alone, which has no details. */
  private static Optional<String> clippingDetails(PrivacyPlan plan) {
    Clipping clipping = plan.clipping();
    String details =
        List.of(
                clipping.adaptation().map(e -> ", " + estimation(e, plan)).orElse(""),
                clipping
                    .layerShares()
                    .map(
                        shares ->
                            text(
                                ", shares %s, layer noise %s",
                                shares(shares), label(clipping.layerNoise())))
                    .orElse(""),
                clipping.zeroing().map(zeroing -> ", " + zeroing(zeroing, plan)).orElse(""))
            .stream()
            .collect(Collectors.joining());
    return details.isEmpty() ? Optional.empty() : Optional.of(clipping.label() + details);
  }

  private static String estimation(QuantileEstimation estimation, PrivacyPlan plan) {
    return text(
        "follows quantile %s at learning rate %s, count stddev %.5g",
        estimation.targetQuantile(),
        estimation.learningRate(),
        estimation.countStddev(plan.expectedCohortSize()));
  }

  private static String zeroing(Zeroing zeroing, PrivacyPlan plan) {
    return zeroing
        .adaptation()
        .map(
            estimation ->
                text(
                    "zero above %s × an estimate that %s and starts at %s",
                    zeroing.multiple(),
                    estimation(estimation, plan),
                    zeroing.initialThreshold() / zeroing.multiple()))
        .orElse(text("zero above %s", zeroing.initialThreshold()));
  }

  /** As in settings: a name, or the shares that were given. */
  static String shares(LayerShares shares) {
    if (shares instanceof LayerShares.Given given) {
      return given.weights().toString();
    }
    return shares instanceof LayerShares.Equal ? "equal" : "sqrt-size";
  }

  /** As in settings, such as {@code least-variance}. */
  static String label(LayerNoise noise) {
    return noise.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String noise(Noise noise) {
    if (noise instanceof Noise.Tree tree && tree.restartRounds().isPresent()) {
      return "tree, each of " + counted(tree.restartRounds().getAsInt(), "round");
    } else if (noise instanceof Noise.Banded banded) {
      return "banded, " + counted(banded.bands(), "band");
    } else if (noise instanceof Noise.BufferedLinear buffered) {
      return "blt, " + counted(buffered.buffers(), "buffer");
    }
    return noise.label();
  }

  private static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /**
   * The clip norm of a round, of the whole delta: the root of the sum of squares over layers.
   *
   * @param clipNorms one, or one for each layer
   */
  static double whole(List<Double> clipNorms) {
    return clipNorms.size() == 1
        ? clipNorms.get(0)
        : Math.sqrt(clipNorms.stream().mapToDouble(norm -> norm * norm).sum());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
