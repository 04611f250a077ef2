package org.dpfed.bench.choices;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Writes a table and a plot of the held-out accuracy of runs of {@code dpfed train} over their
 * rounds, the mean of several seeds.
 */
public final class AccuracyTable implements Runnable {
  @Option(names = "--title", required = true)
  private String title = "";

  @Option(names = "--how", required = true, description = "The command and the machine.")
  private String how = "";

  @Option(names = "--out", required = true, description = "Path without .md or .png.")
  private Path out = Path.of("");

  @Parameters(description = "NAME=DIRECTORY,DIRECTORY,…: the runs of one line, one for each seed.")
  private Map<String, String> lines = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(new picocli.CommandLine(new AccuracyTable()).execute(args));
  }

  @Override
  public void run() {
    try {
      List<Line> read = new ArrayList<>();
      for (Map.Entry<String, String> line : lines.entrySet()) {
        read.add(Line.of(line.getKey(), line.getValue().split(",", -1)));
      }
      Files.writeString(Path.of(out + ".md"), table(read));
      plot(read);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * The runs of one setting.
   *
   * @param guarantee of the last one
   * @param noiseMultiplier of the last one
   * @param lastClipNorm of the last round of each run
   * @param accuracies by round, one for each run
   */
  private record Line(
      String name,
      String guarantee,
      double noiseMultiplier,
      List<Double> lastClipNorm,
      TreeMap<Integer, List<Double>> accuracies) {
    static Line of(String name, String... directories) throws IOException {
      TreeMap<Integer, List<Double>> accuracies = new TreeMap<>();
      List<Double> clipNorms = new ArrayList<>();
      JsonNode report = new ObjectMapper().createObjectNode();
      for (String directory : directories) {
        report = new ObjectMapper().readTree(Path.of(directory, "report.json").toFile());
        for (JsonNode round : report.path("rounds")) {
          JsonNode accuracy =
              round.path("notCoveredByGuarantee").path("evaluation").path("accuracy");
          if (accuracy.isNumber()) {
            accuracies
                .computeIfAbsent(round.path("round").asInt(), key -> new ArrayList<>())
                .add(100 * accuracy.asDouble());
          }
        }
        JsonNode last = report.path("rounds").path(report.path("rounds").size() - 1);
        clipNorms.add(last.path("released").path("clipNorms").path(0).asDouble());
      }
      return new Line(
          name,
          "ε = %.4g".formatted(report.path("guarantee").path("epsilon").asDouble()),
          report.path("plan").path("noiseMultiplier").asDouble(),
          clipNorms,
          accuracies);
    }

    private static double mean(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static double deviation(List<Double> values) {
      double mean = mean(values);
      double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
      return values.size() < 2 ? Double.NaN : Math.sqrt(squares / (values.size() - 1));
    }

    String row() {
      List<Double> last = accuracies.lastEntry().getValue();
      return "| %s | %s | %.4f | %s | %.2f | %.2f | %s |\n"
          .formatted(
              name,
              guarantee,
              noiseMultiplier,
              lastClipNorm.stream().map("%.3g"::formatted).collect(Collectors.joining(", ")),
              mean(last),
              deviation(last),
              last.stream().map("%.2f"::formatted).collect(Collectors.joining(", ")));
    }

    String path() {
      return "| %s | %s |\n"
          .formatted(
              name,
              accuracies.values().stream()
                  .map(values -> String.format(Locale.ROOT, "%.2f", mean(values)))
                  .collect(Collectors.joining(" | ")));
    }
  }

  private String table(List<Line> read) {
    StringBuilder page = new StringBuilder("# " + title + "\n\n" + how + "\n\n");
    page.append(
        "| runs | guarantee | noise multiplier | last clip norm | accuracy, % | deviation | of each seed |\n");
    page.append("| --- | --- | --- | --- | --- | --- | --- |\n");
    read.forEach(line -> page.append(line.row()));
    List<Integer> rounds = List.copyOf(read.get(0).accuracies.keySet());
    page.append("\nMean accuracy after so many rounds:\n\n| runs |");
    rounds.forEach(round -> page.append(" ").append(round).append(" |"));
    page.append("\n| --- |").append(" --- |".repeat(rounds.size())).append("\n");
    read.forEach(line -> page.append(line.path()));
    return page.append("\n![accuracy over rounds](%s.png)\n".formatted(out.getFileName()))
        .toString();
  }

  private void plot(List<Line> read) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(520)
            .title(title)
            .xAxisTitle("rounds")
            .yAxisTitle("held-out accuracy, %")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    for (Line line : read) {
      chart.addSeries(
          line.name,
          line.accuracies.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
          line.accuracies.values().stream().mapToDouble(Line::mean).toArray());
    }
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
    ImageIO.write(image, "png", Path.of(out + ".png").toFile());
  }
}
