package org.dpfed.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Finds the group that a text belongs to: by the text itself, else by its numeric value, since one
 * file writes {@code 1} where another writes {@code 1.0}.
 */
final class ValueIndex {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private final Map<String, Integer> byText = new HashMap<>();
  private final Map<Double, Integer> byNumber = new HashMap<>();

  /**
   * @param what named in errors
   * @param groups the texts of each group; no text may occur twice
   */
  ValueIndex(String what, List<List<String>> groups) {
    for (int group = 0; group < groups.size(); group++) {
      for (String text : groups.get(group)) {
        if (byText.putIfAbsent(text, group) != null) {
          throw new IllegalArgumentException(
              what + " must be distinct, '" + text + "' is repeated");
        }
        OptionalDouble number = number(text);
        if (number.isPresent()) {
          byNumber.putIfAbsent(number.getAsDouble(), group);
        }
      }
    }
  }

  OptionalInt find(String text) {
    Integer group = byText.get(text);
    if (group == null) {
      OptionalDouble number = number(text);
      group = number.isPresent() ? byNumber.get(number.getAsDouble()) : null;
    }
    return group == null ? OptionalInt.empty() : OptionalInt.of(group);
  }

  /** The value of a decimal number; empty for every other text, NaN and infinities among them. */
  static OptionalDouble number(String text) {
    return NUMBER.matcher(text).matches()
        ? OptionalDouble.of(Double.parseDouble(text))
        : OptionalDouble.empty();
  }
}
