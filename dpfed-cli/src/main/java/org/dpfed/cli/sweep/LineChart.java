package org.dpfed.cli.sweep;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines through points, each with an interval.
 *
 * @param title of the chart
 * @param x axis of the values
 * @param yTitle what the heights are
 * @param lines at least one
 * @param note below the title, such as that it is not private; empty for none
 */
record LineChart(String title, Axis x, String yTitle, List<Line> lines, String note)
    implements Figure {
  private static final double LEFT = 80;
  private static final double RIGHT = WIDTH - 190;
  private static final double TOP = 60;
  private static final double BOTTOM = HEIGHT - 60;
  private static final double SHIFT = 4;

  /**
   * A line.
   *
   * @param name in the legend
   * @param marks from left to right
   */
  record Line(String name, List<Mark> marks) {
    Line {
      marks = List.copyOf(marks);
    }
  }

  /** A point, and from where to where its interval reaches. */
  record Mark(double x, double y, double low, double high) {
    static Mark of(double x, double y) {
      return new Mark(x, y, y, y);
    }

    static Mark of(double x, Point point) {
      return new Mark(x, point.mean(), point.lowest(), point.highest());
    }
  }

  LineChart {
    lines = List.copyOf(lines);
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, WIDTH, HEIGHT, Color.WHITE);
    canvas.text(title, LEFT, 26, Canvas.Anchor.START, 16, INK);
    canvas.text(note, LEFT, 46, Canvas.Anchor.START, 12, WARNING);
    Axis y = heights();
    drawAxes(canvas, y);
    for (int i = 0; i < lines.size(); i++) {
      Color color = PALETTE.get(i % PALETTE.size());
      drawLine(canvas, y, lines.get(i).marks, shift(i), color);
      double at = TOP + 10 + 18 * i;
      canvas.line(RIGHT + 12, at - 4, RIGHT + 32, at - 4, color, 2);
      canvas.text(lines.get(i).name, RIGHT + 38, at, Canvas.Anchor.START, 12, INK);
    }
  }

  private Axis heights() {
    List<Double> values = new ArrayList<>();
    for (Line line : lines) {
      for (Mark mark : line.marks) {
        values.add(mark.low);
        values.add(mark.high);
      }
    }
    double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    return least > 0 && most / least > 50
        ? Axis.of(yTitle, values)
        : Axis.linear(yTitle, least, most);
  }

  private void drawAxes(Canvas canvas, Axis y) {
    for (double tick : y.ticks()) {
      double at = height(y, tick);
      canvas.line(LEFT, at, RIGHT, at, FAINT, 1);
      canvas.text(Axis.text(tick), LEFT - 8, at + 4, Canvas.Anchor.END, 12, INK);
    }
    double last = Double.NEGATIVE_INFINITY;
    for (double tick : x.ticks()) {
      double at = across(tick);
      canvas.line(at, BOTTOM, at, BOTTOM + 5, INK, 1);
      if (at - last > 30) {
        canvas.text(Axis.text(tick), at, BOTTOM + 19, Canvas.Anchor.MIDDLE, 12, INK);
        last = at;
      }
    }
    canvas.line(LEFT, BOTTOM, RIGHT, BOTTOM, INK, 1);
    canvas.line(LEFT, TOP, LEFT, BOTTOM, INK, 1);
    canvas.text(x.title(), (LEFT + RIGHT) / 2, HEIGHT - 18, Canvas.Anchor.MIDDLE, 13, INK);
    canvas.text(y.title(), 24, (TOP + BOTTOM) / 2, Canvas.Anchor.MIDDLE, 13, INK, true);
  }

  /** Pixels by which a line stands beside its place, so that intervals do not hide each other. */
  private double shift(int line) {
    boolean hasIntervals =
        lines.stream().flatMap(l -> l.marks.stream()).anyMatch(mark -> mark.high > mark.low);
    return hasIntervals ? SHIFT * (line - (lines.size() - 1) / 2.0) : 0;
  }

  private void drawLine(Canvas canvas, Axis y, List<Mark> marks, double shift, Color color) {
    for (int i = 0; i < marks.size(); i++) {
      Mark mark = marks.get(i);
      double at = across(mark.x) + shift;
      if (i > 0) {
        Mark before = marks.get(i - 1);
        canvas.line(across(before.x) + shift, height(y, before.y), at, height(y, mark.y), color, 2);
      }
      if (mark.high > mark.low) {
        canvas.line(at, height(y, mark.low), at, height(y, mark.high), color, 1);
        canvas.line(at - 3, height(y, mark.low), at + 3, height(y, mark.low), color, 1);
        canvas.line(at - 3, height(y, mark.high), at + 3, height(y, mark.high), color, 1);
      }
      canvas.dot(at, height(y, mark.y), 3, color);
    }
  }

  private double across(double value) {
    return LEFT + x.at(value) * (RIGHT - LEFT);
  }

  private static double height(Axis y, double value) {
    return BOTTOM - y.at(value) * (BOTTOM - TOP);
  }
}
