package org.dpfed.cli.accounting;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.UsageException;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A plot of ε over the number of rounds. */
final class EpsilonPlot {
  private static final int POINTS = 50;

  private EpsilonPlot() {}

  /**
   * Writes the curve up to the run's rounds; the file is a PNG.
   *
   * @param options describe a run with a number of rounds
   */
  static void write(OptionValues options, NeighbouringRelation relation, Path file) {
    int rounds = options.index(Flag.ROUNDS);
    double delta = options.delta();
    double[] at =
        IntStream.rangeClosed(1, Math.min(rounds, POINTS))
            .mapToDouble(i -> Math.ceil((double) rounds * i / Math.min(rounds, POINTS)))
            .toArray();
    double[] epsilon = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      epsilon[i] = RunDescription.of(options.with(Flag.ROUNDS, at[i])).epsilon(delta);
      if (!Double.isFinite(epsilon[i])) {
        throw new UsageException("--plot: epsilon is infinite at round " + (long) at[i]);
      }
    }
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(600)
            .title("Privacy loss at δ = " + delta)
            .xAxisTitle("rounds")
            .yAxisTitle("ε, " + relation.label())
            .build();
    chart.getStyler().setLegendVisible(false);
    chart.addSeries("ε", at, epsilon).setMarker(SeriesMarkers.NONE);
    save(chart, file);
  }

  private static void save(XYChart chart, Path file) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new UsageException("--plot: the file must end in .png, was " + file);
    }
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, chart.getWidth(), chart.getHeight());
    graphics.dispose();
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UsageException("--plot: " + file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
