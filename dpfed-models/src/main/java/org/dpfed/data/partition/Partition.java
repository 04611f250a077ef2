package org.dpfed.data.partition;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dpfed.data.LabelledData;
import org.dpfed.federated.FederatedDataset;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * A population over rows in memory. It needs four bytes per row and four bytes per client besides
 * the rows, so a million clients are no problem. A client's arrays are created on request and
 * belong to the caller.
 */
public final class Partition implements FederatedDataset {
  private final ClientUnit unit;
  private final LabelledData data;
  private final int[] order;
  private final int[] offsets;
  private final boolean isByKey;

  /**
   * @param order row numbers, client after client; owned by this object from now on
   * @param offsets where each client begins in {@code order}, and the end; likewise
   * @param isByKey whether each client is a key of the data, and has its number
   */
  Partition(ClientUnit unit, LabelledData data, int[] order, int[] offsets, boolean isByKey) {
    this.unit = unit;
    this.data = data;
    this.order = order;
    this.offsets = offsets;
    this.isByKey = isByKey;
  }

  /**
   * Clients of {@code examplesPerClient} consecutive rows of {@code order}; the last may have
   * fewer.
   */
  static Partition consecutive(
      ClientUnit unit, LabelledData data, int[] order, int examplesPerClient) {
    int clients = RowOrder.pieces(order.length, examplesPerClient);
    int[] offsets = new int[clients + 1];
    for (int id = 0; id < clients; id++) {
      offsets[id] = id * examplesPerClient;
    }
    offsets[clients] = order.length;
    return new Partition(unit, data, order, offsets, false);
  }

  @Override
  public String unit() {
    return unit.name();
  }

  @Override
  public List<String> assumptions() {
    return unit.assumptions();
  }

  @Override
  public int population() {
    return offsets.length - 1;
  }

  /** The client's key; where clients are not keys, a hash of its rows, which then are all it is. */
  @Override
  public Optional<byte[]> identity(int id) {
    Objects.checkIndex(id, population());
    return Optional.of(
        isByKey ? data.keys().orElseThrow().identity(id) : data.contentHash(rows(id)));
  }

  @Override
  public int examples(int id) {
    Objects.checkIndex(id, population());
    return offsets[id + 1] - offsets[id];
  }

  @Override
  public DataSet client(int id) {
    Objects.checkIndex(id, population());
    return data.gather(order, offsets[id], offsets[id + 1]);
  }

  @Override
  public void release(DataSet examples) {
    examples.getFeatures().close();
    examples.getLabels().close();
  }

  /** The rows of the underlying data that client {@code id} holds. */
  public int[] rows(int id) {
    Objects.checkIndex(id, population());
    return Arrays.copyOfRange(order, offsets[id], offsets[id + 1]);
  }

  /** The underlying data. */
  public LabelledData data() {
    return data;
  }

  @Override
  public String toString() {
    return "Partition[%d clients (%s) over %s]".formatted(population(), unit.name(), data);
  }
}
