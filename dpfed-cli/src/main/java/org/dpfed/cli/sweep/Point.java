package org.dpfed.cli.sweep;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dpfed.cli.training.VariedRun;
import org.dpfed.federated.ModelEvaluation;

/**
 * The runs of a sweep with the same settings but for the seed.
 *
 * @param settings without the seed
 * @param runs that are done and have a score, at least one
 */
record Point(Map<String, String> settings, List<RunResult> runs) {

  /** All points with a run that is done and has a score, in order. */
  static List<Point> of(Results results) {
    Map<Map<String, String>, List<RunResult>> groups = new LinkedHashMap<>();
    for (RunResult result : results.runs()) {
      Map<String, String> settings = result.run().settings();
      settings.remove(VariedRun.SEED);
      if (result.score().isPresent()) {
        groups.computeIfAbsent(settings, key -> new ArrayList<>()).add(result);
      }
    }
    return groups.entrySet().stream()
        .map(group -> new Point(group.getKey(), List.copyOf(group.getValue())))
        .toList();
  }

  /** What the points are compared by; {@code accuracy} where there are none. */
  static String scoreName(List<Point> points) {
    return points.isEmpty() ? ModelEvaluation.ACCURACY : points.get(0).runs.get(0).scoreName();
  }

  /** Over the seeds. */
  DoubleSummaryStatistics scores() {
    return runs.stream().mapToDouble(run -> run.score().orElseThrow()).summaryStatistics();
  }

  double mean() {
    return scores().getAverage();
  }

  /**
   * What the means of these points are, in words.
   *
   * @param points at least one
   */
  static String meaning(List<Point> points) {
    IntSummaryStatistics seeds =
        points.stream().mapToInt(point -> point.runs.size()).summaryStatistics();
    if (seeds.getMax() == 1) {
      return "One seed";
    }
    return seeds.getMin() == seeds.getMax()
        ? "Mean over " + seeds.getMax() + " seeds"
        : "Mean over " + seeds.getMin() + " to " + seeds.getMax() + " seeds";
  }

  /**
   * As {@link #meaning}, and what the intervals are. They are always ranges: for the few seeds of a
   * sweep these say what was seen, and assume no distribution.
   */
  static String meaningWithRange(List<Point> points) {
    String meaning = meaning(points);
    return points.stream().allMatch(point -> point.runs.size() == 1)
        ? meaning + ", so there is no interval"
        : meaning + ", with the range from the lowest to the highest seed";
  }

  /** Of the run that cost most. */
  double epsilon() {
    return runs.stream().mapToDouble(run -> run.epsilon().orElseThrow()).max().orElseThrow();
  }

  /** Whether a guarantee holds of every run. */
  boolean isPrivate() {
    return runs.stream().allMatch(RunResult::isPrivate);
  }

  double noiseMultiplier() {
    return runs.get(0).plan().orElseThrow().noiseMultiplier();
  }

  /** Empty when it is not varied or no number. */
  OptionalDouble clipNorm() {
    try {
      String text = settings.get("privacy.clipNorm");
      return text == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** Scores by round, over runs that were evaluated then. */
  Map<Integer, DoubleSummaryStatistics> scoreByRound() {
    return runs.stream()
        .flatMap(run -> run.scoreByRound().entrySet().stream())
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey,
                TreeMap::new,
                Collectors.summarizingDouble(Map.Entry::getValue)));
  }

  /**
   * The settings in words, such as {@code clipNorm 0.1, noiseMultiplier 1}; with their sections
   * where two have the same name.
   */
  String text() {
    boolean isClear =
        settings.keySet().stream().map(Point::name).distinct().count() == settings.size();
    String text =
        settings.entrySet().stream()
            .map(s -> (isClear ? name(s.getKey()) : s.getKey()) + " " + s.getValue())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "all seeds" : text;
  }

  private static String name(String key) {
    return key.replaceFirst("^[^.]*\\.", "");
  }
}
