package org.dpfed.cli.sweep;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import org.dpfed.cli.plot.Axis;
import org.dpfed.cli.plot.Heading;
import org.dpfed.cli.plot.HeatMap;
import org.dpfed.cli.plot.LineChart;
import org.dpfed.cli.plot.Plot;

/**
 * The plots of a sweep, as far as its settings differ in what they show. Where other settings
 * differ too, each point of a plot is the best of them.
 */
final class Plots {
  static final String CLIP_TITLE = "clip norm";
  private static final String NOISE_TITLE = "noise multiplier";
  private static final String CHOICE =
      "Choosing among these runs costs what all of them cost together";
  private static final int MOST_LINES = 10;

  private static final String SEEDED = "Seeded noise: no privacy. ";

  private final List<Point> points;
  private final String score;
  private final Map<String, Plot> plots = new LinkedHashMap<>();

  private Plots(List<Point> points) {
    this.points = points;
    this.score = Point.scoreName(points);
  }

  /**
   * Writes each plot as SVG and PNG.
   *
   * @param directory exists
   * @return names without their endings, and titles
   */
  static Map<String, String> write(List<Point> points, Path directory) throws IOException {
    Plots all = new Plots(points);
    all.addAll();
    Map<String, String> titles = new LinkedHashMap<>();
    for (Map.Entry<String, Plot> plot : all.plots.entrySet()) {
      plot.getValue().save(directory, plot.getKey());
      Heading heading = plot.getValue().heading();
      titles.put(
          plot.getKey(),
          heading.title() + (heading.warning().isEmpty() ? "" : " (" + heading.warning() + ")"));
    }
    return titles;
  }

  private void addAll() {
    addOverEpsilon();
    boolean variesClip = distinct(Point::clipNorm) > 1;
    boolean variesNoise = distinct(Plots::noise) > 1;
    if (variesClip) {
      add(score + "-over-clip-norm", CLIP_TITLE, Point::clipNorm, NOISE_TITLE, Plots::noise);
    }
    if (variesNoise) {
      add(score + "-over-noise", NOISE_TITLE, Plots::noise, CLIP_TITLE, Point::clipNorm);
    }
    if (variesClip && variesNoise) {
      plots.put(score + "-of-clip-and-noise", heatMap());
    }
    addOverRounds(variesNoise);
    if (variesClip) {
      plots.putAll(new NormPlots(points).byName());
    }
  }

  private String warning() {
    boolean isSeeded =
        points.stream().anyMatch(p -> !p.isPrivate() && Double.isFinite(p.epsilon()));
    return isSeeded ? SEEDED + CHOICE : CHOICE;
  }

  private String scoreTitle() {
    return "held-out " + score + ", %";
  }

  private String capitalised() {
    return score.substring(0, 1).toUpperCase(Locale.ROOT) + score.substring(1);
  }

  private static OptionalDouble noise(Point point) {
    return OptionalDouble.of(point.noiseMultiplier());
  }

  private long distinct(Function<Point, OptionalDouble> value) {
    return points.stream().map(value).filter(OptionalDouble::isPresent).distinct().count();
  }

  /** The best point for each pair of values, by line and then by x. */
  private Map<OptionalDouble, Map<Double, Point>> best(
      Function<Point, OptionalDouble> x, Function<Point, OptionalDouble> line) {
    Map<OptionalDouble, Map<Double, Point>> lines =
        new TreeMap<>(
            Comparator.comparingDouble((OptionalDouble v) -> v.orElse(Double.POSITIVE_INFINITY)));
    for (Point point : points) {
      OptionalDouble at = x.apply(point);
      if (at.isPresent() && Double.isFinite(at.getAsDouble())) {
        lines
            .computeIfAbsent(line.apply(point), key -> new TreeMap<>())
            .merge(at.getAsDouble(), point, (a, b) -> b.mean() > a.mean() ? b : a);
      }
    }
    return lines;
  }

  private void addOverEpsilon() {
    Map<OptionalDouble, Map<Double, Point>> lines =
        best(point -> OptionalDouble.of(point.epsilon()), Point::clipNorm);
    if (!lines.isEmpty()) {
      String title = "ε of each run alone";
      List<Point> bounded = points.stream().filter(p -> Double.isFinite(p.epsilon())).toList();
      String left =
          bounded.size() < points.size() ? "\nRuns without noise (ε = ∞) are left out" : "";
      plots.put(
          score + "-over-epsilon",
          new LineChart(
                  new Heading(
                      capitalised() + " over " + title,
                      explanation(Point.meaningWithRange(bounded), bounded, values(lines).size())
                          + left,
                      warning()),
                  Axis.of(title, values(lines)),
                  Axis.linear(scoreTitle()),
                  CLIP_TITLE,
                  lines(lines),
                  LineChart.Intervals.BAR)
              .plot());
    }
  }

