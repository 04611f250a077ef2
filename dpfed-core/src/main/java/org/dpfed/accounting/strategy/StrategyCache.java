package org.dpfed.accounting.strategy;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;

/**
 * Optimised strategies in a directory, each in a text file of its own name such as {@code
 * blt-4-mean-prefix-n2000-k6-b313.strategy}: read when it is there, else optimised and written. A
 * strategy that was read is, number for number, the one that was written.
 *
 * @param directory created when the first strategy is written
 */
public record StrategyCache(Path directory) {
  private static final String COEFFICIENTS = "coefficients";
  private static final String OUTPUT_SCALE = "output scale";
  private static final String BUFFER_DECAY = "buffer decay";

  /**
   * The best banded Toeplitz strategy, as {@link StrategyOptimizer#banded} finds it.
   *
   * @throws IllegalStateException when its file is damaged or holds another strategy
   * @throws java.io.UncheckedIOException when its file cannot be read or written
   */
  public ToeplitzStrategy banded(int bands, Participation participation, Objective objective) {
    StrategyFile file = file("banded", "bands", bands, participation, objective);
    if (file.exists()) {
      List<Double> coefficients = file.read(COEFFICIENTS).get(0);
      int expected = Math.min(bands, participation.rounds());
      if (!isOrdered(coefficients) || coefficients.size() != expected) {
        throw file.refused("coefficients must be " + expected + " from 1 down, none below 0");
      }
      return new ToeplitzStrategy(coefficients);
    }
    ToeplitzStrategy strategy = StrategyOptimizer.banded(bands, participation, objective);
    file.write(List.of(new StrategyFile.Numbers(COEFFICIENTS, strategy.coefficients())));
    return strategy;
  }

  private static boolean isOrdered(List<Double> coefficients) {
    double before = coefficients.get(0);
    for (double coefficient : coefficients) {
      if (!(coefficient >= 0 && coefficient <= before)) {
        return false;
      }
      before = coefficient;
    }
    return coefficients.get(0) == 1;
  }

  /**
   * The best buffered linear strategy, as {@link StrategyOptimizer#buffered} finds it.
   *
   * @throws IllegalStateException when its file is damaged or holds another strategy
   * @throws java.io.UncheckedIOException when its file cannot be read or written
   */
  public BufferedLinearStrategy buffered(
      int buffers, Participation participation, Objective objective) {
    StrategyFile file = file("blt", "buffers", buffers, participation, objective);
    if (file.exists()) {
      List<List<Double>> numbers = file.read(OUTPUT_SCALE, BUFFER_DECAY);
      if (numbers.get(0).size() != buffers) {
        throw file.refused("must have %d buffers".formatted(buffers));
      }
      try {
        return new BufferedLinearStrategy(numbers.get(0), numbers.get(1));
      } catch (IllegalArgumentException e) {
        throw file.refused(String.valueOf(e.getMessage()));
      }
    }
    BufferedLinearStrategy strategy = StrategyOptimizer.buffered(buffers, participation, objective);
    file.write(
        List.of(
            new StrategyFile.Numbers(OUTPUT_SCALE, strategy.outputScale()),
            new StrategyFile.Numbers(BUFFER_DECAY, strategy.bufferDecay())));
    return strategy;
  }

  private StrategyFile file(
      String kind, String unit, int count, Participation participation, Objective objective) {
    int most = participation.maxParticipations();
    int separation = participation.minSeparation();
    String name =
        String.format(
            Locale.ROOT,
            "%s-%d-%s-n%d-k%d-b%d.strategy",
            kind,
            count,
            objective.label(),
            participation.rounds(),
            most,
            separation);
    return new StrategyFile(
        directory.resolve(name),
        List.of(
            "# Correlated noise, optimised by dpfed. Delete this file to optimise anew.",
            "kind = " + kind,
            unit + " = " + count,
            "measure = " + objective.measure().label(),
            "workload = " + objective.workload().label(),
            "rounds = " + participation.rounds(),
            "max participations = " + most,
            "min separation = " + separation));
  }
}
