package org.dpfed.accounting.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.dpfed.accounting.Participation;

/** The golden values of correlated noise; the file's {@code conventions} say what they are. */
final class GoldenStrategies {
  /** What the file allows closed forms. */
  static final double CLOSED_FORM = 1e-9;

  /** What the file allows an optimised loss above the best known. */
  static final double OPTIMISED = 1e-6;

  private GoldenStrategies() {}

  static JsonNode section(String name) {
    try (InputStream stream = GoldenStrategies.class.getResourceAsStream("ftrl.json")) {
      JsonNode root = new ObjectMapper().readTree(Objects.requireNonNull(stream, "ftrl.json"));
      return Objects.requireNonNull(root.get(name), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Participation participation(JsonNode row) {
    return new Participation(row.get("n").asInt(), row.get("k").asInt(), row.get("b").asInt());
  }

  static Objective.Measure measure(String name) {
    return Objective.Measure.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static Objective prefix(Objective.Measure measure) {
    return new Objective(new Workload.Prefix(), measure);
  }

  static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(entry -> numbers.add(entry.asDouble()));
    return numbers;
  }

  /** Its optimum, with decays that rounded to 1 just below. */
  static BufferedLinearStrategy buffered(JsonNode row) {
    return new BufferedLinearStrategy(
        numbers(row.get("omega")),
        numbers(row.get("theta")).stream().map(decay -> Math.min(decay, 1 - 1e-15)).toList());
  }
}
