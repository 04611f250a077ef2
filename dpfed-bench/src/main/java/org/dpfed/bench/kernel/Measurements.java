package org.dpfed.bench.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one run measured, and on what.
 *
 * @param rows the times
 * @param circumstances commit, machine, JVM, flags and versions
 */
record Measurements(List<Row> rows, ObjectNode circumstances) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  Measurements {
    rows = List.copyOf(rows);
  }

  /** What was timed. */
  enum Family {
    CLIP,
    NOISE,
    ROUND
  }

  /**
   * One measured time.
   *
   * @param who the contestant, as the table heads it
   * @param clients 1 where there is no cohort
   */
  record Row(
      Family family, String who, int dimension, int clients, int threads, double microseconds) {}

  /**
   * Reads the run's raw files.
   *
   * @param folder holds JMH's files
   * @param torch the PyTorch script's file; may be missing
   */
  static Measurements read(Path folder, Path torch, String commit) throws IOException {
    ArrayNode jmh = JSON.createArrayNode();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "kernels-jmh-*.json")) {
      for (Path file : files) {
        JSON.readTree(file.toFile()).forEach(jmh::add);
      }
    }
    List<Row> rows = new ArrayList<>();
    jmh.forEach(node -> rows.add(row(node)));
    ObjectNode circumstances = circumstances(jmh.get(0), commit);
    if (Files.exists(torch)) {
      JsonNode peer = JSON.readTree(torch.toFile());
      circumstances.set("pytorch", peer.get("torch"));
      peer.get("rows").forEach(node -> rows.add(row(node)));
    }
    return new Measurements(rows, circumstances);
  }

  /** Writes everything to one file. */
  void write(Path file) throws IOException {
    ObjectNode kept = circumstances.deepCopy();
    rows.forEach(row -> kept.withArray("rows").addPOJO(row));
    JSON.writeValue(file.toFile(), kept);
  }

  /** Microseconds for one client, when that was measured. */
  OptionalDouble time(Family family, String who, int dimension, int clients, int threads) {
    return rows.stream()
        .filter(row -> row.family == family && row.who.equals(who))
        .filter(row -> row.dimension == dimension && row.clients == clients)
        .filter(row -> row.threads == threads)
        .mapToDouble(row -> row.microseconds / row.clients)
        .findFirst();
  }

  private static ObjectNode circumstances(JsonNode first, String commit) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    node.put("commit", commit);
    node.put("machine", machine());
    node.put("jvm", first.path("vmName").asText() + " " + first.path("vmVersion").asText());
    node.set("flags", first.path("jvmArgs"));
    node.put("jmh", first.path("jmhVersion").asText());
    node.put("nd4j", System.getProperty("nd4j.version", "unknown"));
    return node;
  }

  private static String machine() throws IOException {
    String model = System.getProperty("os.arch");
    Path cpuinfo = Path.of("/proc/cpuinfo");
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
    return Runtime.getRuntime().availableProcessors() + " cores, " + model;
  }

  private static Row row(JsonNode node) {
    String name = node.get("benchmark").asText();
    JsonNode params = node.path("params");
    String method = name.substring(name.lastIndexOf('.') + 1);
    Family family =
        name.contains("RoundBench")
            ? Family.ROUND
            : name.contains("Noise") || method.equals("noise") ? Family.NOISE : Family.CLIP;
    String who =
        switch (method) {
          case "kernel" -> params.get("kernel").asText();
          case "integers", "floats" -> method;
          case "nd4jOperations" -> "ND4J operations";
          case "copy" -> "copy";
          default -> "PyTorch";
        };
    return new Row(
        family,
        who,
        params.get("dimension").asInt(),
        params.path("clients").asInt(1),
        params.path("threads").asInt(1),
        node.path("primaryMetric").get("score").asDouble());
  }
}
