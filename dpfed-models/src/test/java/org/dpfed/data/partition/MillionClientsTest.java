package org.dpfed.data.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MillionClientsTest {
  private static final int MILLION = 1_000_000;

  private static final LabelledData DATA =
      Rows.numbered(MILLION, 2)
          .withKeys(new RowKeys(names(), IntStream.range(0, MILLION).toArray()));

  static Stream<Partitioner> partitioners() {
    return Stream.of(
        new OnePerClient(),
        new Iid(1, 3),
        new Dirichlet(1, 1, 3),
        new Shards(1, 1, 3),
        new ByKey());
  }

  /**
   * Everything allocated while dealing, garbage included, so that the population itself is smaller
   * still: two arrays of a million ints are kept (order and offsets), and at most four more are
   * needed on the way (the sorted rows, their copy, the shards; offsets once more by key). 64 KiB
   * are left for all that does not grow.
   */
  @ParameterizedTest
  @MethodSource("partitioners")
  void partition_aMillionClients_allocatesAFewIntsEach(Partitioner partitioner) {
    partitioner.partition(Rows.numbered(10, 2).withKeys(tenKeys()), "client");

    long before = allocated();
    Partition partition = partitioner.partition(DATA, "client");
    long bytes = allocated() - before;

    assertThat(partition.population()).isEqualTo(MILLION);
    assertThat(bytes).isBetween(2 * 4L * MILLION, 6 * 4L * MILLION + (1 << 16));
  }

  /** One record costs its arrays and their descriptions, whatever the size of the population. */
  @Test
  void client_oneOfAMillion_allocatesItsOwnRecordOnly() {
    Partition partition = new OnePerClient().partition(DATA, "client");
    for (int id = 0; id < 2000; id++) {
      partition.client(id);
    }

    long before = allocated();
    for (int id = 0; id < 1000; id++) {
      partition.client(id * 997);
    }
    long bytesPerClient = (allocated() - before) / 1000;

    // A copy proportional to the population would be at least 4 MB.
    assertThat(bytesPerClient).isLessThan(16 * 1024);
  }

  @Test
  void client_readByFourThreads_isAlwaysTheRightOne() throws Exception {
    Partition partition = new Iid(10, 3).partition(DATA, "client");
    ExecutorService workers = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> readers =
          IntStream.range(0, 4)
              .<Callable<Boolean>>mapToObj(worker -> () -> readsItsRows(partition, worker))
              .toList();
      for (Future<Boolean> reader : workers.invokeAll(readers)) {
        assertThat(reader.get()).isTrue();
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private static boolean readsItsRows(Partition partition, int worker) {
    return IntStream.range(0, 500)
        .map(i -> (i * 4 + worker) * 37 % partition.population())
        .allMatch(
            id -> {
              float[] features = partition.client(id).getFeatures().data().asFloat();
              int[] rows = partition.rows(id);
              return IntStream.range(0, rows.length).allMatch(i -> features[i] == rows[i]);
            });
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  private static RowKeys tenKeys() {
    return new RowKeys(names().subList(0, 10), IntStream.range(0, 10).toArray());
  }

  private static List<String> names() {
    return IntStream.range(0, MILLION).mapToObj(String::valueOf).toList();
  }
}
