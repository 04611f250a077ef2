package org.dpfed.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;

/**
 * The report in the directory of a run.
 *
 * @param directory of the run
 * @param report as in {@value #FILE}
 */
record StoredReport(Path directory, JsonNode report) {
  static final String FILE = "report.json";

  /**
   * Reads it.
   *
   * @throws UsageException when there is none, or the file is something else
   */
  static StoredReport in(Path directory) {
    Path file = directory.resolve(FILE);
    if (Files.isRegularFile(directory.resolve("results.csv"))) {
      throw new UsageException(
          "%s is a sweep, which has no report; see its summary.md, or give runs of it, such as %s"
              .formatted(directory, directory.resolve("runs").resolve("001")));
    }
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "%s has no %s; give the directory of a run that has been evaluated or has ended, such as runs/wdbc"
              .formatted(directory, FILE));
    }
    try {
      JsonNode report = new ObjectMapper().readTree(file.toFile());
      if (report.path("guarantee").isObject()
          && report.path("rounds").isArray()
          && isFinite(report)
          && isConsistent(report)) {
        return new StoredReport(directory, report);
      }
      throw new UsageException(notAReport(file));
    } catch (JsonProcessingException e) {
      throw new UsageException(notAReport(file), e);
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(file, Causes.words(e)), e);
    }
  }

  /** Whether what it says of privacy can be true: a file can be edited. */
  private static boolean isConsistent(JsonNode report) {
    JsonNode guarantee = report.path("guarantee");
    boolean isPrivate = guarantee.path("isPrivate").asBoolean();
    double delta = guarantee.path("delta").asDouble();
    boolean isBound =
        guarantee.path("epsilon").isNumber()
            && guarantee.path("epsilon").asDouble() >= 0
            && guarantee.path("delta").isNumber()
            && delta > 0
            && delta < 1
            && report.path("isSecure").asBoolean()
            && report.at("/plan/noiseMultiplier").asDouble() > 0;
    return guarantee.path("isPrivate").isBoolean() && (!isPrivate || isBound);
  }

  /** Whether every number in it is, as in all that dpfed writes. */
  private static boolean isFinite(JsonNode node) {
    for (JsonNode child : node) {
      if (!isFinite(child)) {
        return false;
      }
    }
    return !node.isNumber() || Double.isFinite(node.doubleValue());
  }

  /**
   * A page about it.
   *
   * @param maker of the page
   * @throws UsageException when the report lacks what the page shows, or holds something else there
   */
  String page(Function<StoredReport, String> maker) {
    try {
      return maker.apply(this);
    } catch (RuntimeException e) {
      throw new UsageException(notAReport(directory.resolve(FILE)), e);
    }
  }

  private static String notAReport(Path file) {
    return file + ": expected a report that dpfed wrote, found a damaged or other file";
  }

  /** What tells it from other runs: the name of its directory. */
  String label() {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? directory.toString() : name.toString();
  }
}
