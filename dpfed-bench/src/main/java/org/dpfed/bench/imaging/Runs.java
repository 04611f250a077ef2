package org.dpfed.bench.imaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs of {@code dpfed train} with the same settings, one for each seed, and their results on
 * held-out images.
 *
 * @param epsilon for one patient; 0 stands for no privacy
 * @param reports of the runs, as JSON
 */
record Runs(double epsilon, List<JsonNode> reports) {
  /**
   * The runs of a sweep, from the smallest epsilon.
   *
   * @param sweep directory that {@code dpfed sweep} has written
   */
  static List<Runs> of(Path sweep) throws IOException {
    SortedMap<Double, List<JsonNode>> byEpsilon = new TreeMap<>();
    try (Stream<Path> runs = Files.list(sweep.resolve("runs"))) {
      for (Path run : runs.sorted().toList()) {
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        byEpsilon
            .computeIfAbsent(
                report.at("/configuration/privacy/epsilon").asDouble(), key -> new ArrayList<>())
            .add(report);
      }
    }
    return byEpsilon.entrySet().stream()
        .map(each -> new Runs(each.getKey(), each.getValue()))
        .toList();
  }

  /** Those with the largest epsilon. */
  static Runs last(List<Runs> runs) {
    return runs.get(runs.size() - 1);
  }

  /** The epsilon as it was asked for. */
  String shownEpsilon() {
    return epsilon == 0 ? "none: no privacy" : new DecimalFormat("0.####").format(epsilon);
  }

  /** Results on all held-out images. */
  Results all() {
    return new Results(
        reports.stream().map(report -> report.at("/notCoveredByGuarantee/evaluation")).toList());
  }

  /**
   * Results on the held-out images of one hospital.
   *
   * @throws IllegalArgumentException when a run has none
   */
  Results of(String hospital) {
    return new Results(
        reports.stream()
            .map(
                report -> {
                  for (JsonNode site : report.at("/notCoveredByGuarantee/sites")) {
                    if (site.path("site").asText().equals(hospital)) {
                      return site.path("evaluation");
                    }
                  }
                  throw new IllegalArgumentException("no results of hospital " + hospital);
                })
            .toList());
  }
}