  private void add(
      String name,
      String xTitle,
      Function<Point, OptionalDouble> x,
      String legend,
      Function<Point, OptionalDouble> line) {
    Map<OptionalDouble, Map<Double, Point>> lines = best(x, line);
    plots.put(
        name,
        new LineChart(
                new Heading(
                    capitalised() + " over " + xTitle,
                    explanation(Point.meaningWithRange(points), points, values(lines).size()),
                    ""),
                Axis.labelled(xTitle, values(lines)),
                Axis.linear(scoreTitle()),
                legend,
                lines(lines),
                LineChart.Intervals.BAR_BESIDE)
            .plot());
  }

  /** What marks are, where {@code shown} of the points have one. */
  private static String explanation(String meaning, List<Point> points, int shown) {
    return meaning
        + (shown < points.size() ? "\nWhere other settings differ, the best of them is shown" : "");
  }

  private static List<Double> values(Map<OptionalDouble, Map<Double, Point>> lines) {
    return lines.values().stream().flatMap(line -> line.keySet().stream()).toList();
  }

  private static List<LineChart.Line> lines(Map<OptionalDouble, Map<Double, Point>> lines) {
    List<LineChart.Line> named = new ArrayList<>();
    lines.forEach(
        (value, line) ->
            named.add(
                new LineChart.Line(
                    value.isPresent() ? Axis.text(value.getAsDouble()) : "all runs",
                    line.entrySet().stream()
                        .map(mark -> mark(mark.getKey(), mark.getValue().scores()))
                        .toList())));
    return named;
  }

  /** Mean, lowest and highest, in percent. */
  private static LineChart.Mark mark(double x, DoubleSummaryStatistics scores) {
    return new LineChart.Mark(
        x, 100 * scores.getAverage(), 100 * scores.getMin(), 100 * scores.getMax());
  }

  private Plot heatMap() {
    Map<OptionalDouble, Map<Double, Point>> byNoise = best(Point::clipNorm, Plots::noise);
    List<HeatMap.Cell> cells = new ArrayList<>();
    byNoise.forEach(
        (noise, row) ->
            row.forEach(
                (clip, point) ->
                    cells.add(
                        new HeatMap.Cell(
                            Axis.text(clip),
                            Axis.text(noise.orElseThrow()),
                            100 * point.mean(),
                            String.format(
                                Locale.ROOT,
                                "%.1f %%\nε %s",
                                100 * point.mean(),
                                shortened(point.epsilon()))))));
    return new HeatMap(
            new Heading(
                capitalised() + " by clip norm and noise multiplier, with ε of each run alone",
                explanation(Point.meaning(points), points, cells.size()),
                warning()),
            CLIP_TITLE,
            values(byNoise).stream().distinct().sorted().map(Axis::text).toList(),
            NOISE_TITLE,
            byNoise.keySet().stream().map(noise -> Axis.text(noise.orElseThrow())).toList(),
            scoreTitle(),
            cells)
        .plot();
  }

  /** Three digits, rounded up. */
  private static String shortened(double epsilon) {
    return Double.isInfinite(epsilon)
        ? "∞"
        : new BigDecimal(epsilon)
            .round(new MathContext(3, RoundingMode.CEILING))
            .stripTrailingZeros()
            .toPlainString();
  }

  /** For each noise multiplier its best point; the best points where that does not differ. */
  private void addOverRounds(boolean variesNoise) {
    Map<String, Point> shown = new LinkedHashMap<>();
    if (variesNoise) {
      best(Plots::noise, point -> OptionalDouble.empty())
          .values()
          .forEach(
              line -> line.forEach((noise, point) -> shown.put(noiseAndClip(noise, point), point)));
    } else {
      points.stream()
          .sorted(Comparator.comparingDouble(Point::mean).reversed())
          .limit(MOST_LINES)
          .forEach(point -> shown.put(point.text(), point));
    }
    List<LineChart.Line> lines = new ArrayList<>();
    shown.forEach(
        (name, point) -> {
          List<LineChart.Mark> marks =
              point.scoreByRound().entrySet().stream()
                  .map(round -> mark(round.getKey(), round.getValue()))
                  .toList();
          if (marks.size() > 1) {
            lines.add(new LineChart.Line(name, marks));
          }
        });
    if (!lines.isEmpty()) {
      plots.put(
          score + "-over-rounds",
          new LineChart(
                  new Heading(
                      variesNoise
                          ? capitalised() + " over rounds, the best run for each noise multiplier"
                          : capitalised() + " over rounds",
                      Point.meaningWithRange(List.copyOf(shown.values())),
                      ""),
                  Axis.linear("rounds"),
                  Axis.linear(scoreTitle()),
                  variesNoise ? NOISE_TITLE : "settings",
                  lines,
                  LineChart.Intervals.BAND)
              .plot());
    }
  }

  private static String noiseAndClip(double noise, Point point) {
    OptionalDouble clip = point.clipNorm();
    return Axis.text(noise)
        + (clip.isPresent() ? ", clip norm " + Axis.text(clip.getAsDouble()) : "");
  }
}
