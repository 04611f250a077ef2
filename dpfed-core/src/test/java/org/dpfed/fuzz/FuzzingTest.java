package org.dpfed.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that do what readers must not are found out. */
final class FuzzingTest {
  private static final byte[] SEED = "a = 1\nb = [2, {\"c\": 3}]\n".getBytes(UTF_8);

  @TempDir private Path directory;

  /** Fails on every file but the seed. */
  private void assertFound(String problem, FuzzedReader.Reading fault) {
    FuzzedReader reader =
        FuzzedReader.of(
            "planted",
            "file.txt",
            List.of(SEED),
            IOException.class,
            file -> {
              if (!new String(Files.readAllBytes(file), UTF_8).equals(new String(SEED, UTF_8))) {
                fault.read(file);
              }
            });
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> Fuzzing.run(reader, 20, directory))
        .withMessageContaining("of seed 1 of planted (alone: -Ddpfed.fuzz.seed=1")
        .withMessageContaining(problem);
  }

  @Test
  void run_undocumentedException_isFound() {
    assertFound(
        "threw what it does not document: java.lang.IllegalStateException",
        file -> {
          throw new IllegalStateException("planted");
        });
  }

  @Test
  void run_error_isFound() {
    assertFound("StackOverflowError", file -> depth(Integer.MAX_VALUE));
  }

  private static int depth(int left) {
    return left == 0 ? 0 : 1 + depth(left - 1);
  }

  @Test
  void run_largeAllocation_isFound() {
    assertFound("bytes of heap", file -> assertThat(new byte[1 << 25].length).isEqualTo(1 << 25));
  }

  @Test
  void run_readerThatEndsLate_isFound() {
    assertFound("s of processor time", file -> spin(new AtomicBoolean(), 1_300_000_000L));
  }

  @Test
  void run_readerThatDoesNotEnd_isFound() {
    AtomicBoolean stop = new AtomicBoolean();
    assertFound("s of processor time", file -> spin(stop, Long.MAX_VALUE));
    stop.set(true);
  }

  private static void spin(AtomicBoolean stop, long nanos) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    while (!stop.get() && threads.getCurrentThreadCpuTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  @Test
  void run_readerThatRefusesNothing_isFound() {
    FuzzedReader reader =
        FuzzedReader.of("lax", "file.txt", List.of(SEED), IOException.class, file -> {});
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> Fuzzing.run(reader, 20, directory))
        .withMessageContaining("mutations that lax refused");
  }

  @Test
  void mutated_sameSeedAndNumber_isTheSameAndOthersDiffer() throws IOException {
    FuzzedReader reader =
        FuzzedReader.of("any", "file.txt", List.of(SEED), IOException.class, file -> {});
    Set<String> different = new HashSet<>();
    for (int number = 0; number < 1000; number++) {
      byte[] mutated = reader.mutated(1, number);
      assertThat(mutated).isEqualTo(reader.mutated(1, number));
      assertThat(mutated.length).isLessThanOrEqualTo(Mutation.LARGEST);
      different.add(new String(mutated, UTF_8));
    }
    assertThat(different).hasSizeGreaterThan(800);
  }

  @Test
  void zip_mutatedInside_isAWholeZipFile() throws IOException {
    byte[] zip = Envelope.zip(Map.of("one", SEED, "two", new byte[100]));
    Set<String> contents = new HashSet<>();
    for (int number = 0; number < 200; number++) {
      byte[] mutated = Envelope.ZIP.mutate(zip, new Mutation(1, number, List.of(SEED)));
      Map<String, byte[]> entries = Envelope.unzip(mutated);
      assertThat(entries).hasSizeBetween(1, 3);
      entries.values().forEach(content -> contents.add(new String(content, UTF_8)));
    }
    assertThat(contents).hasSizeGreaterThan(50);
  }
}
