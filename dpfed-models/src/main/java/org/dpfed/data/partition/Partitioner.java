package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;

/**
 * Assigns the rows of a data set to clients. Every row belongs to exactly one client, and the
 * assignment is the same on every machine and Java version.
 */
public sealed interface Partitioner permits OnePerClient, Iid, Dirichlet, Shards, ByKey {
  /** The name that a configuration file uses, such as {@code iid}. */
  String name();

  /**
   * The default unit: if rows are clients, {@code row} or what the data declares each row to be; by
   * key, {@code client}; if rows are assigned at random, {@code simulated client}.
   */
  String unit(LabelledData data);

  /**
   * Assigns the rows to clients.
   *
   * @param data shared with the result, not copied
   * @param unit what one client represents, such as {@code patient}; named in the guarantee
   * @throws IllegalArgumentException when a client of this partition is not one of that unit
   */
  Partition partition(LabelledData data, String unit);

  /** As {@link #partition(LabelledData, String)}, with the unit of {@link #unit}. */
  default Partition partition(LabelledData data) {
    return partition(data, unit(data));
  }
}
