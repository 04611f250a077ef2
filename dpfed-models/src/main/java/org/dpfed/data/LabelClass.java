package org.dpfed.data;

import java.util.List;

/**
 * One class, and the label values that denote it in a file.
 *
 * @param name shown in reports
 * @param values at least one; numbers match by value, so that {@code 1} also means {@code 1.0}
 */
public record LabelClass(String name, List<String> values) {
  public LabelClass {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException(
          "values of class '" + name + "' must be at least one label, were []");
    }
  }

  /** A class that one or several values denote. */
  public static LabelClass of(String name, String... values) {
    return new LabelClass(name, List.of(values));
  }
}
