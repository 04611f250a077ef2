package org.dpfed.cli.sweep;

import java.awt.Color;
import java.util.List;

/**
 * A table whose cells are coloured by a value and have two lines of text.
 *
 * @param title of the chart
 * @param xTitle what the columns are
 * @param columns their labels
 * @param yTitle what the rows are
 * @param rows their labels, from below
 * @param cells those that there are
 */
record HeatMap(
    String title,
    String xTitle,
    List<String> columns,
    String yTitle,
    List<String> rows,
    List<Cell> cells)
    implements Figure {
  private static final double LEFT = 90;
  private static final double RIGHT = WIDTH - 30;
  private static final double TOP = 50;
  private static final double BOTTOM = HEIGHT - 60;
  private static final double DARK = 0.55;

  /** From low to high; light enough for the text, which turns white on the dark end. */
  private static final Color LOW = new Color(0xF7, 0xF3, 0xE3);

  private static final Color HIGH = new Color(0x08, 0x45, 0x7E);

  /**
   * A cell.
   *
   * @param column counts from 0
   * @param row counts from 0, from below
   * @param value decides on the colour
   * @param above the upper line of text
   * @param below the lower one
   */
  record Cell(int column, int row, double value, String above, String below) {}

  HeatMap {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    cells = List.copyOf(cells);
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, WIDTH, HEIGHT, Color.WHITE);
    canvas.text(title, LEFT, 28, Canvas.Anchor.START, 16, INK);
    double wide = (RIGHT - LEFT) / columns.size();
    double high = (BOTTOM - TOP) / rows.size();
    double least = cells.stream().mapToDouble(Cell::value).min().orElse(0);
    double most = cells.stream().mapToDouble(Cell::value).max().orElse(1);
    for (Cell cell : cells) {
      double share = most > least ? (cell.value - least) / (most - least) : 1;
      double x = LEFT + cell.column * wide;
      double y = BOTTOM - (cell.row + 1) * high;
      canvas.rectangle(x, y, wide - 2, high - 2, mixed(share));
      Color ink = share > DARK ? Color.WHITE : INK;
      canvas.text(cell.above, x + wide / 2, y + high / 2 - 2, Canvas.Anchor.MIDDLE, 13, ink);
      canvas.text(cell.below, x + wide / 2, y + high / 2 + 13, Canvas.Anchor.MIDDLE, 11, ink);
    }
    for (int i = 0; i < columns.size(); i++) {
      double at = LEFT + (i + 0.5) * wide;
      canvas.text(columns.get(i), at, BOTTOM + 18, Canvas.Anchor.MIDDLE, 12, INK);
    }
    for (int i = 0; i < rows.size(); i++) {
      double at = BOTTOM - (i + 0.5) * high + 4;
      canvas.text(rows.get(i), LEFT - 8, at, Canvas.Anchor.END, 12, INK);
    }
    canvas.text(xTitle, (LEFT + RIGHT) / 2, HEIGHT - 18, Canvas.Anchor.MIDDLE, 13, INK);
    canvas.text(yTitle, 24, (TOP + BOTTOM) / 2, Canvas.Anchor.MIDDLE, 13, INK, true);
  }

  private static Color mixed(double share) {
    return new Color(
        mixed(LOW.getRed(), HIGH.getRed(), share),
        mixed(LOW.getGreen(), HIGH.getGreen(), share),
        mixed(LOW.getBlue(), HIGH.getBlue(), share));
  }

  private static int mixed(int low, int high, double share) {
    return (int) Math.round(low + share * (high - low));
  }
}
