package org.dpfed.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers the keys of rows in order of appearance and compares them as {@link CellValue} does. */
final class KeyIndex {
  /** A key and where it was read first. */
  private record Seen(CellValue key, String file, long line) {
    String place(String from) {
      return "line " + line + (file.equals(from) ? "" : " of " + file);
    }
  }

  private final SimilarKeys similar;
  private final Map<String, Integer> indices = new HashMap<>();
  private final Map<String, Seen> seenByForm = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  KeyIndex(SimilarKeys similar) {
    this.similar = similar;
  }

  /**
   * The number of a key.
   *
   * @param file and line where it stands, for errors
   * @throws CellException when it is like another, or holds nothing that can be seen
   */
  int of(String text, String file, long line) throws CellException {
    CellValue value = CellValue.of(text);
    CellValue key = similar == SimilarKeys.JOIN ? value.form() : value;
    Integer known = indices.get(key.canonical());
    if (known != null) {
      return known;
    }
    requireUnlikeOthers(key, file, line);
    indices.put(key.canonical(), names.size());
    names.add(key.canonical());
    return names.size() - 1;
  }

  private void requireUnlikeOthers(CellValue key, String file, long line) throws CellException {
    String form = key.form().canonical();
    if (form.isEmpty()) {
      throw new CellException("key holds no visible character; every record must have a key");
    }
    if (similar != SimilarKeys.REFUSE) {
      return;
    }
    Seen other = seenByForm.putIfAbsent(form, new Seen(key, file, line));
    if (other != null) {
      throw new CellException(
          "key differs from the one in %s only in %s; say whether such keys are one client (similar keys: join) or different clients (distinct)"
              .formatted(other.place(file), key.differenceFrom(other.key)));
    }
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** The keys in the order of their numbers, each in its canonical text. */
  List<String> names() {
    return names;
  }
}
