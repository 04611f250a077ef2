package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Numbers, lists and maps in raw text; empty where the text is none of that form. */
final class RawValues {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RawValues() {}

  static Optional<JsonNode> range(JsonNode raw) {
    return list(raw, item -> scalar(item, text -> decimal(text).map(value -> value)))
        .filter(pair -> pair.size() == 2 && pair.get(0).asDouble() < pair.get(1).asDouble());
  }

  static Optional<JsonNode> scalar(JsonNode raw, Function<String, Optional<JsonNode>> reader) {
    return raw.isTextual() ? reader.apply(raw.asText()) : Optional.empty();
  }

  static Optional<JsonNode> anyText(JsonNode raw) {
    return raw.isTextual() ? Optional.of(raw) : Optional.empty();
  }

  static Optional<Long> whole(String text, long least, long most) {
    if (!INTEGER.matcher(text).matches()) {
      return Optional.empty();
    }
    BigInteger value = new BigInteger(text);
    return Optional.of(value)
        .filter(number -> number.bitLength() < Long.SIZE)
        .map(BigInteger::longValue)
        .filter(number -> number >= least && number <= most);
  }

  /** A number that passes a test. */
  static Optional<JsonNode> number(String text, DoublePredicate test) {
    return decimal(text).filter(value -> test.test(value.doubleValue())).map(value -> value);
  }

  private static Optional<DoubleNode> decimal(String text) {
    return NUMBER.matcher(text).matches()
        ? Optional.of(Double.parseDouble(text) + 0.0) // + 0.0: -0 is 0
            .filter(Double::isFinite)
            .map(DoubleNode::valueOf)
        : Optional.empty();
  }

  static Optional<JsonNode> list(JsonNode raw, Function<JsonNode, Optional<JsonNode>> item) {
    ArrayNode list = NODES.arrayNode();
    for (JsonNode element : raw) {
      item.apply(element).ifPresent(list::add);
    }
    boolean isWhole = raw.isArray() && !raw.isEmpty() && list.size() == raw.size();
    return isWhole ? Optional.of(list) : Optional.empty();
  }

  static Optional<JsonNode> map(JsonNode raw, Function<JsonNode, Optional<JsonNode>> entry) {
    ObjectNode map = NODES.objectNode();
    for (Map.Entry<String, JsonNode> element : raw.properties()) {
      entry.apply(element.getValue()).ifPresent(value -> map.set(element.getKey(), value));
    }
    boolean isWhole = raw.isObject() && !raw.isEmpty() && map.size() == raw.size();
    return isWhole ? Optional.of(map) : Optional.empty();
  }
}
