package org.dpfed.data.partition;

import java.util.Random;
import org.dpfed.data.LabelledData;

/**
 * Clients with few classes each: the rows are sorted by label and cut into shards of equal size,
 * and the shards are assigned at random (McMahan et al. 2017, section 3, with 2 shards of 300 for
 * each client).
 *
 * <p>Rows are shuffled within each label first. If the sizes do not divide the number of rows, one
 * shard is short and the last client gets the remaining shards.
 *
 * @param examplesPerClient at least 1
 * @param shardsPerClient at least 1, divides {@code examplesPerClient}
 * @param seed determines which client gets which row
 */
public record Shards(int examplesPerClient, int shardsPerClient, long seed) implements Partitioner {
  public Shards {
    RowOrder.requireAtLeastOne(examplesPerClient);
    if (shardsPerClient < 1 || examplesPerClient % shardsPerClient != 0) {
      throw new IllegalArgumentException(
          "shardsPerClient must be at least 1 and divide examplesPerClient %d, was %d"
              .formatted(examplesPerClient, shardsPerClient));
    }
  }

  @Override
  public String name() {
    return "shards";
  }

  @Override
  public String unit(LabelledData data) {
    return ClientUnit.SIMULATED;
  }

  @Override
  public Partition partition(LabelledData data, String unit) {
    ClientUnit client = ClientUnit.ofDeal(name(), unit);
    Random random = new Random(seed);
    int[] sorted = RowOrder.identity(data.size());
    RowOrder.shuffle(sorted, random);
    RowOrder.sortByLabel(sorted, data);

    int shardSize = examplesPerClient / shardsPerClient;
    int[] shards = RowOrder.identity(RowOrder.pieces(data.size(), shardSize));
    RowOrder.shuffle(shards, random);

    int clients = RowOrder.pieces(shards.length, shardsPerClient);
    int[] order = new int[data.size()];
    int[] offsets = new int[clients + 1];
    int at = 0;
    for (int i = 0; i < shards.length; i++) {
      int from = shards[i] * shardSize;
      int length = Math.min(shardSize, data.size() - from);
      System.arraycopy(sorted, from, order, at, length);
      at += length;
      offsets[i / shardsPerClient + 1] = at;
    }
    return new Partition(client, data, order, offsets, false);
  }
}
