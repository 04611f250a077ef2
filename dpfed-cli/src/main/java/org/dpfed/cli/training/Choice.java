package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;

/**
 * A condition on another setting that decides whether a setting is accepted or required.
 *
 * @param key of the other setting
 * @param values of which it has one, as text; empty where it only has to be set
 * @param isNegated whether the condition is that it has none of them
 */
record Choice(String key, List<String> values, boolean isNegated) {
  static Choice of(String key, String... values) {
    return new Choice(key, List.of(values), false);
  }

  static Choice not(String key, String... values) {
    return new Choice(key, List.of(values), true);
  }

  /** Whether {@code other}, the value of the other setting, meets this. */
  boolean holds(Optional<JsonNode> other) {
    boolean matches = other.filter(value -> values.isEmpty() || isOneOf(value)).isPresent();
    return matches != isNegated;
  }

  private boolean isOneOf(JsonNode value) {
    Kind kind = Settings.named(key).kind();
    return values.stream()
        .map(TextNode::valueOf)
        .anyMatch(text -> kind.read(text).filter(value::equals).isPresent());
  }

  /** When a setting is taken that depends on this, such as {@code only with data.set csv}. */
  String taken() {
    return (isNegated ? "not with " : "only with ") + key + names();
  }

  /** When a setting is needed that depends on this, such as {@code with data.set csv}. */
  String needed() {
    return (isNegated ? "without " : "with ") + key + names();
  }

  private String names() {
    return values.isEmpty()
        ? ""
        : " " + String.join(", ", values).replaceFirst(", (?=[^,]*$)", " or ");
  }
}
