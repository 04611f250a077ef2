package org.dpfed.cli.sweep;

import java.awt.Color;

/** What a figure is drawn on. Units are pixels, y grows downwards. */
interface Canvas {
  /** Which part of a text stands at its x. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  void line(double x1, double y1, double x2, double y2, Color color, double width);

  void rectangle(double x, double y, double width, double height, Color fill);

  void dot(double x, double y, double radius, Color fill);

  /**
   * Draws a text.
   *
   * @param y of the line that the letters stand on
   * @param size of the letters
   * @param isUpright whether the text is turned to be read from below upwards
   */
  void text(
      String text, double x, double y, Anchor anchor, int size, Color color, boolean isUpright);

  /** As the other, to be read from left to right. */
  default void text(String text, double x, double y, Anchor anchor, int size, Color color) {
    text(text, x, y, anchor, size, color, false);
  }
}
