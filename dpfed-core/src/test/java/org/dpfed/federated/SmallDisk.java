package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;

/** Runs on a small disk that is full, up to some room, or read-only; and on when it is not. */
final class SmallDisk {
  private static final int PAGE_BYTES = 4096;
  private static final int MOST_PAGES = 16;

  private final Path disk;
  private final WholeRun whole;
  private final Map<String, Integer> failures = new TreeMap<>();

  private SmallDisk(Path disk, WholeRun whole) {
    this.disk = disk;
    this.whole = whole;
  }

  /**
   * Tries both.
   *
   * @param arguments the mounted disk, and an empty directory on a larger one
   */
  public static void main(String[] arguments) throws Exception {
    WholeRun whole = WholeRun.of(CrashingRun.KINDS.get(1), Path.of(arguments[1]));
    SmallDisk small = new SmallDisk(Path.of(arguments[0]).toRealPath(), whole);
    for (int pages = 0; pages <= MOST_PAGES; pages++) {
      small.fullButFor(pages);
    }
    assertThat(small.failures.keySet())
        .anyMatch(what -> what.contains("jsonl"))
        .anyMatch(what -> what.contains(".checkpoint"));
    System.out.printf("full disk with room for 0 to %d pages, errors:%n", MOST_PAGES);
    small.failures.forEach((what, times) -> System.out.printf("  %d × %s%n", times, what));
    small.readOnlyAfter(0);
    small.readOnlyAfter(whole.operations() / 2);
  }

  private void fullButFor(int pages) throws IOException {
    Path root = Files.createDirectory(disk.resolve("run" + pages));
    Path filling = disk.resolve("filling");
    CrashLog log = new CrashLog(whole);
    fill(filling, pages);
    Optional<String> error = failure(root, root, log, "No space left on device");
    error.ifPresent(what -> failures.merge(what, 1, Integer::sum));
    Files.delete(filling);
    if (error.isPresent()) {
      log.died(root);
      log.requireFinished(root, CrashingRun.live(root, whole.kind(), log::saw));
    }
    remove(root);
  }

  private static void fill(Path filling, int pages) throws IOException {
    try (FileChannel channel =
        FileChannel.open(filling, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (!isFull(channel)) {
        assertThat(channel.size()).as("bytes on a disk of 1 MB").isLessThanOrEqualTo(1 << 20);
      }
      channel.truncate(Math.max(0, channel.size() - (long) pages * PAGE_BYTES));
    }
  }

  private static boolean isFull(FileChannel channel) {
    try {
      return channel.write(ByteBuffer.allocate(PAGE_BYTES)) < PAGE_BYTES;
    } catch (IOException full) {
      return true;
    }
  }

  /** The disk of a run becomes read-only after some operations; none for one that is new. */
  private void readOnlyAfter(int operations) throws IOException, InterruptedException {
    Path root = Files.createDirectory(disk.resolve("run"));
    CrashLog log = new CrashLog(whole);
    if (operations > 0) {
      Fault fault = new Fault(operations, Fault.Effect.FAILS, 0.5);
      Path failing = new FaultyFileSystem(root, fault).path(root);
      assertThat(failure(failing, root, log, "Input/output error")).isPresent();
      log.died(root);
    }
    remount("ro");
    Optional<String> error = failure(root, root, log, "Read-only file system");
    System.out.printf(
        "disk read-only after %d operations, error:%n  %s%n", operations, error.orElseThrow());
    remount("rw");
    log.requireFinished(root, CrashingRun.live(root, whole.kind(), log::saw));
    remove(root);
  }

  private void remount(String how) throws IOException, InterruptedException {
    Process mount =
        new ProcessBuilder("mount", "-o", "remount," + how, disk.toString()).inheritIO().start();
    assertThat(mount.waitFor()).as("status of mount").isZero();
  }

  /** What a life says when it fails, with names in place of paths; empty where it does not. */
  private Optional<String> failure(Path path, Path root, CrashLog log, String reason)
      throws IOException {
    try {
      log.requireFinished(root, CrashingRun.live(path, whole.kind(), log::saw));
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      assertThat(e).message().contains(root + "/").contains(reason).contains(DiskFaultTest.REMEDY);
      return Optional.of(String.valueOf(e.getMessage()).replace(root + "/", ""));
    }
  }

  private static void remove(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
