package org.dpfed.cli.accounting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.StrategyError;
import org.dpfed.accounting.strategy.StrategyOptimizer;
import org.dpfed.accounting.strategy.TreeDecoder;
import org.dpfed.accounting.strategy.Workload;

/** The kinds of noise that are compared for a run. */
final class StrategyWays {
  /** More bands than these are compared only when they are asked for: each is a stored vector. */
  private static final int MANY_BANDS = 1000;

  /** A kind that needs less memory is named where its error is at most so much larger. */
  private static final double HARDLY_WORSE = 1.05;

  private final StrategyRequest request;
  private final Participation participation;
  private final Workload workload;
  private final List<StrategyWay> ways = new ArrayList<>();

  private StrategyWays(StrategyRequest request) {
    this.request = request;
    this.participation = request.participation();
    this.workload = request.objective().workload();
  }

  /** All kinds, those without sampling first. */
  static List<StrategyWay> of(StrategyRequest request) {
    StrategyWays ways = new StrategyWays(request);
    ways.add("independent", StrategyError.independent(ways.participation, ways.workload), 0);
    if (ways.workload instanceof Workload.Prefix) {
      ways.addTrees();
    }
    ways.addBanded();
    ways.addBuffered();
    request
        .cohorts()
        .ifPresent(
            cohorts -> request.target().ifPresent(target -> ways.addSampled(cohorts, target)));
    return List.copyOf(ways.ways);
  }

  private void add(String name, StrategyError error, int storedVectors) {
    ways.add(
        new StrategyWay(
            name, error, request.gaussian().orElse(1), OptionalDouble.empty(), storedVectors));
  }

  private void addTrees() {
    int rounds = participation.rounds();
    add(
        "one tree, Honaker",
        StrategyError.tree(participation, TreeDecoder.HONAKER),
        levels(rounds));
    int separation = participation.minSeparation();
    if (participation.attainable() > 1 && separation > 1) {
      add(
          "trees of %d rounds, Honaker".formatted(separation),
          StrategyError.restartedTrees(participation, separation, TreeDecoder.HONAKER),
          levels(separation));
    }
  }

  private static int levels(int rounds) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(rounds);
  }

  private void addBanded() {
    for (int bands : bands()) {
      ToeplitzStrategy strategy =
          StrategyOptimizer.banded(bands, participation, request.objective());
      add(
          "banded, %d bands".formatted(bands),
          StrategyError.toeplitz(strategy, participation, workload),
          bands - 1);
    }
  }

  private List<Integer> bands() {
    if (!request.bands().isEmpty()) {
      return request.bands();
    }
    int rounds = participation.rounds();
    int most = Math.min(rounds, StrategyOptimizer.mostBands(rounds));
    int separation = participation.attainable() > 1 ? participation.minSeparation() : rounds;
    return IntStream.of(32, 100, Math.min(Math.min(separation, most), MANY_BANDS))
        .filter(bands -> bands > 1 && bands <= Math.min(separation, most))
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }

  private void addBuffered() {
    List<Integer> sizes = request.buffers().isEmpty() ? List.of(1, 2, 3, 4) : request.buffers();
    for (int buffers : sizes) {
      add(
          buffers == 1 ? "BLT, 1 buffer" : "BLT, %d buffers".formatted(buffers),
          StrategyError.buffered(
              StrategyOptimizer.buffered(buffers, participation, request.objective()),
              participation,
              workload),
          buffers);
    }
  }

  private void addSampled(StrategyRequest.Cohorts cohorts, NoiseCalibration target) {
    int rounds = participation.rounds();
    TreeSet<Integer> sizes = new TreeSet<>(List.of(1));
    sizes.addAll(request.bands().isEmpty() ? List.of(2, 4, 8, 16, 32, 64, 128) : request.bands());
    // A group must be at least as large as the cohort that is drawn from it.
    long most = Math.min(rounds, cohorts.population() / cohorts.cohort());
    for (int bands : sizes) {
      if (bands <= most) {
        double probability = cohorts.probability(bands);
        double noise =
            target.smallestNoiseMultiplier(
                z -> new AmplifiedBandedMechanism(z, probability, rounds, bands));
        ToeplitzStrategy strategy =
            StrategyOptimizer.banded(bands, Participation.once(rounds), request.objective());
        ways.add(
            new StrategyWay(
                bands == 1
                    ? "independent, poisson"
                    : "banded, %d bands, cyclic-poisson".formatted(bands),
                StrategyError.amplified(strategy, rounds, workload),
                noise,
                OptionalDouble.of(probability),
                bands - 1));
      }
    }
  }

  /** The kind with the smallest error; of equal ones the first. */
  static StrategyWay best(List<StrategyWay> ways, Objective.Measure measure) {
    return ways.stream().min(Comparator.comparingDouble(way -> way.rmse(measure))).orElseThrow();
  }

  /** The kind that stores the fewest vectors among those with hardly more error than the best. */
  static StrategyWay smallest(List<StrategyWay> ways, Objective.Measure measure) {
    double bound = HARDLY_WORSE * best(ways, measure).rmse(measure);
    return ways.stream()
        .filter(way -> way.rmse(measure) <= bound)
        .min(
            Comparator.comparingInt(StrategyWay::storedVectors)
                .thenComparingDouble(way -> way.rmse(measure)))
        .orElseThrow();
  }
}
