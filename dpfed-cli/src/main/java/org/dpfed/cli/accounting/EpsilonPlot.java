package org.dpfed.cli.accounting;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.plot.Axis;
import org.dpfed.cli.plot.Heading;
import org.dpfed.cli.plot.LineChart;
import org.dpfed.cli.plot.Plot;

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
    List<LineChart.Mark> marks = new ArrayList<>();
    for (int i = 1; i <= Math.min(rounds, POINTS); i++) {
      double at = Math.ceil((double) rounds * i / Math.min(rounds, POINTS));
      double epsilon = RunDescription.of(options.with(Flag.ROUNDS, at)).epsilon(delta);
      if (!Double.isFinite(epsilon)) {
        throw new UsageException("--plot: epsilon is infinite at round " + (long) at);
      }
      marks.add(LineChart.Mark.of(at, epsilon));
    }
    Plot plot =
        new LineChart(
                new Heading("Privacy loss at δ = " + delta, relation.label(), ""),
                Axis.linear("rounds"),
                Axis.linear("ε"),
                "",
                List.of(new LineChart.Line("ε", marks)),
                LineChart.Intervals.BAND)
            .plot();
    save(plot, file);
  }

  private static void save(Plot plot, Path file) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new UsageException("--plot: the file must end in .png, was " + file);
    }
    try {
      plot.savePng(file);
    } catch (IOException e) {
      throw new UsageException("--plot: " + file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
