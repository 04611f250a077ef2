package org.dpfed.bench.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/**
 * Makes of one run's raw results the file that is kept, the Markdown table and the plot over d.
 *
 * <p>Arguments: the folder of JMH's JSON files, the PyTorch script's JSON (may be missing), the
 * folder to write to, the commit.
 */
public final class KernelTable {
  private static final String CLIP = "ClipBench";
  private static final String NOISE = "NoiseBench";
  private static final String MODE = "ReleaseModeBench";

  private final List<Row> rows;

  private KernelTable(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  /**
   * One measured time.
   *
   * @param what the series, as the table heads it
   * @param clients 0 where there is no cohort
   */
  private record Row(String family, String what, int dimension, int clients, double micros) {}

  public static void main(String[] args) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ArrayNode jmh = json.createArrayNode();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of(args[0]), "kernels-jmh-*.json")) {
      for (Path file : files) {
        json.readTree(file.toFile()).forEach(jmh::add);
      }
    }
    Path peer = Path.of(args[1]);
    ObjectNode kept = describe(json, jmh, args[3]);
    List<Row> rows = new ArrayList<>();
    jmh.forEach(node -> rows.add(ofJmh(node)));
    if (Files.exists(peer)) {
      JsonNode torch = json.readTree(peer.toFile());
      kept.set("torch", torch.get("torch"));
      torch.get("rows").forEach(node -> rows.add(ofTorch(node)));
    }
    rows.forEach(row -> kept.withArray("rows").addPOJO(row));
    Path folder = Path.of(args[2]);
    Files.createDirectories(folder);
    json.writeValue(folder.resolve("kernels.json").toFile(), kept);
    KernelTable table = new KernelTable(rows);
    String markdown = table.markdown(kept);
    Files.writeString(folder.resolve("kernels.md"), markdown);
    table.plot(folder.resolve("kernels.png"));
    System.out.println(markdown);
  }

  private static ObjectNode describe(ObjectMapper json, JsonNode jmh, String commit)
      throws IOException {
    ObjectNode kept = json.createObjectNode();
    kept.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    kept.put("commit", commit);
    kept.put("machine", machine());
    JsonNode first = jmh.get(0);
    kept.put("jvm", first.path("vmName").asText() + " " + first.path("vmVersion").asText());
    kept.set("flags", first.path("jvmArgs"));
    kept.put("forks", first.path("forks").asInt());
    return kept;
  }

  private static String machine() throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    Path cpuinfo = Path.of("/proc/cpuinfo");
    String model = System.getProperty("os.arch");
    if (Files.isReadable(cpuinfo)) {
      try (Stream<String> lines = Files.lines(cpuinfo)) {
        List<String> facts =
            lines
                .filter(line -> line.matches("(cpu family|model|model name)\\s.*"))
                .limit(3)
                .map(line -> line.replaceAll("\\s*:\\s*", " "))
                .toList();
        model = String.join(", ", facts);
      }
    }
    return cores + " cores, " + model;
  }

  private static Row ofJmh(JsonNode node) {
    String name = node.get("benchmark").asText();
    JsonNode params = node.path("params");
    String what = name.substring(name.lastIndexOf('.') + 1);
    if (what.equals("kernel")) {
      what = params.get("kernel").asText().replace("-2", " ×2");
    }
    if (name.contains(MODE)) {
      return row(MODE, params.get("mode").asText(), params, node);
    }
    return row(name.contains(CLIP) ? CLIP : NOISE, what, params, node);
  }

  private static Row ofTorch(JsonNode node) {
    JsonNode params = node.get("params");
    String family = node.get("benchmark").asText().equals("torch.clip") ? CLIP : NOISE;
    return row(family, "PyTorch", params, node);
  }

  private static Row row(String family, String what, JsonNode params, JsonNode node) {
    return new Row(
        family,
        what,
        params.get("dimension").asInt(),
        params.path("clients").asInt(0),
        node.path("primaryMetric").get("score").asDouble());
  }

  private String markdown(ObjectNode kept) {
    StringBuilder text = new StringBuilder();
    text.append("Commit ").append(kept.get("commit").asText(), 0, 10);
    text.append("; ").append(kept.get("machine").asText());
    text.append("; ").append(kept.get("jvm").asText()).append(".\n\n");
    text.append("Clip path (delta, norm, scale, add), microseconds for one client:\n\n");
    table(text, CLIP);
    text.append("\nNoise and division of the sum, microseconds:\n\n");
    table(text, NOISE);
    text.append("\nA round of 16 clients, norms, clipping, sum and release, microseconds:\n\n");
    table(text, MODE);
    return text.toString();
  }

  private void table(StringBuilder text, String family) {
    TreeSet<String> columns = new TreeSet<>();
    TreeSet<Integer> clients = new TreeSet<>();
    TreeSet<Integer> dimensions = new TreeSet<>();
    for (Row row : rows) {
      if (row.family.equals(family)) {
        columns.add(row.what);
        clients.add(row.clients);
        dimensions.add(row.dimension);
      }
    }
    text.append("| d | clients |");
    columns.forEach(column -> text.append(' ').append(column).append(" |"));
    text.append("\n| ---: | ---: |").append(" ---: |".repeat(columns.size())).append('\n');
    for (int dimension : dimensions) {
      for (int count : clients) {
        text.append("| ").append(String.format(Locale.ROOT, "%,d", dimension));
        text.append(" | ").append(count == 0 ? "" : count).append(" |");
        for (String column : columns) {
          text.append(' ').append(cell(find(family, column, dimension, count))).append(" |");
        }
        text.append('\n');
      }
    }
  }

  private static String cell(Optional<Row> row) {
    return row.map(r -> String.format(Locale.ROOT, "%.1f", r.micros / Math.max(1, r.clients)))
        .orElse("");
  }

  private Optional<Row> find(String family, String what, int dimension, int clients) {
    return rows.stream()
        .filter(r -> r.family.equals(family) && r.what.equals(what))
        .filter(r -> r.dimension == dimension && r.clients == clients)
        .findFirst();
  }

  private void plot(Path file) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(560)
            .title("Clip path for one client")
            .xAxisTitle("parameters")
            .yAxisTitle("microseconds")
            .build();
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    rows.stream()
        .filter(r -> r.family.equals(CLIP) && r.clients == 1)
        .map(Row::what)
        .distinct()
        .sorted()
        .forEach(what -> addSeries(chart, what));
    BufferedImage image =
        new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    chart.paint(image.createGraphics(), chart.getWidth(), chart.getHeight());
    ImageIO.write(image, "png", file.toFile());
  }

  private void addSeries(XYChart chart, String what) {
    List<Row> points =
        rows.stream()
            .filter(r -> r.family.equals(CLIP) && r.clients == 1 && r.what.equals(what))
            .sorted((a, b) -> Integer.compare(a.dimension, b.dimension))
            .toList();
    XYSeries series =
        chart.addSeries(
            what,
            points.stream().mapToDouble(Row::dimension).toArray(),
            points.stream().mapToDouble(Row::micros).toArray());
    if (what.equals("roofline")) {
      series.setLineWidth(4);
    }
  }
}
