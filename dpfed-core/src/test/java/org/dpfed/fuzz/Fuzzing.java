package org.dpfed.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Gives a reader mutations of its files, and fails when it throws what it does not document, takes
 * too long or too much memory. The same mutations come in every run. A failure says how to run its
 * mutation alone.
 */
public final class Fuzzing {
  /** Mutations of each reader in every build. */
  public static final int FEW = 1_000;

  /** Mutations of each reader with {@code -Pstress}. */
  public static final int MANY = 100_000;

  /** For a reader that waits and does not compute. */
  private static final long MOST_WALL_NANOS = 60_000_000_000L;

  private static final int MOST_FAILURES = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzedReader reader;
  private final Path directory;
  private final long seed = Long.getLong("dpfed.fuzz.seed", 1);

  private Fuzzing(FuzzedReader reader, Path directory) {
    this.reader = reader;
    this.directory = directory;
  }

  /**
   * Runs mutations 0 to {@code mutations} − 1, or the one that the system property {@code
   * dpfed.fuzz.mutation} names.
   *
   * @param directory an empty one
   */
  public static void run(FuzzedReader reader, int mutations, Path directory) throws Exception {
    new Fuzzing(reader, directory).run(mutations);
  }

  private void run(int mutations) throws Exception {
    requireValidSeeds();
    long start = System.nanoTime();
    Long only = Long.getLong("dpfed.fuzz.mutation");
    int threads = only != null || mutations <= FEW ? 1 : Runtime.getRuntime().availableProcessors();
    List<FuzzingThread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Path own = emptyDirectory("thread-" + i);
      long first = only == null ? i : only;
      long end = only == null ? mutations : only + 1;
      workers.add(new FuzzingThread(reader, seed, first, threads, end, own));
    }
    workers.forEach(Thread::start);
    await(workers);
    List<String> failures =
        workers.stream()
            .flatMap(worker -> worker.failures().stream())
            .limit(MOST_FAILURES)
            .toList();
    if (!failures.isEmpty()) {
      fail(String.join("\n\n", failures));
    }
    long read = workers.stream().mapToLong(FuzzingThread::read).sum();
    long refused = workers.stream().mapToLong(FuzzingThread::refused).sum();
    if (only == null) {
      assertThat(refused).as("mutations that %s refused", reader).isPositive();
      assertThat(read).as("mutations that %s read", reader).isPositive();
    }
    System.out.printf(
        Locale.ROOT,
        "fuzzing %s: %d mutations, %d read, %d refused, %.1f s, %.1f s of processor time%n",
        reader,
        read + refused,
        read,
        refused,
        (System.nanoTime() - start) / 1e9,
        workers.stream().mapToLong(FuzzingThread::cpuNanos).sum() / 1e9);
  }

  /** Loads classes too, so that no mutation is charged for it. */
  private void requireValidSeeds() throws Exception {
    Path whole = emptyDirectory("whole");
    for (byte[] content : reader.seeds()) {
      reader.reading().read(Files.write(whole.resolve(reader.fileName()), content));
    }
  }

  private Path emptyDirectory(String name) throws IOException {
    Path made = Files.createDirectories(directory.resolve(name));
    for (String file : reader.beside().keySet()) {
      Files.write(made.resolve(file), reader.beside().getOrDefault(file, new byte[0]));
    }
    return made;
  }

  private void await(List<FuzzingThread> workers) throws InterruptedException {
    for (FuzzingThread worker : workers) {
      while (worker.isAlive()) {
        worker.join(200);
        workers.forEach(this::requireProgress);
      }
    }
  }

  private void requireProgress(FuzzingThread worker) {
    long number = worker.current();
    long cpuStart = worker.cpuStart();
    long wallStart = worker.wallStart();
    long cpu = worker.isAlive() ? THREADS.getThreadCpuTime(worker.getId()) - cpuStart : 0;
    long wall = System.nanoTime() - wallStart;
    boolean isSlow = cpu > FuzzingThread.MOST_CPU_NANOS || wall > MOST_WALL_NANOS;
    if (worker.isAlive() && isSlow && worker.current() == number && worker.isReading()) {
      fail(
          "%s has taken %.1f s of processor time and %.1f s in all%nat %s"
              .formatted(
                  FuzzingThread.place(reader, seed, number),
                  cpu / 1e9,
                  wall / 1e9,
                  Arrays.stream(worker.getStackTrace())
                      .limit(40)
                      .map(StackTraceElement::toString)
                      .collect(Collectors.joining("\n   "))));
    }
  }
}
