package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.dpfed.dl4j.Soak.Kind;
import org.dpfed.dl4j.Soak.Sample;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run in a process with a heap of 512 MB and at most 1 GB of main memory in all holds no more in
 * its last rounds than in round 100.
 *
 * <p>Growth is the difference of two medians, of the first and of the last third of the samples
 * after round 100, so that no single sample decides. What is forgotten in every round adds up over
 * the rounds between the two, 40 in the short form and 1,250 in the long one.
 *
 * <ul>
 *   <li>Main memory, 16 MiB: one array of a model's size that is forgotten in each round makes 22
 *       MB in 40 rounds. The heap's pages are touched before the start and count in all samples.
 *   <li>With hostile clients, 48 MiB: their threads come and go, and the C library keeps memory for
 *       each. A worker has at least four such arrays (parameters, gradients, the updater's state
 *       and its copy), and one that is forgotten in each round makes 90 MB in 40 rounds.
 *   <li>Objects on the heap, 4 MiB: they vary by 2 MB from sample to sample.
 *   <li>With hostile clients, 5 kB more for each round, in which 1.2 workers are replaced: ND4J
 *       1.0.0-M2.1 files each workspace of a thread under one name and strikes it off under
 *       another, so that 2 to 4 kB stay of a worker's thread. A forgotten network's own objects
 *       take more than ten times that.
 *   <li>Threads: one, a late client's that is about to end. Files: none.
 *   <li>The run's directory, the ledger left out: 2 KiB for a round, whose metrics are in both of
 *       the checkpoints that are kept.
 * </ul>
 */
final class SoakTest {
  private static final double MEBIBYTE = 1 << 20;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"HONEST", "HOSTILE"})
  @Timeout(300)
  void run_160Rounds_holdsNoMoreAfterRound100(Kind kind) throws Exception {
    assertFlat(kind, samples(kind, 160, 4));
  }

  @ParameterizedTest
  @EnumSource(names = {"HONEST", "HOSTILE"})
  @Tag("stress")
  @Timeout(900)
  void run_2000Rounds_holdsNoMoreAfterRound100(Kind kind) throws Exception {
    assertFlat(kind, samples(kind, 2_000, 50));
  }

  /** The test above can fail, also in its short form. */
  @Test
  @Tag("stress")
  @Timeout(300)
  void run_callerForgetsAnArrayEachRound_isFound() throws Exception {
    List<Sample> samples = samples(Kind.FORGETFUL, 160, 4);
    assertThatThrownBy(() -> assertFlat(Kind.FORGETFUL, samples))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("main memory");
  }

  private static void assertFlat(Kind kind, List<Sample> warm) {
    System.out.printf(
        "%s, from round %d to %d: main memory %.1f to %.1f MB, heap %.1f to %.1f MB%n",
        kind,
        warm.get(0).round(),
        warm.get(warm.size() - 1).round(),
        early(warm, Sample::resident) / 1e6,
        late(warm, Sample::resident) / 1e6,
        early(warm, Sample::heap) / 1e6,
        late(warm, Sample::heap) / 1e6);
    double most = (kind == Kind.HOSTILE ? 48 : 16) * MEBIBYTE;
    assertThat(growth(warm, Sample::resident)).as("main memory, %s", warm).isLessThan(most);
    double known = kind == Kind.HOSTILE ? 5_000 * growth(warm, Sample::round) : 0;
    assertThat(growth(warm, Sample::heap)).as("heap, %s", warm).isLessThan(4 * MEBIBYTE + known);
    Sample first = warm.get(0);
    Sample last = warm.get(warm.size() - 1);
    assertThat(last.threads()).as("threads, %s", warm).isLessThanOrEqualTo(first.threads() + 1);
    assertThat(last.files()).as("files, %s", warm).isEqualTo(first.files());
    assertThat(last.directory() - first.directory())
        .as("directory, %s", warm)
        .isLessThanOrEqualTo(2048L * (last.round() - first.round()));
  }

  private static double growth(List<Sample> samples, ToLongFunction<Sample> held) {
    return late(samples, held) - early(samples, held);
  }

  private static double early(List<Sample> samples, ToLongFunction<Sample> held) {
    return median(samples.subList(0, samples.size() / 3), held);
  }

  private static double late(List<Sample> samples, ToLongFunction<Sample> held) {
    return median(samples.subList(samples.size() - samples.size() / 3, samples.size()), held);
  }

  private static double median(List<Sample> samples, ToLongFunction<Sample> held) {
    long[] sorted = samples.stream().mapToLong(held).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2.0;
  }

  private List<Sample> samples(Kind kind, int rounds, int every) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-Dorg.bytedeco.javacpp.maxbytes=256m",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=1g",
                "-cp",
                System.getProperty("java.class.path"),
                Soak.class.getName(),
                directory.toString(),
                Integer.toString(rounds),
                Integer.toString(every),
                kind.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      List<Sample> samples = samples(process.getInputStream());
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(samples).hasSize((rounds - Soak.WARM_UP) / every + 1);
      return samples;
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<Sample> samples(InputStream printed) throws IOException {
    return new String(printed.readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.matches("[0-9 ]+"))
        .map(Sample::parsed)
        .toList();
  }
}
