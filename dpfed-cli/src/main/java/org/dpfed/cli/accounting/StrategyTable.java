package org.dpfed.cli.accounting;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.Workload;

/**
 * Kinds of noise side by side, as text of at most 80 columns or as JSON.
 *
 * @param request the run
 * @param ways the kinds, those without sampling first
 */
record StrategyTable(StrategyRequest request, List<StrategyWay> ways) {
  StrategyTable {
    ways = List.copyOf(ways);
  }

  private Objective.Measure measure() {
    return request.objective().measure();
  }

  /** The error in the units of the table. */
  private double rmse(StrategyWay way) {
    return way.rmse(measure()) * request.clipNorm().orElse(1);
  }

  void print(PrintWriter out) {
    heading(out);
    boolean noise = request.gaussian().isPresent();
    out.println();
    out.println(
        noise
            ? line("noise", "noise / clip", "RMSE", "vectors")
            : line("noise", "sensitivity²", "loss", "vectors"));
    for (StrategyWay way : ways) {
      out.println(
          line(
              way.name(),
              noise ? roundedUp(way.noiseMultiplier()) : digits(way.error().squaredSensitivity()),
              digits(noise ? rmse(way) : way.error().loss(measure())),
              Integer.toString(way.storedVectors())));
    }
    out.println();
    footing(out);
  }

  private void heading(PrintWriter out) {
    Participation participation = request.participation();
    String often =
        participation.attainable() == 1
            ? "each client in at most one"
            : String.format(
                Locale.ROOT,
                "each client in at most %d, at least %d apart",
                participation.attainable(),
                participation.minSeparation());
    int rounds = participation.rounds();
    out.println((rounds == 1 ? "1 round, " : rounds + " rounds, ") + often + ".");
    request
        .target()
        .ifPresent(
            target ->
                out.println(
                    "Each meets epsilon %s at delta %s under zero-out."
                        .formatted(target.epsilon(), target.delta())));
    String whose =
        request.objective().workload() instanceof Workload.Momentum momentum
            ? "server steps with momentum " + momentum.momentum()
            : "prefix sums";
    String over = measure() == Objective.Measure.MAX ? "maximum" : "mean";
    if (request.gaussian().isEmpty()) {
      out.println("Loss: squared sensitivity times squared error of " + whose);
      out.println("with noise of variance 1, " + over + " over the rounds.");
    } else {
      out.println(
          "RMSE: noise of "
              + whose
              + (request.clipNorm().isPresent()
                  ? " in the units of --clip-norm,"
                  : " in clip norms,"));
      out.println("root of the " + over + " square over the rounds.");
    }
  }

  private void footing(PrintWriter out) {
    StrategyWay best = StrategyWays.best(ways, measure());
    StrategyWay smallest = StrategyWays.smallest(ways, measure());
    out.println("Smallest error: " + best.name() + ".");
    if (!smallest.equals(best)) {
      out.println("Fewest stored vectors within 5 % of it: " + smallest.name() + ".");
    }
    if (best.samplingProbability().isPresent()) {
      List<StrategyWay> unsampled =
          ways.stream().filter(way -> way.samplingProbability().isEmpty()).toList();
      out.println("Without sampling: " + StrategyWays.best(unsampled, measure()).name() + ".");
    }
    if (request.cohorts().isPresent() && request.target().isEmpty()) {
      out.println("Give --epsilon and --delta to compare with Poisson sampling.");
    }
    if (request.objective().workload() instanceof Workload.Momentum) {
      out.println("Trees are compared for --workload prefix only.");
    }
  }

  private static String line(String name, String noise, String error, String vectors) {
    return String.format(Locale.ROOT, "%-34s %13s %13s %9s", name, noise, error, vectors);
  }

  private static String digits(double value) {
    return rounded(value, RoundingMode.HALF_EVEN);
  }

  /** Never less noise than is needed. */
  private static String roundedUp(double value) {
    return rounded(value, RoundingMode.CEILING);
  }

  private static String rounded(double value, RoundingMode mode) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(5, mode));
    return rounded.abs().compareTo(BigDecimal.valueOf(1e7)) < 0
            && rounded.abs().compareTo(BigDecimal.valueOf(1e-3)) >= 0
        ? rounded.toPlainString()
        : rounded.toString();
  }

  /** The same as JSON. */
  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    Participation participation = request.participation();
    answer.put("rounds", participation.rounds());
    answer.put("maxParticipations", participation.attainable());
    answer.put("minSeparation", participation.minSeparation());
    Optional<NoiseCalibration> target = request.target();
    target.ifPresent(
        budget ->
            answer
                .put("epsilon", budget.epsilon())
                .put("delta", budget.delta())
                .put("relation", NeighbouringRelation.ZERO_OUT.label()));
    request.clipNorm().ifPresent(norm -> answer.put("clipNorm", norm));
    answer.put("objective", request.objective().label());
    ArrayNode list = answer.putArray("ways");
    ways.forEach(way -> put(list.addObject(), way));
    answer.put("smallestError", StrategyWays.best(ways, measure()).name());
    answer.put("fewestVectorsWithin5Percent", StrategyWays.smallest(ways, measure()).name());
    return answer;
  }

  private void put(ObjectNode entry, StrategyWay way) {
    entry.put("noise", way.name());
    way.samplingProbability().ifPresent(rate -> entry.put("samplingProbability", rate));
    entry.put("squaredSensitivity", way.error().squaredSensitivity());
    entry.put("meanSquaredError", way.error().meanSquaredError());
    entry.put("maxSquaredError", way.error().maxSquaredError());
    if (request.gaussian().isPresent()) {
      entry.put("noiseToSensitivity", way.noiseToSensitivity());
      entry.put("noiseMultiplier", way.noiseMultiplier());
      entry.put("rmse", rmse(way));
    } else {
      entry.put("loss", way.error().loss(measure()));
    }
    entry.put("storedVectors", way.storedVectors());
  }
}
