package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;

/**
 * A rule that deals the rows of a data set to clients. Every row goes to exactly one client, and
 * the same rule deals the same data the same way on every machine and Java version.
 */
public sealed interface Partitioner permits OnePerClient, Iid, Dirichlet, Shards, ByKey {
  /** The name that a configuration file uses, such as {@code iid}. */
  String name();

  /**
   * The population that results.
   *
   * @param data shared with the result, not copied
   * @param unit what one client stands for, such as {@code patient}; named in reports
   */
  Partition partition(LabelledData data, String unit);
}
