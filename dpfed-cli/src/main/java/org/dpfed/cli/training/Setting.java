package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;

/**
 * One thing that can be set, in a file by its key and on the command line by its flag.
 *
 * @param key dotted path in the file, such as {@code privacy.clipNorm}
 * @param flag on the command line, such as {@code --clip-norm}
 * @param kind what values it takes
 * @param fallback the value where none is given, as YAML; empty for none
 * @param description for the help
 */
record Setting(String key, String flag, Kind kind, String fallback, String description) {

  /** What values a setting takes, in words and as a test. */
  interface Kind {
    /** Such as {@code an integer of at least 1}. */
    String bound();

    boolean accepts(JsonNode value);
  }

  static Kind integer(long least) {
    return kind(
        "an integer of at least " + least,
        value -> value.isIntegralNumber() && value.canConvertToInt() && value.asLong() >= least);
  }

  static Kind anyInteger() {
    return kind("an integer", value -> value.isIntegralNumber() && value.canConvertToLong());
  }

  static Kind positive() {
    return kind(
        "a positive number",
        value -> value.isNumber() && value.asDouble() > 0 && Double.isFinite(value.asDouble()));
  }

  static Kind atLeastZero() {
    return kind(
        "a number of at least 0",
        value -> value.isNumber() && value.asDouble() >= 0 && Double.isFinite(value.asDouble()));
  }

  /** A number in [0, 1), or (0, 1) when {@code open}. */
  static Kind fraction(boolean open) {
    return kind(
        open ? "a number in (0, 1)" : "a number in [0, 1)",
        value ->
            value.isNumber()
                && value.asDouble() < 1
                && (open ? value.asDouble() > 0 : value.asDouble() >= 0));
  }

  static Kind text() {
    return kind("text", value -> value.isValueNode() && !value.asText().isBlank());
  }

  static Kind oneOf(String... names) {
    return kind(
        "one of " + String.join(", ", names),
        value -> value.isTextual() && List.of(names).contains(value.asText()));
  }

  static Kind yesNo() {
    return kind("true or false", JsonNode::isBoolean);
  }

  static Kind list() {
    return kind("a list, such as [a, b]", value -> value.isArray() && !value.isEmpty());
  }

  static Kind map(String example) {
    return kind("a map, such as " + example, value -> value.isObject() && !value.isEmpty());
  }

  private static Kind kind(String bound, Predicate<JsonNode> test) {
    return new Kind() {
      @Override
      public String bound() {
        return bound;
      }

      @Override
      public boolean accepts(JsonNode value) {
        return test.test(value);
      }
    };
  }
}
