package org.dpfed.cli.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Where values stand along one side of a chart.
 *
 * @param title what they are
 * @param low the lowest value
 * @param high the highest value, above {@code low}
 * @param isLogarithmic whether equal ratios are equally far apart; all values are then positive
 * @param ticks values with a label
 */
record Axis(String title, double low, double high, boolean isLogarithmic, List<Double> ticks) {
  private static final double WIDE = 15;

  Axis {
    ticks = List.copyOf(ticks);
  }

  /** For these values, each with a label; logarithmic where they are positive and far apart. */
  static Axis labelled(String title, List<Double> values) {
    List<Double> sorted = values.stream().distinct().sorted().toList();
    Axis tight = of(title, sorted);
    return new Axis(title, tight.low, tight.high, tight.isLogarithmic, sorted);
  }

  /** For these values, with round numbers for labels. */
  static Axis of(String title, List<Double> values) {
    double least = stream(values).min().orElse(0);
    double most = stream(values).max().orElse(1);
    if (least > 0 && most / least > WIDE) {
      double margin = Math.pow(most / least, 0.03);
      return new Axis(title, least / margin, most * margin, true, decades(least, most));
    }
    return linear(title, least, most);
  }

  /** Equal differences are equally far apart. */
  static Axis linear(String title, double least, double most) {
    double span = most > least ? most - least : Math.max(1e-6, Math.abs(most) / 10);
    double low = least - span * 0.04;
    double high = most + span * 0.04;
    double step = step(span / 6);
    List<Double> ticks = new ArrayList<>();
    for (double i = Math.ceil(low / step); i * step <= high; i++) {
      // Plus 0 turns -0 into 0.
      ticks.add(i * step + 0.0);
    }
    return new Axis(title, low, high, false, ticks);
  }

  private static DoubleStream stream(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue);
  }

  /** The smallest of 1, 2 and 5 times a power of ten that is not below {@code rough}. */
  private static double step(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= rough) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static List<Double> decades(double least, double most) {
    List<Double> ticks = new ArrayList<>();
    for (double power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
      for (double factor : new double[] {1, 2, 5}) {
        double tick = factor * Math.pow(10, power);
        if (tick >= least * 0.9 && tick <= most * 1.1) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /** Where a value stands: 0 at the lower end, 1 at the upper. */
  double at(double value) {
    return isLogarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** A tick as text, without digits that say nothing. */
  static String text(double value) {
    String text = String.format(Locale.ROOT, "%.4g", value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "")
        : text;
  }
}
