package org.dpfed.cli.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dpfed.cli.training.VariedRun;

/**
 * The runs of a sweep with the same settings but for the seed.
 *
 * @param settings without the seed
 * @param runs that are done and have an accuracy, at least one
 */
record Point(Map<String, String> settings, List<RunResult> runs) {

  /** All points with a run that is done and has an accuracy, in order. */
  static List<Point> of(Results results) {
    Map<Map<String, String>, List<RunResult>> groups = new LinkedHashMap<>();
    for (RunResult result : results.runs()) {
      Map<String, String> settings = result.run().settings();
      settings.remove(VariedRun.SEED);
      if (result.accuracy().isPresent()) {
        groups.computeIfAbsent(settings, key -> new ArrayList<>()).add(result);
      }
    }
    return groups.entrySet().stream()
        .map(group -> new Point(group.getKey(), List.copyOf(group.getValue())))
        .toList();
  }

  private double[] accuracies() {
    return runs.stream().mapToDouble(run -> run.accuracy().orElseThrow()).toArray();
  }

  double mean() {
    return Arrays.stream(accuracies()).average().orElseThrow();
  }

  double lowest() {
    return Arrays.stream(accuracies()).min().orElseThrow();
  }

  double highest() {
    return Arrays.stream(accuracies()).max().orElseThrow();
  }

  /** Of the run that cost most. */
  double epsilon() {
    return runs.stream().mapToDouble(run -> run.epsilon().orElseThrow()).max().orElseThrow();
  }

  double noiseMultiplier() {
    return runs.get(0).plan().orElseThrow().noiseMultiplier();
  }

  /** A setting as a number; empty when it is not varied or no number. */
  OptionalDouble number(String key) {
    try {
      String text = settings.get(key);
      return text == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** Mean accuracy by round, over runs that were evaluated then. */
  Map<Integer, Double> accuracyByRound() {
    return runs.stream()
        .flatMap(run -> run.accuracyByRound().entrySet().stream())
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, TreeMap::new, Collectors.averagingDouble(Map.Entry::getValue)));
  }

  /** The settings in words, such as {@code clipNorm 0.1, noiseMultiplier 1}. */
  String text() {
    String text =
        settings.entrySet().stream()
            .map(s -> s.getKey().replaceFirst("^[^.]*\\.", "") + " " + s.getValue())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "all seeds" : text;
  }
}
