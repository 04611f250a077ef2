package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;

/**
 * The natural partition: all rows with one key form one client, such as a hospital's or a patient's
 * records. Clients are numbered like the keys, and rows keep their order; a key without rows is a
 * client without examples.
 */
public record ByKey() implements Partitioner {
  @Override
  public String name() {
    return "by-key";
  }

  @Override
  public String unit(LabelledData data) {
    return ClientUnit.CLIENT;
  }

  /**
   * One client for each key, named after what the keys identify; that nobody has two of them is an
   * assumption.
   *
   * @throws IllegalArgumentException when the data has no keys
   */
  @Override
  public Partition partition(LabelledData data, String unit) {
    RowKeys keys =
        data.keys()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "by-key needs data with a key for each row, had none; name the key column"
                            + " when reading, or partition by another rule"));
    int[] offsets = new int[keys.names().size() + 1];
    for (int row = 0; row < keys.rows(); row++) {
      offsets[keys.keyOf(row) + 1]++;
    }
    for (int key = 0; key < keys.names().size(); key++) {
      offsets[key + 1] += offsets[key];
    }
    int[] next = offsets.clone();
    int[] order = new int[keys.rows()];
    for (int row = 0; row < keys.rows(); row++) {
      order[next[keys.keyOf(row)]++] = row;
    }
    return new Partition(ClientUnit.ofKeys(keys, unit), data, order, offsets, true);
  }
}
