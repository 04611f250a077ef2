package org.dpfed.bench.imaging;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Compares training on the patients of all hospitals with training at each of them alone: tables of
 * accuracy and area under the ROC curve on held-out images, and a plot of each.
 */
public final class HospitalTable implements Runnable {
  private static final List<String> METRICS = List.of("accuracy", "rocAuc");

  @Option(names = "--text", required = true, description = "What the page begins with.")
  private Path text = Path.of("");

  @Option(names = "--out", required = true, description = "Path without .md or .png.")
  private Path out = Path.of("");

  @Option(names = "--all", required = true, description = "Runs on all patients without privacy.")
  private String all = "";

  @Option(names = "--private", required = true, description = "EPSILON=RUNS on all patients.")
  private Map<String, String> privately = new LinkedHashMap<>();

  @Option(names = "--alone", required = true, description = "HOSPITAL=RUNS without privacy.")
  private Map<String, String> alone = new LinkedHashMap<>();

  @Option(
      names = "--alone-private",
      required = true,
      description = "HOSPITAL=RUNS with the last epsilon of --private.")
  private Map<String, String> alonePrivately = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new HospitalTable()).execute(args));
  }

  @Override
  public void run() {
    try {
      Runs open = Runs.read(all);
      Map<String, Runs> byEpsilon = read(privately);
      Map<String, Runs> openByHospital = read(alone);
      Map<String, Runs> privateByHospital = read(alonePrivately);
      Page page = new Page(open, byEpsilon, openByHospital, privateByHospital);
      Files.writeString(
          Path.of(out + ".md"),
          Files.readString(text)
              + page.together()
              + page.byHospital()
              + "\n![accuracy over ε](%1$s-epsilon.png)\n![accuracy at each hospital](%1$s-hospitals.png)\n"
                  .formatted(out.getFileName()));
      page.overEpsilon(Path.of(out + "-epsilon.png"));
      page.atHospitals(Path.of(out + "-hospitals.png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Runs> read(Map<String, String> directories) throws IOException {
    Map<String, Runs> runs = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : directories.entrySet()) {
      runs.put(each.getKey(), Runs.read(each.getValue()));
    }
    return runs;
  }

  /**
   * What was measured.
   *
   * @param open on all patients, without privacy
   * @param byEpsilon on all patients, from the smallest ε
   * @param openAt each hospital alone, without privacy
   * @param privateAt each hospital alone, with the largest ε
   */
  private record Page(
      Runs open,
      Map<String, Runs> byEpsilon,
      Map<String, Runs> openAt,
      Map<String, Runs> privateAt) {

    private String largest() {
      return List.copyOf(byEpsilon.keySet()).get(byEpsilon.size() - 1);
    }

    private static Results.Share at(Map<String, Runs> hospitals, String metric) {
      return Results.together(hospitals.values().stream().map(Runs::all).toList(), metric);
    }

    /** On all held-out images together. */
    String together() {
      StringBuilder table =
          new StringBuilder(
              "\n## On all %d held-out images\n\n| trained on | ε for one patient | accuracy, %% | AUC, %% |\n| --- | --- | --- | --- |\n"
                  .formatted(open.all().images()));
      table.append(row("all five hospitals", "no privacy", open.all()::share));
      Map<String, Runs> descending = new LinkedHashMap<>();
      byEpsilon.keySet().stream()
          .sorted(
              Collections.reverseOrder(java.util.Comparator.comparingDouble(Double::parseDouble)))
          .forEach(epsilon -> descending.put(epsilon, byEpsilon.get(epsilon)));
      descending.forEach(
          (epsilon, runs) -> table.append(row("all five hospitals", epsilon, runs.all()::share)));
      table.append(row("each hospital its own", "no privacy", metric -> at(openAt, metric)));
      table.append(row("each hospital its own", largest(), metric -> at(privateAt, metric)));
      return table.toString();
    }

    private static String row(
        String trained, String epsilon, Function<String, Results.Share> metrics) {
      return "| %s | %s | %s |\n"
          .formatted(
              trained,
              epsilon,
              METRICS.stream()
                  .map(metric -> metrics.apply(metric).toString())
                  .collect(Collectors.joining(" | ")));
    }

    /** On the held-out images of each hospital. */
    String byHospital() {
      StringBuilder tables = new StringBuilder();
      for (String metric : METRICS) {
        tables.append(
            "\n## %s at each hospital, %%\n\n| hospital | held-out images | its own patients, no privacy | its own, ε = %s | all five, ε = %s | all five, no privacy |\n| --- | --- | --- | --- | --- | --- |\n"
                .formatted(metric.equals("accuracy") ? "Accuracy" : "AUC", largest(), largest()));
        for (String hospital : openAt.keySet()) {
          Results own = openAt.get(hospital).all();
          tables.append(
              "| %s | %d | %s | %s | %s | %s |\n"
                  .formatted(
                      hospital,
                      own.images(),
                      own.share(metric),
                      privateAt.get(hospital).all().share(metric),
                      byEpsilon.get(largest()).of(hospital).share(metric),
                      open.of(hospital).share(metric)));
        }
      }
      return tables.toString();
    }

    void overEpsilon(Path file) throws IOException {
      CategoryChart chart =
          chart("Held-out accuracy over ε for one patient", "ε", CategorySeriesRenderStyle.Line);
      chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
      List<String> epsilons = List.copyOf(byEpsilon.keySet());
      chart.addSeries(
          "all five, private",
          epsilons,
          epsilons.stream().map(e -> byEpsilon.get(e).all().share("accuracy").mean()).toList(),
          epsilons.stream()
              .map(e -> byEpsilon.get(e).all().share("accuracy").deviation())
              .toList());
      level(chart, "all five, no privacy", open.all().share("accuracy").mean());
      level(chart, "each its own, no privacy", at(openAt, "accuracy").mean());
      level(chart, "each its own, ε = " + largest(), at(privateAt, "accuracy").mean());
      write(chart, file);
    }

    private void level(CategoryChart chart, String name, double value) {
      List<String> epsilons = List.copyOf(byEpsilon.keySet());
      chart.addSeries(name, epsilons, Collections.nCopies(epsilons.size(), value));
    }

    void atHospitals(Path file) throws IOException {
      CategoryChart chart =
          chart("Held-out accuracy at each hospital", "hospital", CategorySeriesRenderStyle.Bar);
      chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
      chart.getStyler().setYAxisMin(40.0);
      chart.getStyler().setYAxisMax(100.0);
      add(chart, "its own, no privacy", hospital -> openAt.get(hospital).all());
      add(chart, "its own, ε = " + largest(), hospital -> privateAt.get(hospital).all());
      add(chart, "all five, ε = " + largest(), byEpsilon.get(largest())::of);
      add(chart, "all five, no privacy", open::of);
      write(chart, file);
    }

    private void add(CategoryChart chart, String name, Function<String, Results> results) {
      List<String> hospitals = List.copyOf(openAt.keySet());
      chart.addSeries(
          name,
          hospitals,
          hospitals.stream().map(each -> results.apply(each).share("accuracy").mean()).toList(),
          hospitals.stream()
              .map(each -> results.apply(each).share("accuracy").deviation())
              .toList());
    }

    private static CategoryChart chart(
        String title, String across, CategorySeriesRenderStyle style) {
      CategoryChart chart =
          new CategoryChartBuilder()
              .width(900)
              .height(520)
              .title(title)
              .xAxisTitle(across)
              .yAxisTitle("accuracy, %")
              .build();
      chart.getStyler().setDefaultSeriesRenderStyle(style);
      chart.getStyler().setLegendLayout(org.knowm.xchart.style.Styler.LegendLayout.Horizontal);
      return chart;
    }

    private static void write(CategoryChart chart, Path file) throws IOException {
      BufferedImage image =
          new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
      chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
      ImageIO.write(image, "png", file.toFile());
    }
  }
}
