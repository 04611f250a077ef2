package org.dpfed.cli.plot;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What stands along one side of a chart.
 *
 * @param title what the values are, with their unit
 * @param limits the lowest and the highest value of a logarithmic axis, where equal ratios are
 *     equally far apart; empty where equal differences are, and Lets-Plot chooses the ends
 * @param ticks values with a label; empty where Lets-Plot chooses them
 */
public record Axis(String title, List<Double> limits, List<Double> ticks) {
  /** From this ratio of the highest value to the lowest on, an axis is logarithmic. */
  private static final double WIDE = 10;

  /** Share of the axis that is free at each end. */
  private static final double MARGIN = 0.04;

  public Axis {
    limits = List.copyOf(limits);
    ticks = List.copyOf(ticks);
  }

  /** Equal differences are equally far apart, with round numbers for labels. */
  public static Axis linear(String title) {
    return new Axis(title, List.of(), List.of());
  }

  /** For these values, with round numbers for labels; logarithmic where they are far apart. */
  public static Axis of(String title, List<Double> values) {
    List<Double> limits = limits(values);
    return new Axis(title, limits, limits.isEmpty() ? List.of() : decades(limits));
  }

  /** For these values, each with a label; logarithmic where they are far apart. */
  public static Axis labelled(String title, List<Double> values) {
    return new Axis(title, limits(values), values.stream().distinct().sorted().toList());
  }

  boolean isLogarithmic() {
    return !limits.isEmpty();
  }

  private static List<Double> limits(List<Double> values) {
    DoubleSummaryStatistics all =
        values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
    double least = all.getMin();
    double most = all.getMax();
    if (least <= 0 || most / least < WIDE) {
      return List.of();
    }
    double margin = Math.pow(most / least, MARGIN);
    return List.of(least / margin, most * margin);
  }

  /** 1, 2, 3 and 5 times the powers of ten between the limits. */
  private static List<Double> decades(List<Double> limits) {
    double least = limits.get(0);
    double most = limits.get(1);
    List<Double> ticks = new ArrayList<>();
    for (double power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
      for (int factor : new int[] {1, 2, 3, 5}) {
        double tick = factor * Math.pow(10, power);
        if (tick >= least && tick <= most) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /** A value as text, without digits that say nothing. */
  public static String text(double value) {
    String text = String.format(Locale.ROOT, "%.4g", value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "")
        : text;
  }

  /**
   * As a scale of Lets-Plot.
   *
   * @param aesthetic {@code x} or {@code y}
   */
  Map<String, Object> scale(String aesthetic) {
    Map<String, Object> scale = Plot.options("aesthetic", aesthetic, "name", title);
    scale.put("expand", List.of(isLogarithmic() ? 0 : MARGIN, 0));
    if (isLogarithmic()) {
      scale.put("trans", "log10");
      scale.put("limits", limits);
    }
    if (!ticks.isEmpty()) {
      scale.put("breaks", ticks);
      scale.put("labels", ticks.stream().map(Axis::text).toList());
    }
    return scale;
  }
}
