package org.dpfed.bench.kernel;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.dpfed.bench.kernel.Measurements.Family;
import org.dpfed.bench.kernel.Measurements.Row;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * Makes of one run's raw results the file that is kept, the Markdown that a page shows between two
 * marks, and the plot over d.
 */
final class KernelTable {
  private static final String BEGIN = "<!-- kernels: begin, written by benchmarks/kernels.sh -->";
  private static final String END = "<!-- kernels: end -->";
  private static final String OURS = "vector";

  /**
   * One of the goals: a quotient of two contestants' times and where it should lie.
   *
   * @param above over the line
   * @param below under the line
   * @param isAtLeast whether the bound is a least value, otherwise a greatest
   */
  private record Goal(Family family, String above, String below, boolean isAtLeast, double bound) {
    boolean isMet(double ratio) {
      return isAtLeast ? ratio >= bound : ratio <= bound;
    }

    String head() {
      return above + " ÷ " + below;
    }

    String cell(OptionalDouble ratio) {
      return ratio.isEmpty()
          ? ""
          : String.format(
              Locale.ROOT, isMet(ratio.getAsDouble()) ? "%.2f" : "**%.2f**", ratio.getAsDouble());
    }
  }

  private static final List<Goal> GOALS =
      List.of(
          new Goal(Family.CLIP, "ND4J operations", OURS, true, 5),
          new Goal(Family.CLIP, OURS, "PyTorch", false, 1),
          new Goal(Family.CLIP, OURS, "copy", false, 1.3),
          new Goal(Family.NOISE, OURS, "PyTorch", false, 1));

  /** One line of a table: a setting in which contestants met. */
  private record Setting(int threads, int dimension, int clients) {}

  private final Measurements measured;

  private KernelTable(Measurements measured) {
    this.measured = measured;
  }

  /**
   * Renders one run.
   *
   * @param args the folder of JMH's files, the PyTorch file (may be missing), the folder to write
   *     to, the page to rewrite, the commit
   */
  public static void main(String[] args) throws IOException {
    Measurements measured = Measurements.read(Path.of(args[0]), Path.of(args[1]), args[4]);
    Path folder = Path.of(args[2]);
    Files.createDirectories(folder);
    measured.write(folder.resolve("kernels.json"));
    KernelTable table = new KernelTable(measured);
    table.plot(folder.resolve("kernels.png"));
    String markdown = table.markdown();
    Files.writeString(folder.resolve("kernels.md"), markdown);
    rewrite(Path.of(args[3]), markdown);
    System.out.println(markdown);
  }

