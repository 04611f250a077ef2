package org.dpfed.bench.imaging;

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
    List<String> epsilons =
        comparison.byEpsilon().keySet().stream().map(Comparison::shown).toList();
    List<Results.Share> shares =
        comparison.byEpsilon().values().stream().map(Plots::accuracy).toList();
    chart.addSeries(
        "all five",
        epsilons,
        shares.stream().map(Results.Share::mean).toList(),
        shares.stream().map(Results.Share::deviation).toList());
    level(chart, "all five, no privacy", accuracy(comparison.open()), epsilons);
    level(
        chart,
        "each hospital alone, no privacy",
        Comparison.at(comparison.openAt(), Comparison.ACCURACY),
        epsilons);
    level(
        chart,
        "each hospital alone, " + comparison.largest(),
        Comparison.at(comparison.privateAt(), Comparison.ACCURACY),
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
    bars(chart, "alone, no privacy", hospital -> comparison.openAt().get(hospital).all());
    bars(
        chart,
        "alone, " + comparison.largest(),
        hospital -> comparison.privateAt().get(hospital).all());
    bars(chart, "all five, " + comparison.largest(), comparison.atLargest()::of);
    bars(chart, "all five, no privacy", comparison.open()::of);
    write(chart, file);
  }

  private void bars(CategoryChart chart, String name, Function<String, Results> results) {
    List<String> hospitals = List.copyOf(comparison.openAt().keySet());
    List<Results.Share> shares =
        hospitals.stream()
            .map(hospital -> results.apply(hospital).share(Comparison.ACCURACY))
            .toList();
    chart.addSeries(
        name,
        hospitals,
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
    return chart;
  }

  private static void write(CategoryChart chart, Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
    ImageIO.write(image, "png", file.toFile());
  }
}
