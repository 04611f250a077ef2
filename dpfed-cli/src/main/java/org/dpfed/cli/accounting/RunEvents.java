package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.DiscreteGaussianSum;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.RestartedTreeAggregation;
import org.dpfed.accounting.RoundedSum;
import org.dpfed.accounting.SkellamSum;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.TreeAggregation;
import org.dpfed.cli.UsageException;

/** The events that a case describes. */
final class RunEvents {
  private RunEvents() {}

  /** Whether the noise of a run is told by other fields than the noise multiplier. */
  static boolean bringsItsNoise(PrivacyCase run) {
    String mechanism = run.mechanism();
    return run.has("segments") || mechanism.endsWith("_ldp") || mechanism.startsWith("distributed");
  }

  /** The whole run; noise relative to the clip norm. */
  static DpEvent of(PrivacyCase run, double noiseMultiplier) {
    String mechanism = run.mechanism();
    if (run.has("segments")) {
      return segments(run);
    } else if (mechanism.startsWith("tree_aggregation")) {
      return tree(run, noiseMultiplier);
    } else if (mechanism.equals("matrix_factorization_amplified_banded")) {
      return amplified(run, noiseMultiplier);
    } else if (mechanism.startsWith("matrix_factorization")) {
      return matrix(run, noiseMultiplier);
    }
    long rounds = run.has("rounds") ? run.whole("rounds") : 1;
    return new DpEvent.SelfComposed(round(run, noiseMultiplier), rounds);
  }

  /** One round of a run whose rounds are all alike. */
  private static DpEvent round(PrivacyCase run, double noiseMultiplier) {
    return switch (run.mechanism()) {
      case "gaussian" -> sampled(run, noiseMultiplier);
      case "pure_ldp", "approximate_ldp" ->
          new DpEvent.ApproximateDp(
              run.number("local_epsilon"), run.has("local_delta") ? run.number("local_delta") : 0);
      case "distributed_ddgauss" -> {
        requireUnsampled(run);
        yield new DiscreteGaussianSum(
            contributions(run), run.number("local_stddev"), run.whole("num_clients"));
      }
      case "distributed_skellam" -> {
        requireUnsampled(run);
        yield new SkellamSum(
            contributions(run), run.number("local_stddev"), run.whole("num_clients"));
      }
      default -> throw run.unknown("mechanism");
    };
  }

  private static void requireUnsampled(PrivacyCase run) {
    if (run.has("sampling_prob") && run.number("sampling_prob") != 1) {
      throw new UnsupportedOperationException(
          "no proof of amplification by sampling is known for "
              + run.mechanism()
              + ": sampling_prob must be 1");
    }
  }

  private static DpEvent sampled(PrivacyCase run, double noiseMultiplier) {
    DpEvent gaussian = new DpEvent.Gaussian(noiseMultiplier);
    String otherwise = run.has("sampling_prob") ? "poisson" : "none";
    return switch (run.text("sampling", otherwise)) {
      case "none" -> gaussian;
      case "poisson" -> new DpEvent.PoissonSampled(run.number("sampling_prob"), gaussian);
      case "truncated_poisson" ->
          new DpEvent.TruncatedPoissonSampled(
              run.number("sampling_prob"), run.whole("n"), run.whole("max_batch"), gaussian);
      case "without_replacement" ->
          new DpEvent.SampledWithoutReplacement(run.whole("n"), run.whole("batch"), gaussian);
      default -> throw run.unknown("sampling");
    };
  }

  private static DpEvent segments(PrivacyCase run) {
    List<DpEvent> parts = new ArrayList<>();
    for (JsonNode fields : run.fields().get("segments")) {
      PrivacyCase segment = new PrivacyCase(fields);
      double noise = segment.number("noise_multiplier");
      if (run.relation() == NeighbouringRelation.REPLACE_ONE
          && !run.text("accountant", "").startsWith("pld")) {
        noise *= run.relation().sensitivity();
      }
      parts.add(new DpEvent.SelfComposed(sampled(segment, noise), segment.whole("rounds")));
    }
    return new DpEvent.Composed(parts);
  }

  private static DpEvent tree(PrivacyCase run, double noiseMultiplier) {
    if (run.has("steps_list")) {
      return new RestartedTreeAggregation(
          noiseMultiplier, run.numbers("steps_list").stream().map(Double::intValue).toList());
    }
    return new TreeAggregation(noiseMultiplier, participation(run));
  }

  private static Participation participation(PrivacyCase run) {
    int rounds = run.integer("rounds");
    int most = run.has("max_participations") ? run.integer("max_participations") : 1;
    if (run.has("min_separation_index_difference")) {
      return new Participation(rounds, most, run.integer("min_separation_index_difference"));
    } else if (run.has("rounds_strictly_between")) {
      return Participation.withRoundsBetween(rounds, most, run.integer("rounds_strictly_between"));
    }
    return new Participation(rounds, most, 1);
  }

  private static DpEvent matrix(PrivacyCase run, double noiseMultiplier) {
    if (run.has("coefs")) {
      return new MatrixMechanism(
          noiseMultiplier, new ToeplitzStrategy(run.numbers("coefs")), participation(run));
    } else if (run.has("buf_decay")) {
      ToeplitzStrategy strategy =
          ToeplitzStrategy.bufferedLinear(
              run.numbers("buf_decay"), run.numbers("output_scale"), run.integer("rounds"));
      return new MatrixMechanism(noiseMultiplier, strategy, participation(run));
    }
    // Bands no wider than the separation and unit columns: one unit for each participation.
    String squared =
        run.has("sensitivity_squared_rounded")
            ? "sensitivity_squared_rounded"
            : run.has("sensitivity_squared") ? "sensitivity_squared" : "max_participations";
    if (!run.has(squared)) {
      throw new UsageException(
          run.mechanism() + " needs coefs, buf_decay with output_scale, or max_participations");
    }
    return new DpEvent.Gaussian(noiseMultiplier / Math.sqrt(run.number(squared)));
  }

  private static DpEvent amplified(PrivacyCase run, double noiseMultiplier) {
    double columnNorm = run.has("column_norm") ? run.number("column_norm") : 1;
    return new AmplifiedBandedMechanism(
        noiseMultiplier / columnNorm,
        run.number("sampling_prob"),
        run.whole("rounds"),
        run.whole("bands"));
  }

  private static RoundedSum contributions(PrivacyCase run) {
    double bias = run.has("beta") ? run.number("beta") : 0;
    return new RoundedSum(run.number("l2_clip"), run.number("gamma"), bias, run.whole("dim"));
  }
}
