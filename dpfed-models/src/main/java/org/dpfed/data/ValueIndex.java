package org.dpfed.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Finds the group of a text, comparing as {@link CellValue} does. */
final class ValueIndex {
  private final Map<String, Integer> groups = new HashMap<>();
  private boolean numbers;

  /**
   * @param what named in errors
   * @param texts of each group, as the settings state them; no value may occur twice
   */
  ValueIndex(String what, List<List<String>> texts) {
    for (int group = 0; group < texts.size(); group++) {
      for (String text : texts.get(group)) {
        if (groups.putIfAbsent(CellValue.of(text).canonical(), group) != null) {
          throw new IllegalArgumentException(
              "%s must be distinct, '%s' is repeated; numbers are compared by value"
                  .formatted(what, text));
        }
        numbers |= CellValue.isNumber(text.strip());
      }
    }
  }

  /**
   * @param text stripped
   */
  OptionalInt find(String text) {
    Integer group = groups.get(text);
    if (group == null && numbers && CellValue.isNumber(text)) {
      group = groups.get(CellValue.of(text).canonical());
    }
    return group == null ? OptionalInt.empty() : OptionalInt.of(group);
  }

  boolean contains(String text) {
    return find(text).isPresent();
  }
}
