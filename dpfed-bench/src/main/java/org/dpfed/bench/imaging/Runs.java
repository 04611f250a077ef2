package org.dpfed.bench.imaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs of {@code dpfed train} with the same settings, one for each seed, and their results on
 * held-out images.
 *
 * @param reports of the runs, as JSON
 */
record Runs(List<JsonNode> reports) {
  /** Directories with commas between. */
  static Runs read(String directories) throws IOException {
    List<JsonNode> reports = new ArrayList<>();
    for (String directory : directories.split(",", -1)) {
      reports.add(new ObjectMapper().readTree(Path.of(directory, "report.json").toFile()));
    }
    return new Runs(reports);
  }

  /** Of the guarantee; infinite without privacy. */
  double epsilon() {
    JsonNode epsilon = reports.get(0).at("/guarantee/epsilon");
    return epsilon.isNumber() ? epsilon.asDouble() : Double.POSITIVE_INFINITY;
  }

  /** Expected in a round. */
  long cohort() {
    return Math.round(reports.get(0).at("/plan/expectedCohortSize").asDouble());
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
