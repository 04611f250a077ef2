package org.dpfed.data.partition;

import org.dpfed.data.LabelledData;

/**
 * Every row is a client of its own, in the order of the data. A client may be called a patient
 * where the data was said to have one row for each ({@link LabelledData#oneRowPer}); otherwise it
 * is a row.
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
