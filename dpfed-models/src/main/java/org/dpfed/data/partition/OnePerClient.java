package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;

/**
 * Every row is one client, in the order of the data. A client may be called a patient if the data
 * declares one row per patient ({@link LabelledData#oneRowPer}); otherwise it is a row.
 */
public record OnePerClient() implements Partitioner {
  @Override
  public String name() {
    return "one-per-client";
  }

  @Override
  public String unit(LabelledData data) {
    return data.rowUnit().orElse(ClientUnit.ROW);
  }

  @Override
  public Partition partition(LabelledData data, String unit) {
    ClientUnit client = ClientUnit.ofRows(data, unit);
    return Partition.consecutive(client, data, RowOrder.identity(data.size()), 1);
  }
}
