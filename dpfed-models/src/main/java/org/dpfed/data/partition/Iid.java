package org.dpfed.data.partition;

import java.util.Random;
import org.dpfed.data.LabelledData;

/**
 * Rows assigned at random: every client is a sample of the data without replacement.
 *
 * @param examplesPerClient at least 1; the last client gets what is left where it does not divide
 *     the number of rows
 * @param seed determines which client gets which row
 */
public record Iid(int examplesPerClient, long seed) implements Partitioner {
  public Iid {
    RowOrder.requireAtLeastOne(examplesPerClient);
  }

  @Override
  public String name() {
    return "iid";
  }

  @Override
  public String unit(LabelledData data) {
    return ClientUnit.SIMULATED;
  }

  @Override
  public Partition partition(LabelledData data, String unit) {
    ClientUnit client = ClientUnit.ofDeal(name(), unit);
    int[] order = RowOrder.identity(data.size());
    RowOrder.shuffle(order, new Random(seed));
    return Partition.consecutive(client, data, order, examplesPerClient);
  }
}
