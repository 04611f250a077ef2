package org.dpfed.cli.sweep;

import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpfed.cli.plot.Axis;
import org.dpfed.cli.plot.Heading;
import org.dpfed.cli.plot.LineChart;
import org.dpfed.cli.plot.LineChart.Line;
import org.dpfed.cli.plot.LineChart.Mark;
import org.dpfed.cli.plot.Plot;

/**
 * The plots of what is not private, and they say so: norms before clipping, and how many deltas
 * were clipped.
 *
 * @param points whose runs have diagnostics or not
 */
record NormPlots(List<Point> points) {
  private static final String NOT_PRIVATE =
      "NOT PRIVATE: computed from clients' data without noise";

  /** By name of the file without its ending; empty where no run has diagnostics. */
  Map<String, Plot> byName() {
    Line clipped = overClipNorm("share", 100, RunResult::clippedShare);
    List<Line> norms =
        List.of(
            overClipNorm("90 % quantile", 1, run -> run.normQuantile(0.9)),
            overClipNorm("median", 1, run -> run.normQuantile(0.5)),
            overClipNorm("10 % quantile", 1, run -> run.normQuantile(0.1)));
    Map<String, Plot> plots = new LinkedHashMap<>();
    if (Stream.concat(norms.stream(), Stream.of(clipped)).noneMatch(l -> l.marks().isEmpty())) {
      Line clipNorm =
          new Line(
              Plots.CLIP_TITLE,
              clipped.marks().stream().map(mark -> Mark.of(mark.x(), mark.x())).toList());
      List<Line> lines = Stream.concat(norms.stream(), Stream.of(clipNorm)).toList();
      List<Double> heights =
          lines.stream().flatMap(line -> line.marks().stream()).map(Mark::y).toList();
      plots.put(
          "norms-over-clip-norm",
          plot("Norms of the deltas before clipping", Axis.of("L2 norm", heights), lines));
      plots.put(
          "clipped-over-clip-norm",
          plot("Share of the deltas that were clipped", Axis.linear("share, %"), List.of(clipped)));
    }
    return plots;
  }

  private static Plot plot(String title, Axis y, List<Line> lines) {
    List<Double> clipNorms = lines.get(0).marks().stream().map(Mark::x).toList();
    return new LineChart(
            new Heading(title, "Mean over rounds and runs", NOT_PRIVATE),
            Axis.labelled(Plots.CLIP_TITLE, clipNorms),
            y,
            "",
            lines,
            LineChart.Intervals.BAR)
        .plot();
  }

  /** Means over the runs that have the value, times {@code unit}. */
  private Line overClipNorm(String name, int unit, Function<RunResult, OptionalDouble> value) {
    Map<Double, DoubleSummaryStatistics> byClipNorm = new TreeMap<>();
    for (Point point : points) {
      OptionalDouble clipNorm = point.clipNorm();
      for (RunResult run : point.runs()) {
        OptionalDouble one = value.apply(run);
        if (clipNorm.isPresent() && one.isPresent()) {
          byClipNorm
              .computeIfAbsent(clipNorm.getAsDouble(), key -> new DoubleSummaryStatistics())
              .accept(unit * one.getAsDouble());
        }
      }
    }
    return new Line(
        name,
        byClipNorm.entrySet().stream()
            .map(mean -> Mark.of(mean.getKey(), mean.getValue().getAverage()))
            .toList());
  }
}
