package org.dpfed.cli.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import j2html.tags.DomContent;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Curves over one pair of axes, which page.js draws.
 *
 * @param title of the figure
 * @param x label of the horizontal axis
 * @param y label of the vertical axis
 * @param explanation what the reader is to see in it
 * @param series curves
 * @param frame how the axes run
 */
record Chart(
    String title, String x, String y, String explanation, List<Series> series, Frame frame) {
  private static final int COLOURS = 8;

  /** How axes run. */
  enum Frame {
    /** As the values do. */
    FREE,
    /** As the values do, from zero. */
    FROM_ZERO,
    /** Both from 0 to 1, with the diagonal. */
    UNIT_SQUARE,
    /** The same for points that no line joins. */
    DOTS_IN_UNIT_SQUARE
  }

  /**
   * A curve.
   *
   * @param points finite x and y
   */
  record Series(String name, List<Point> points) {}

  /** A point of a curve. */
  record Point(double x, double y) {}

  boolean isEmpty() {
    return series.stream().allMatch(one -> one.points().isEmpty());
  }

  /**
   * The place where page.js draws it, with title, key and explanation.
   *
   * @param id of the chart in the page
   */
  DomContent figureOf(String id) {
    return figure(
        figcaption(
            strong(title),
            each(
                IntStream.range(0, series.size() > 1 ? series.size() : 0).boxed().toList(),
                i -> span(series.get(i).name()).withClasses("key", "key-" + (i % COLOURS + 1))),
            span(explanation)),
        div().withClass("chart").attr("data-chart", id));
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("title", title).put("x", x).put("y", y);
    node.put("zero", frame == Frame.FROM_ZERO);
    node.put("dotsOnly", frame == Frame.DOTS_IN_UNIT_SQUARE);
    if (frame == Frame.UNIT_SQUARE || frame == Frame.DOTS_IN_UNIT_SQUARE) {
      node.put("diagonal", true);
      node.putArray("xDomain").add(0).add(1);
      node.putArray("yDomain").add(0).add(1);
    }
    var all = node.putArray("series");
    for (Series one : series) {
      var points = all.addObject().put("name", one.name()).putArray("points");
      one.points().forEach(point -> points.addArray().add(point.x()).add(point.y()));
    }
    return node;
  }
}
