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
   * What one client is when nobody names it: the row, or what each row was said to be, where rows
   * are clients; {@code client} by key; {@code simulated client} where rows are dealt.
   */
  String unit(LabelledData data);

  /**
   * The population that results.
   *
   * @param data shared with the result, not copied
   * @param unit what one client stands for, such as {@code patient}; named in the guarantee
   * @throws IllegalArgumentException when a client of this partition is not one of that unit
   */
  Partition partition(LabelledData data, String unit);

  /** As {@link #partition(LabelledData, String)}, with the unit of {@link #unit}. */
  default Partition partition(LabelledData data) {
    return partition(data, unit(data));
  }
}
