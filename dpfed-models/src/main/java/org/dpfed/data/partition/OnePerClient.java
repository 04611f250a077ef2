package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;

/** Every row is a client of its own, in the order of the data: patients with one record each. */
public record OnePerClient() implements Partitioner {
  @Override
  public String name() {
    return "one-per-client";
  }

  @Override
  public Partition partition(LabelledData data, String unit) {
    return Partition.consecutive(unit, data, RowOrder.identity(data.size()), 1);
  }
}