  private static void rewrite(Path page, String markdown) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(page + " lacks the marks between which the table goes");
    }
    Files.writeString(
        page, text.substring(0, begin + BEGIN.length()) + "\n" + markdown + text.substring(end));
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("Commit ").append(fact("commit"), 0, 10).append("; ").append(fact("machine"));
    text.append("; ").append(fact("jvm")).append("; ND4J ").append(fact("nd4j"));
    text.append("; PyTorch ").append(fact("pytorch")).append(".\n\n");
    text.append("| quotient of times | goal | met in | worst | median | best |\n");
    text.append("| --- | --- | --- | ---: | ---: | ---: |\n");
    GOALS.forEach(goal -> text.append(summary(goal)));
    text.append(
        "\nClip path (delta, norm, scale, add), microseconds for one client; a goal that is");
    text.append(" missed is in bold:\n\n");
    table(text, Family.CLIP, List.of(OURS, "nd4j", "ND4J operations", "PyTorch", "copy"));
    text.append("\nNoise and division of the sum, microseconds:\n\n");
    table(text, Family.NOISE, List.of(OURS, "nd4j", "ND4J operations", "PyTorch"));
    text.append("\nThe server's part of a round of 16 clients (norms, clipping, sum, release), ");
    text.append("microseconds:\n\n");
    table(text, Family.ROUND, List.of("floats", "integers"));
    return text.toString();
  }

  private String fact(String name) {
    return measured.circumstances().path(name).asText("not measured");
  }

  private String summary(Goal goal) {
    List<Double> ratios =
        settings(goal.family).stream()
            .map(setting -> ratio(goal, setting))
            .filter(OptionalDouble::isPresent)
            .map(OptionalDouble::getAsDouble)
            .sorted(goal.isAtLeast ? Comparator.naturalOrder() : Comparator.reverseOrder())
            .toList();
    if (ratios.isEmpty()) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "| %s, %s | %s %.1f | %d of %d | %.2f | %.2f | %.2f |%n",
        goal.family == Family.CLIP ? "clip path" : "noise",
        goal.head(),
        goal.isAtLeast ? "≥" : "≤",
        goal.bound,
        ratios.stream().filter(goal::isMet).count(),
        ratios.size(),
        ratios.get(0),
        ratios.get(ratios.size() / 2),
        ratios.get(ratios.size() - 1));
  }

  private List<Setting> settings(Family family) {
    return measured.rows().stream()
        .filter(row -> row.family() == family && !row.who().equals("PyTorch"))
        .map(row -> new Setting(row.threads(), row.dimension(), row.clients()))
        .distinct()
        .sorted(
            Comparator.comparingInt(Setting::threads)
                .thenComparingInt(Setting::dimension)
                .thenComparingInt(Setting::clients))
        .toList();
  }

  private OptionalDouble ratio(Goal goal, Setting setting) {
    OptionalDouble above = time(goal.family, goal.above, setting);
    OptionalDouble below = time(goal.family, goal.below, setting);
    return above.isPresent() && below.isPresent()
        ? OptionalDouble.of(above.getAsDouble() / below.getAsDouble())
        : OptionalDouble.empty();
  }

  private OptionalDouble time(Family family, String who, Setting setting) {
    return measured.time(family, who, setting.dimension, setting.clients, setting.threads);
  }

  private void table(StringBuilder text, Family family, List<String> contestants) {
    List<Goal> goals = GOALS.stream().filter(goal -> goal.family == family).toList();
    boolean hasCohorts = family == Family.CLIP;
    List<String> head = new ArrayList<>(List.of("threads", "d"));
    if (hasCohorts) {
      head.add("clients");
    }
    head.addAll(contestants);
    goals.forEach(goal -> head.add(goal.head()));
    text.append("| ").append(String.join(" | ", head)).append(" |\n|");
    text.append(" ---: |".repeat(head.size())).append('\n');
    for (Setting setting : settings(family)) {
      List<String> cells = new ArrayList<>();
      cells.add(Integer.toString(setting.threads));
      cells.add(String.format(Locale.ROOT, "%,d", setting.dimension));
      if (hasCohorts) {
        cells.add(Integer.toString(setting.clients));
      }
      contestants.forEach(who -> cells.add(number(time(family, who, setting))));
      goals.forEach(goal -> cells.add(goal.cell(ratio(goal, setting))));
      text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
  }

  private static String number(OptionalDouble time) {
    if (time.isEmpty()) {
      return "";
    }
    double value = time.getAsDouble();
    return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
  }

  private void plot(Path file) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(960)
            .height(600)
            .title("Clip path for one client, one thread")
            .xAxisTitle("parameters")
            .yAxisTitle("nanoseconds for one parameter")
            .build();
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    for (String who : List.of("ND4J operations", "PyTorch", "nd4j", OURS, "copy")) {
      addSeries(chart, who);
    }
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
    ImageIO.write(image, "png", file.toFile());
  }

  private void addSeries(XYChart chart, String who) {
    List<Row> points =
        measured.rows().stream()
            .filter(row -> row.family() == Family.CLIP && row.who().equals(who))
            .filter(row -> row.clients() == 1 && row.threads() == 1)
            .sorted(Comparator.comparingInt(Row::dimension))
            .toList();
    if (!points.isEmpty()) {
      chart
          .addSeries(
              who.equals("copy") ? "roofline: a copy of as many bytes" : who,
              points.stream().map(Row::dimension).collect(Collectors.toList()),
              points.stream()
                  .map(row -> 1000 * row.microseconds() / row.dimension())
                  .collect(Collectors.toList()))
          .setLineWidth(who.equals("copy") ? 5 : 2);
    }
  }
}
