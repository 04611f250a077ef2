package org.dpfed.cli.sweep;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * The plots of a sweep, as far as its settings differ in what they show. Where other settings
 * differ too, each point of a plot is the best of them.
 */
final class Plots {
  private static final String CLIP = "privacy.clipNorm";
  private static final String ACCURACY = "held-out accuracy, mean and range over seeds";
  private static final int MOST_LINES = 10;

  private final List<Point> points;
  private final Map<String, Figure> figures = new LinkedHashMap<>();

  private Plots(List<Point> points) {
    this.points = points;
  }

  /**
   * Writes each plot as SVG and PNG.
   *
   * @param directory exists
   * @return names without their endings, and titles
   */
  static Map<String, String> write(List<Point> points, Path directory) throws IOException {
    Plots plots = new Plots(points);
    plots.addAll();
    Map<String, String> titles = new LinkedHashMap<>();
    for (Map.Entry<String, Figure> figure : plots.figures.entrySet()) {
      figure.getValue().save(directory, figure.getKey());
      titles.put(
          figure.getKey(),
          figure.getValue() instanceof LineChart chart
              ? chart.title() + (chart.note().isEmpty() ? "" : " (" + chart.note() + ")")
              : ((HeatMap) figure.getValue()).title());
    }
    return titles;
  }

  private void addAll() {
    addOverEpsilon();
    boolean variesClip = distinct(this::clip) > 1;
    boolean variesNoise = distinct(p -> OptionalDouble.of(p.noiseMultiplier())) > 1;
    if (variesClip) {
      add(
          "accuracy-over-clip-norm",
          "Accuracy over clip norm",
          "clip norm",
          this::clip,
          this::noise);
    }
    if (variesNoise) {
      add(
          "accuracy-over-noise",
          "Accuracy over noise multiplier",
          "noise multiplier",
          this::noise,
          this::clip);
    }
    if (variesClip && variesNoise) {
      figures.put("accuracy-of-clip-and-noise", heatMap());
    }
    addOverRounds(variesNoise);
    if (variesClip) {
      addNorms();
    }
  }

  private OptionalDouble clip(Point point) {
    return point.number(CLIP);
  }

  private OptionalDouble noise(Point point) {
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
    Function<Point, OptionalDouble> epsilon = point -> OptionalDouble.of(point.epsilon());
    Map<OptionalDouble, Map<Double, Point>> lines = best(epsilon, this::clip);
    if (!lines.isEmpty()) {
      List<Double> all = lines.values().stream().flatMap(l -> l.keySet().stream()).toList();
      figures.put(
          "accuracy-over-epsilon",
          new LineChart(
              "Accuracy over ε of each run alone",
              Axis.of("ε of each run alone", all),
              ACCURACY,
              lines("clip norm", lines),
              "choosing among these runs costs what all of them cost together"));
    }
  }

  private void add(
      String name,
      String title,
      String xTitle,
      Function<Point, OptionalDouble> x,
      Function<Point, OptionalDouble> line) {
    Map<OptionalDouble, Map<Double, Point>> lines = best(x, line);
    List<Double> all = lines.values().stream().flatMap(l -> l.keySet().stream()).toList();
    String what = xTitle.equals("clip norm") ? "noise" : "clip norm";
    figures.put(
        name, new LineChart(title, Axis.labelled(xTitle, all), ACCURACY, lines(what, lines), ""));
  }

  private static List<LineChart.Line> lines(
      String what, Map<OptionalDouble, Map<Double, Point>> lines) {
    List<LineChart.Line> named = new ArrayList<>();
    for (Map.Entry<OptionalDouble, Map<Double, Point>> line : lines.entrySet()) {
      named.add(
          new LineChart.Line(
              line.getKey().isPresent()
                  ? what + " " + Axis.text(line.getKey().getAsDouble())
                  : "all runs",
              line.getValue().entrySet().stream()
                  .map(mark -> LineChart.Mark.of(mark.getKey(), mark.getValue()))
                  .toList()));
    }
    return named;
  }

