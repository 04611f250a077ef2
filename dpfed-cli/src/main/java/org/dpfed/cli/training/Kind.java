package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The values that a setting accepts. Files and flags provide text, or lists and maps of text; only
 * the kind decides what is a number or a switch, so {@code 008} remains {@code 008} for a text
 * setting.
 *
 * @param shape how a value is written
 * @param bound in words, such as {@code an integer from 1 to 9}
 * @param example a value, as YAML
 * @param reader the value that a text, list or map stands for; empty when it is of another kind
 */
record Kind(
    Shape shape, String bound, String example, Function<JsonNode, Optional<JsonNode>> reader) {

  /** How a value is written. */
  enum Shape {
    /** {@code true} or {@code false}; a flag alone is {@code true}. */
    SWITCH,
    /** A number or text. */
    SCALAR,
    /** One of a few names. */
    NAME,
    /** A path: in a file relative to that file, in a flag relative to the working directory. */
    PATH,
    /** A list of such paths, in a flag written as YAML. */
    PATHS,
    /** A list or a map, in a flag written as YAML. */
    COLLECTION;

    /** Whether a flag gives it as YAML. */
    boolean isYaml() {
      return this == PATHS || this == COLLECTION;
    }
  }

  /** The value that {@code raw} stands for; empty when it is none of this kind. */
  Optional<JsonNode> read(JsonNode raw) {
    return reader.apply(raw);
  }

  static Kind integer(int least) {
    return integer(least, Integer.MAX_VALUE);
  }

  static Kind integer(int least, int most) {
    return integers("an integer from %d to %d".formatted(least, most), least, most);
  }

  static Kind anyInteger() {
    return integers("an integer of 64 bits", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static Kind integers(String bound, long least, long most) {
    return scalar(
        bound,
        Long.toString(Math.max(least, 1)),
        text -> RawValues.whole(text, least, most).map(LongNode::valueOf));
  }

  static Kind positive() {
    return number("a positive number", "0.5", value -> value > 0);
  }

  /** A number in (0, most]. */
  static Kind upTo(double most) {
    String bound = BigDecimal.valueOf(most).stripTrailingZeros().toPlainString();
    return number("a positive number up to " + bound, bound, value -> value > 0 && value <= most);
  }

  static Kind atLeastZero() {
    return number("a number of at least 0", "0.5", value -> value >= 0);
  }

  static Kind atLeastOne() {
    return number("a number of at least 1", "2", value -> value >= 1);
  }

  /** A number in [0, 1]. */
  static Kind quantile() {
    return number("a number from 0 to 1", "0.5", value -> value >= 0 && value <= 1);
  }

  /** A number in [0, 1), or (0, 1) when {@code open}. */
  static Kind fraction(boolean open) {
    return number(
        open ? "a number in (0, 1)" : "a number in [0, 1)",
        "0.5",
        value -> value < 1 && (open ? value > 0 : value >= 0));
  }

  private static Kind number(String bound, String example, DoublePredicate test) {
    return scalar(bound, example, text -> RawValues.number(text, test));
  }

  static Kind text() {
    return text("text", "x", text -> !text.isBlank());
  }

  static Kind oneOf(String... names) {
    List<String> known = List.of(names);
    return new Kind(
        Shape.NAME,
        "one of " + String.join(", ", names),
        names[0],
        raw ->
            raw.isTextual() && known.contains(raw.asText()) ? Optional.of(raw) : Optional.empty());
  }

  /** A name that makes a directory beside the others and nowhere else, on every system. */
  static Kind directoryName() {
    return text(
        "a name of at most %d bytes without / \\ : * ? \" < > | or control characters, not ending in a dot or space"
            .formatted(DirectoryName.LONGEST_BYTES),
        "x",
        DirectoryName::isOne);
  }

  private static Kind text(String bound, String example, Predicate<String> test) {
    return scalar(
        bound,
        example,
        text -> Optional.of(text).filter(test).map(JsonNodeFactory.instance::textNode));
  }

  /** A file or directory. */
  static Kind path() {
    return new Kind(
        Shape.PATH,
        "a path",
        "x",
        raw -> raw.isTextual() && isPath(raw.asText()) ? Optional.of(raw) : Optional.empty());
  }

  private static boolean isPath(String text) {
    try {
      return !text.isBlank() && !Path.of(text).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Files, one or more. */
  static Kind paths() {
    return new Kind(
        Shape.PATHS,
        "a list of paths, such as [a.csv, b.csv]",
        "[a.csv, b.csv]",
        raw -> RawValues.list(raw, item -> path().read(item)));
  }

  /** One character, or one of a few names for characters. */
  static Kind character(String... names) {
    List<String> known = List.of(names);
    return new Kind(
        Shape.NAME,
        "one character or " + String.join(" or ", names),
        ";",
        raw ->
            raw.isTextual() && (raw.asText().length() == 1 || known.contains(raw.asText()))
                ? Optional.of(raw)
                : Optional.empty());
  }

  static Kind yesNo() {
    return new Kind(
        Shape.SWITCH,
        "true or false",
        "true",
        raw ->
            switch (raw.asText().toLowerCase(Locale.ROOT)) {
              case "true" -> Optional.of(BooleanNode.TRUE);
              case "false" -> Optional.of(BooleanNode.FALSE);
              default -> Optional.empty();
            });
  }

  /** An amount of memory, as the JVM takes it. */
  static Kind memory() {
    return text(
        "an integer and k, m, g or t, such as 2g",
        "2g",
        text -> text.matches("[1-9][0-9]{0,8}[kmgt]"));
  }

  /** A list of texts, which may be empty texts. */
  static Kind list() {
    return collection(
        "a list of texts, such as [a, b]",
        "[a, b]",
        raw -> RawValues.list(raw, RawValues::anyText));
  }

  /** A list of integers from 1. */
  static Kind sizes() {
    return collection(
        "a list of integers from 1 to 2147483647, such as [64, 16]",
        "[64, 16]",
        raw ->
            RawValues.list(
                raw,
                item ->
                    RawValues.scalar(
                        item,
                        text ->
                            RawValues.whole(text, 1, Integer.MAX_VALUE).map(LongNode::valueOf))));
  }

  /** A list of numbers. */
  static Kind numbers(String example) {
    return collection(
        "a list of numbers, such as " + example, example, raw -> numbers(raw, value -> true));
  }

  /** One of a few names, or a list of positive numbers. */
  static Kind shares(String... names) {
    List<String> known = List.of(names);
    return collection(
        String.join(", ", names) + " or a list of positive numbers, such as [1, 2]",
        names[0],
        raw ->
            raw.isTextual()
                ? Optional.of(raw).filter(name -> known.contains(name.asText()))
                : numbers(raw, value -> value > 0));
  }

  /** One of a few names, or a list of texts. */
  static Kind namesOr(String listed, String... names) {
    List<String> known = List.of(names);
    return collection(
        String.join(", ", names) + " or " + listed,
        names[0],
        raw ->
            raw.isTextual()
                ? Optional.of(raw).filter(name -> known.contains(name.asText()))
                : RawValues.list(raw, RawValues::anyText));
  }

  private static Optional<JsonNode> numbers(JsonNode raw, DoublePredicate test) {
    return RawValues.list(
        raw, item -> RawValues.scalar(item, text -> RawValues.number(text, test)));
  }

  /** Lists of texts by name. */
  static Kind map(String example) {
    return collection(
        "a map of lists, such as " + example,
        example,
        raw -> RawValues.map(raw, lists -> RawValues.list(lists, RawValues::anyText)));
  }

  /** Texts by name. */
  static Kind texts(String example) {
    return collection(
        "a map of texts, such as " + example,
        example,
        raw -> RawValues.map(raw, RawValues::anyText));
  }

  /** A list of texts, or lists of texts by name. */
  static Kind classes() {
    return collection(
        "a list of texts or a map of lists, such as [no, yes] or {healthy: [0], ill: [1, 2]}",
        "[no, yes]",
        raw ->
            raw.isObject()
                ? RawValues.map(raw, labels -> RawValues.list(labels, RawValues::anyText))
                : RawValues.list(raw, RawValues::anyText));
  }

  /** Two numbers. */
  static Kind range(String example) {
    return collection(
        "two numbers, the lower first, such as " + example, example, RawValues::range);
  }

  /** Pairs of numbers by name. */
  static Kind ranges(String example) {
    return collection(
        "a map of two numbers each, the lower first, such as " + example,
        example,
        raw -> RawValues.map(raw, RawValues::range));
  }

  /** Positive factors by the round from which they hold, the first of them from round 1. */
  static Kind schedule() {
    String example = "{1: 1, 20: 0.1}";
    return collection(
        "a map of positive factors by the round from which they hold, round 1 among them, such as "
            + example,
        example,
        raw ->
            RawValues.map(
                    raw,
                    item ->
                        RawValues.scalar(item, text -> RawValues.number(text, value -> value > 0)))
                .filter(map -> map.has("1"))
                .filter(
                    map ->
                        map.properties().stream()
                            .allMatch(
                                entry ->
                                    RawValues.whole(entry.getKey(), 1, Integer.MAX_VALUE)
                                        .isPresent())));
  }

  private static Kind scalar(
      String bound, String example, Function<String, Optional<JsonNode>> reader) {
    return new Kind(Shape.SCALAR, bound, example, raw -> RawValues.scalar(raw, reader));
  }

  /** A kind of lists or maps. */
  static Kind collection(
      String bound, String example, Function<JsonNode, Optional<JsonNode>> reader) {
    return new Kind(Shape.COLLECTION, bound, example, reader);
  }
}
