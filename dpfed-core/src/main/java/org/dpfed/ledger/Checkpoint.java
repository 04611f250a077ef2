package org.dpfed.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a run after one of its rounds, as named texts and arrays. Says nothing of what they
 * mean: who writes a checkpoint knows.
 *
 * @param round after which the state was taken; 0 before the first
 * @param texts by name
 * @param arrays by name, each a {@code float[]}, {@code double[]} or {@code int[]}; not copied
 */
public record Checkpoint(int round, Map<String, String> texts, Map<String, Object> arrays) {
  public Checkpoint {
    if (round < 0) {
      throw new IllegalArgumentException("round must be at least 0, was " + round);
    }
    texts = Map.copyOf(new LinkedHashMap<>(texts));
    arrays = new LinkedHashMap<>(arrays);
    arrays.values().forEach(ArrayKind::of);
  }

  /**
   * A text.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public String text(String name) {
    String text = texts.get(name);
    if (text == null) {
      throw new IllegalArgumentException("the checkpoint has no text " + name);
    }
    return text;
  }

  /**
   * An array.
   *
   * @param kind such as {@code float[].class}
   * @throws IllegalArgumentException when there is none of that name and kind
   */
  public <T> T array(String name, Class<T> kind) {
    Object array = arrays.get(name);
    if (!kind.isInstance(array)) {
      throw new IllegalArgumentException(
          "the checkpoint has no %s %s".formatted(kind.getSimpleName(), name));
    }
    return kind.cast(array);
  }

  /** The arrays {@code name.0}, {@code name.1} and so on, as far as there are any. */
  public <T> List<T> numbered(String name, Class<T> kind) {
    List<T> all = new ArrayList<>();
    while (arrays.containsKey(name + "." + all.size())) {
      all.add(array(name + "." + all.size(), kind));
    }
    return all;
  }
}
