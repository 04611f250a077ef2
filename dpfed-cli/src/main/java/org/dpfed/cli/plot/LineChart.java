package org.dpfed.cli.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines through marks, each with an interval.
 *
 * @param heading of the chart
 * @param x axis of the values
 * @param y axis of the heights
 * @param legend what the names of the lines are; there is no legend where there is one line
 * @param lines at least one
 * @param intervals how they are drawn
 */
public record LineChart(
    Heading heading, Axis x, Axis y, String legend, List<Line> lines, Intervals intervals) {
  /**
   * Share of the distance between two values, if there are many, that lines beside each other take.
   */
  private static final double WIDEST = 0.35;

  /** Share of the x axis, if there are few values. */
  private static final double SHARE = 0.05;

  /** Okabe and Ito's palette, which colour-blind eyes tell apart, then darker colours. */
  private static final List<String> COLORS =
      List.of(
          "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555", "#804000",
          "#402080", "#90A030");

  /** Filled forms, then open ones, so that lines differ in print without colours. */
  private static final List<Integer> SHAPES = List.of(21, 22, 24, 23, 25, 1, 0, 2, 5, 6);

  /** How the intervals of marks are drawn. */
  public enum Intervals {
    /** A band along the line, for lines with many marks. */
    BAND,

    /** A bar through each mark. */
    BAR,

    /** As {@link #BAR}; lines stand beside each other, for an axis of a few tried values. */
    BAR_BESIDE
  }

  /**
   * A line.
   *
   * @param name in the legend
   * @param marks from left to right
   */
  public record Line(String name, List<Mark> marks) {
    public Line {
      marks = List.copyOf(marks);
    }
  }

  /** A mark, and from where to where its interval reaches. */
  public record Mark(double x, double y, double low, double high) {
    /** A mark without interval. */
    public static Mark of(double x, double y) {
      return new Mark(x, y, y, y);
    }

    private boolean hasInterval() {
      return high > low;
    }
  }

  public LineChart {
    lines = List.copyOf(lines);
  }

  private Stream<Mark> marks() {
    return lines.stream().flatMap(line -> line.marks.stream());
  }

  private List<@Nullable Double> column(ToDoubleFunction<Mark> value) {
    List<@Nullable Double> column = new ArrayList<>();
    marks().forEach(mark -> column.add(value.applyAsDouble(mark)));
    return column;
  }

  /** As {@link #column}; empty where a mark has no interval, so that nothing is drawn. */
  private List<@Nullable Double> ends(ToDoubleFunction<Mark> value) {
    List<@Nullable Double> column = new ArrayList<>();
    marks().forEach(mark -> column.add(mark.hasInterval() ? value.applyAsDouble(mark) : null));
    return column;
  }

  /** To be drawn. */
  public Plot plot() {
    List<String> names = new ArrayList<>();
    lines.forEach(line -> line.marks.forEach(mark -> names.add(line.name)));
    Map<String, Object> data =
        Plot.options(
            "x", column(Mark::x),
            "y", column(Mark::y),
            "low", ends(Mark::low),
            "high", ends(Mark::high),
            "line", names);
    String guide = lines.size() > 1 ? "legend" : "none";
    return new Plot(
        heading,
        Plot.options(
            "data",
            data,
            "mapping",
            Plot.options("x", "x", "y", "y", "color", "line", "fill", "line", "shape", "line"),
            "scales",
            List.of(
                x.scale("x"),
                y.scale("y"),
                scale("color", COLORS, guide),
                scale("fill", COLORS, guide),
                scale("shape", SHAPES, guide)),
            "layers",
            layers()));
  }

  private Map<String, Object> scale(String aesthetic, List<?> values, String guide) {
    List<Object> ofLines = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      ofLines.add(values.get(i % values.size()));
    }
    return Plot.options(
        "aesthetic", aesthetic,
        "name", legend,
        "discrete", true,
        "values", ofLines,
        "limits", lines.stream().map(Line::name).toList(),
        "guide", guide);
  }

  private List<Map<String, Object>> layers() {
    List<Map<String, Object>> layers = new ArrayList<>();
    boolean hasIntervals = marks().anyMatch(Mark::hasInterval);
    Map<String, Object> ends = Plot.options("ymin", "low", "ymax", "high");
    if (hasIntervals && intervals == Intervals.BAND) {
      Map<String, Object> band = Plot.options("geom", "ribbon", "mapping", ends);
      band.putAll(Plot.options("alpha", 0.15, "size", 0, "show_legend", false));
      layers.add(band);
    } else if (hasIntervals) {
      Map<String, Object> bars = Plot.options("geom", "errorbar", "mapping", ends);
      bars.putAll(Plot.options("width", width() / lines.size(), "size", 0.8, "show_legend", false));
      layers.add(bars);
    }
    layers.add(Plot.options("geom", "line", "size", 1));
    if (intervals != Intervals.BAND) {
      layers.add(Plot.options("geom", "point", "size", 3));
      if (intervals == Intervals.BAR_BESIDE && hasIntervals && lines.size() > 1) {
        Map<String, Object> beside = Plot.options("name", "dodge", "width", width());
        layers.forEach(layer -> layer.put("position", beside));
      }
    }
    return layers;
  }

  /**
   * By what lines stand beside each other so that no bar hides another: Lets-Plot takes it as a
   * share of the smallest distance between values.
   */
  private double width() {
    return Math.min(WIDEST, SHARE * marks().mapToDouble(Mark::x).distinct().count());
  }
}
