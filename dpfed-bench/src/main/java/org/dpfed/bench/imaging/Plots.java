package org.dpfed.bench.imaging;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Plots of the accuracy, with standard deviations over the seeds.
 *
 * @param comparison what was measured
 */
record Plots(Comparison comparison) {

  /** Of all patients over ε, beside what stands at both ends. */
  void overEpsilon(Path file) throws IOException {
    CategoryChart chart =
        chart(
            "Accuracy on all held-out images", "ε for one patient", CategorySeriesRenderStyle.Line);
    List<String> epsilons = comparison.byEpsilon().stream().map(Runs::shownEpsilon).toList();
    List<Results.Share> shares = comparison.byEpsilon().stream().map(Plots::accuracy).toList();
    chart.addSeries(
        "all five",
        epsilons,
        shares.stream().map(Results.Share::mean).toList(),
        shares.stream().map(Results.Share::deviation).toList());
    level(chart, "all five, no privacy", accuracy(comparison.open()), epsilons);
    level(
        chart,
        "each hospital alone, no privacy",
        comparison.alone(Comparison.Hospital::open, Comparison.ACCURACY),
        epsilons);
    level(
        chart,
        "each hospital alone, " + comparison.largest(),
        comparison.alone(Comparison.Hospital::closed, Comparison.ACCURACY),
        epsilons);
    write(chart, file);
  }

  private static Results.Share accuracy(Runs runs) {
    return runs.all().share(Comparison.ACCURACY);
  }

  private static void level(
      CategoryChart chart, String name, Results.Share share, List<String> epsilons) {
    CategorySeries series =
        chart.addSeries(name, epsilons, Collections.nCopies(epsilons.size(), share.mean()));
    series.setMarker(SeriesMarkers.NONE);
    // Two levels may be one line.
    series.setLineStyle(name.startsWith("each") ? SeriesLines.DASH_DASH : SeriesLines.SOLID);
  }

  /** Of each hospital, alone and together. */
  void atHospitals(Path file) throws IOException {
    CategoryChart chart =
        chart(
            "Accuracy on the held-out images of each hospital",
            "hospital",
            CategorySeriesRenderStyle.Bar);
    chart.getStyler().setYAxisMin(50.0);
    chart.getStyler().setYAxisMax(100.0);
    bars(chart, "alone, no privacy", each -> each.open().all());
    bars(chart, "alone, " + comparison.largest(), each -> each.closed().all());
    bars(chart, "all five, " + comparison.largest(), each -> comparison.closed().of(each.name()));
    bars(chart, "all five, no privacy", each -> comparison.open().of(each.name()));
    write(chart, file);
  }

  private void bars(
      CategoryChart chart, String name, Function<Comparison.Hospital, Results> results) {
    List<Results.Share> shares =
        comparison.hospitals().stream()
            .map(each -> results.apply(each).share(Comparison.ACCURACY))
            .toList();
    chart.addSeries(
        name,
        comparison.hospitals().stream().map(Comparison.Hospital::name).toList(),
        shares.stream().map(Results.Share::mean).toList(),
        shares.stream().map(Results.Share::deviation).toList());
  }

  private static CategoryChart chart(String title, String across, CategorySeriesRenderStyle style) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(900)
            .height(520)
            .title(title)
            .xAxisTitle(across)
            .yAxisTitle("accuracy, %")
            .build();
    chart.getStyler().setDefaultSeriesRenderStyle(style);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
    chart.getStyler().setOverlapped(style == CategorySeriesRenderStyle.Line);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    return chart;
  }

  private static void write(CategoryChart chart, Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
    ImageIO.write(image, "png", file.toFile());
  }
}