  private HeatMap heatMap() {
    Map<OptionalDouble, Map<Double, Point>> byNoise = best(this::clip, this::noise);
    List<Double> clips =
        byNoise.values().stream().flatMap(l -> l.keySet().stream()).distinct().sorted().toList();
    List<OptionalDouble> noises = List.copyOf(byNoise.keySet());
    List<HeatMap.Cell> cells = new ArrayList<>();
    byNoise.forEach(
        (noise, row) ->
            row.forEach(
                (clip, point) ->
                    cells.add(
                        new HeatMap.Cell(
                            clips.indexOf(clip),
                            noises.indexOf(noise),
                            point.mean(),
                            String.format(Locale.ROOT, "%.3f", point.mean()),
                            "ε " + shortened(point.epsilon())))));
    return new HeatMap(
        "Mean held-out accuracy, with ε of each run alone",
        "clip norm",
        clips.stream().map(Axis::text).toList(),
        "noise multiplier",
        noises.stream().map(noise -> Axis.text(noise.orElseThrow())).toList(),
        cells);
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
      best(this::noise, point -> OptionalDouble.empty())
          .values()
          .forEach(
              line ->
                  line.forEach((noise, point) -> shown.put("noise " + Axis.text(noise), point)));
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
              point.accuracyByRound().entrySet().stream()
                  .map(mark -> LineChart.Mark.of(mark.getKey(), mark.getValue()))
                  .toList();
          String clip = clip(point).isPresent() ? ", clip " + point.settings().get(CLIP) : "";
          if (marks.size() > 1) {
            lines.add(new LineChart.Line(variesNoise ? name + clip : name, marks));
          }
        });
    List<Double> rounds =
        lines.stream().flatMap(line -> line.marks().stream()).map(LineChart.Mark::x).toList();
    if (!lines.isEmpty()) {
      double most = rounds.stream().mapToDouble(Double::doubleValue).max().orElse(1);
      figures.put(
          "accuracy-over-rounds",
          new LineChart(
              variesNoise
                  ? "Accuracy over rounds, the best clip norm for each noise multiplier"
                  : "Accuracy over rounds",
              Axis.linear("rounds", 0, most),
              "held-out accuracy, mean over seeds",
              lines,
              ""));
    }
  }

  /** From diagnostics; empty where no run has any. */
  private void addNorms() {
    List<Double> clips = points.stream().flatMapToDouble(p -> stream(clip(p))).boxed().toList();
    Axis x = Axis.labelled("clip norm", clips);
    List<LineChart.Line> norms = new ArrayList<>();
    for (double share : new double[] {0.9, 0.5, 0.1}) {
      String name = share == 0.5 ? "median" : Math.round(100 * share) + " % quantile";
      overClipNorm(name, run -> run.normQuantile(share)).ifPresent(norms::add);
    }
    Optional<LineChart.Line> clipped = overClipNorm("share clipped", RunResult::clippedShare);
    if (norms.isEmpty() || clipped.isEmpty()) {
      return;
    }
    String note = "not private: computed from clients' data without noise";
    norms.add(
        new LineChart.Line(
            "clip norm",
            clips.stream().distinct().sorted().map(c -> LineChart.Mark.of(c, c)).toList()));
    figures.put(
        "norms-over-clip-norm",
        new LineChart(
            "Norms of the deltas before clipping",
            x,
            "norm, mean over rounds and runs",
            norms,
            note));
    figures.put(
        "clipped-over-clip-norm",
        new LineChart(
            "Share of the deltas that were clipped",
            x,
            "share, mean over rounds and runs",
            List.of(clipped.get()),
            note));
  }

  private static DoubleStream stream(OptionalDouble value) {
    return value.isPresent() ? DoubleStream.of(value.getAsDouble()) : DoubleStream.empty();
  }

  private Optional<LineChart.Line> overClipNorm(
      String name, Function<RunResult, OptionalDouble> value) {
    TreeMap<Double, List<Double>> byClip = new TreeMap<>();
    for (Point point : points) {
      OptionalDouble clip = clip(point);
      for (RunResult run : point.runs()) {
        OptionalDouble one = value.apply(run);
        if (clip.isPresent() && one.isPresent()) {
          byClip
              .computeIfAbsent(clip.getAsDouble(), key -> new ArrayList<>())
              .add(one.getAsDouble());
        }
      }
    }
    List<LineChart.Mark> marks = new ArrayList<>();
    byClip.forEach(
        (clip, all) ->
            marks.add(
                LineChart.Mark.of(
                    clip, all.stream().mapToDouble(Double::doubleValue).average().orElseThrow())));
    return marks.isEmpty() ? Optional.empty() : Optional.of(new LineChart.Line(name, marks));
  }
}
