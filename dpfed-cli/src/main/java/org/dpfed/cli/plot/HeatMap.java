package org.dpfed.cli.plot;

import java.util.List;
import java.util.Map;

/**
 * A table whose cells are coloured by a value and have text.
 *
 * @param heading of the chart
 * @param xTitle what the columns are
 * @param columns their labels
 * @param yTitle what the rows are
 * @param rows their labels, from below
 * @param valueTitle what the colours are
 * @param cells those that there are, at least one
 */
public record HeatMap(
    Heading heading,
    String xTitle,
    List<String> columns,
    String yTitle,
    List<String> rows,
    String valueTitle,
    List<Cell> cells) {
  /**
   * From low to high: the sequential blues of ColorBrewer, whose lightness alone tells them apart.
   */
  private static final List<String> COLORS =
      List.of(
          "#F7FBFF", "#DEEBF7", "#C6DBEF", "#9ECAE1", "#6BAED6", "#4292C6", "#2171B5", "#08519C");

  /** From this share of the way from the lowest to the highest value on, letters are white. */
  private static final double DARK = 0.75;

  /** Of letters; smaller where cells are narrow. */
  private static final double SIZE = 7;

  private static final int WIDEST_ROW = 8;

  /**
   * A cell.
   *
   * @param column its label
   * @param row its label
   * @param value decides on the colour
   * @param text in lines
   */
  public record Cell(String column, String row, double value, String text) {}

  public HeatMap {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    cells = List.copyOf(cells);
  }

  /** To be drawn. */
  public Plot plot() {
    double least = cells.stream().mapToDouble(Cell::value).min().orElseThrow();
    double most = cells.stream().mapToDouble(Cell::value).max().orElseThrow();
    Map<String, Object> data =
        Plot.options(
            "column", cells.stream().map(Cell::column).toList(),
            "row", cells.stream().map(Cell::row).toList(),
            "value", cells.stream().map(Cell::value).toList(),
            "text", cells.stream().map(Cell::text).toList(),
            "ink", cells.stream().map(cell -> ink((cell.value - least) / (most - least))).toList());
    return new Plot(
        heading,
        Plot.options(
            "data",
            data,
            "mapping",
            Plot.options("x", "column", "y", "row"),
            "scales",
            List.of(
                labels("x", xTitle, columns),
                labels("y", yTitle, rows),
                Plot.options(
                    "aesthetic",
                    "fill",
                    "name",
                    valueTitle,
                    "scale_mapper_kind",
                    "color_gradientn",
                    "colors",
                    COLORS),
                Plot.options("aesthetic", "color", "scale_mapper_kind", "identity")),
            "layers",
            List.of(
                Plot.options(
                    "geom",
                    "tile",
                    "mapping",
                    Plot.options("fill", "value"),
                    "color",
                    "white",
                    "size",
                    2),
                Plot.options(
                    "geom",
                    "text",
                    "mapping",
                    Plot.options("label", "text", "color", "ink"),
                    "size",
                    SIZE * Math.min(1, (double) WIDEST_ROW / columns.size()),
                    "show_legend",
                    false)),
            "coord",
            Plot.options("name", "cartesian")));
  }

  private static String ink(double share) {
    return share > DARK ? "#FFFFFF" : "#222222";
  }

  private static Map<String, Object> labels(String aesthetic, String title, List<String> labels) {
    return Plot.options(
        "aesthetic", aesthetic,
        "name", title,
        "discrete", true,
        "limits", labels,
        "expand", List.of(0, 0));
  }
}
