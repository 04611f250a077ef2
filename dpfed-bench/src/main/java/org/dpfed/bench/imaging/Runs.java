package org.dpfed.bench.imaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs of {@code dpfed train} with the same settings, one for each seed, and their results on
 * held-out images.
 *
 * @param reports of the runs, as JSON
 */
record Runs(List<JsonNode> reports) {
  /**
   * The runs of a sweep, by their epsilon from the smallest; those without privacy have 0.
   *
   * @param sweep directory that {@code dpfed sweep} has written
   */
  static SortedMap<Double, Runs> byEpsilon(Path sweep) throws IOException {
    SortedMap<Double, Runs> byEpsilon = new TreeMap<>();
    try (Stream<Path> runs = Files.list(sweep.resolve("runs"))) {
      for (Path run : runs.sorted().toList()) {
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        byEpsilon
            .computeIfAbsent(
                report.at("/configuration/privacy/epsilon").asDouble(),
                epsilon -> new Runs(new ArrayList<>()))
            .reports
            .add(report);
      }
    }
    return byEpsilon;
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
