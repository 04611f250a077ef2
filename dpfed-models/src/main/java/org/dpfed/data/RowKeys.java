package org.dpfed.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key of each row of a data set, such as the hospital that holds the record. Each key becomes a
 * client; keys are never features. Keys are compared like labels: blanks at the ends are ignored,
 * numbers are compared by value, and other texts are equal only if identical.
 */
public final class RowKeys {
  /** The source of keys that are files. */
  static final String FILE = "its file";

  private final List<String> names;
  private final int[] keyOfRow;
  private final String source;
  private final SimilarKeys similar;
  private final @Nullable List<byte[]> identities;

  /**
   * @param names the distinct keys; a key without rows is allowed
   * @param keyOfRow for each row an index into {@code names}; owned by this object from now on
   * @throws IllegalArgumentException when two names are one key, or differ only in case, blanks or
   *     the form of their characters
   */
  public RowKeys(List<String> names, int[] keyOfRow) {
    this(distinct(names), keyOfRow, "its key", SimilarKeys.REFUSE);
  }

  /**
   * @param source what a key is, such as {@code its value of column 'site'}; named in assumptions
   */
  RowKeys(List<String> names, int[] keyOfRow, String source, SimilarKeys similar) {
    this(names, keyOfRow, source, similar, null);
  }

  private RowKeys(
      List<String> names,
      int[] keyOfRow,
      String source,
      SimilarKeys similar,
      @Nullable List<byte[]> identities) {
    this.names = List.copyOf(names);
    this.keyOfRow = keyOfRow;
    this.source = source;
    this.similar = similar;
    this.identities = identities;
    for (int row = 0; row < keyOfRow.length; row++) {
      if (keyOfRow[row] < 0 || keyOfRow[row] >= names.size()) {
        throw new IllegalArgumentException(
            "keyOfRow must be in [0, %d), was %d in row %d"
                .formatted(names.size(), keyOfRow[row], row));
      }
    }
  }

  private static List<String> distinct(List<String> names) {
    KeyIndex index = new KeyIndex(SimilarKeys.REFUSE);
    for (int i = 0; i < names.size(); i++) {
      try {
        int number = index.of(names.get(i), "names", i + 1);
        if (number < i) {
          throw new CellException("key is the one in line " + (number + 1));
        }
      } catch (CellException e) {
        throw new IllegalArgumentException(
            "names must be distinct keys; line %d: %s".formatted(i + 1, e.getMessage()), e);
      }
    }
    return index.names();
  }

  /** The distinct keys in their canonical texts, in the order of their indices. */
  public List<String> names() {
    return names;
  }

  /**
   * The same keys, where their names differ each time that the data is read, such as hashes with a
   * random key.
   *
   * @param ofKeys for each key bytes that are the same each time; see {@link #identity}. Owned by
   *     the result
   */
  public RowKeys identifiedBy(List<byte[]> ofKeys) {
    if (ofKeys.size() != names.size()) {
      throw new IllegalArgumentException(
          "identities must be %d, one for each key, were %d"
              .formatted(names.size(), ofKeys.size()));
    }
    return new RowKeys(names, keyOfRow, source, similar, List.copyOf(ofKeys));
  }

  /**
   * Whose key it is, as {@link org.dpfed.federated.FederatedDataset#identity} says: its name unless
   * {@link #identifiedBy} said otherwise. Not to be stored or shown.
   *
   * @param key an index into {@link #names}
   */
  public byte[] identity(int key) {
    return identities == null
        ? names.get(key).getBytes(StandardCharsets.UTF_8)
        : identities.get(key).clone();
  }

  /** Number of rows. */
  public int rows() {
    return keyOfRow.length;
  }

  /** The index into {@link #names} of the key of {@code row}. */
  public int keyOf(int row) {
    return keyOfRow[row];
  }

  /** What the key of a row is, such as {@code its value of column 'site'}. */
  public String source() {
    return source;
  }

  /** Whether each key is a file: all rows of a file have its key, and no other row has it. */
  public boolean areFiles() {
    return source.equals(FILE);
  }

  /** What was done with keys that differ in form only. */
  public SimilarKeys similar() {
    return similar;
  }

  /** Number of keys that have at least one row. */
  int keysWithRows() {
    int count = 0;
    for (boolean has : hasRows()) {
      count += has ? 1 : 0;
    }
    return count;
  }

  /** For each key whether a row has it. */
  boolean[] hasRows() {
    boolean[] has = new boolean[names.size()];
    for (int key : keyOfRow) {
      has[key] = true;
    }
    return has;
  }

  /** The same keys for a selection of rows, in the order given. */
  RowKeys select(int[] rows) {
    int[] selected = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = keyOfRow[rows[i]];
    }
    return new RowKeys(names, selected, source, similar, identities);
  }
}
