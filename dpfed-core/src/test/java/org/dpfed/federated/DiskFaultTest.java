package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dpfed.faults.DiskOperation;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
import org.dpfed.federated.CrashingRun.Kind;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run whose disk fails ends with a clear error, and goes on when the disk is well again. */
final class DiskFaultTest {
  static final String REMEDY = "then start or resume the run";

  @TempDir Path directory;

  static Stream<Arguments> kindsAndEffects() {
    return CrashingRun.KINDS.stream()
        .flatMap(
            kind ->
                Stream.of(
                    Arguments.of(kind, Fault.Effect.FAILS, 0),
                    Arguments.of(kind, Fault.Effect.FAILS, 0.5),
                    Arguments.of(kind, Fault.Effect.FAILS_FROM_THEN_ON, 0.9)));
  }

  @Test
  void run_anyOperationFails_saysWhereAndLosesNothing() throws IOException {
    failEach(CrashingRun.KINDS.get(1), Fault.Effect.FAILS, 0.5);
  }

  @Tag("stress")
  @ParameterizedTest
  @MethodSource("kindsAndEffects")
  void run_anyOperationOfAnyKindFails_saysWhereAndLosesNothing(
      Kind kind, Fault.Effect effect, double part) throws IOException {
    failEach(kind, effect, part);
  }

  /** Each operation of the run in turn. */
  private void failEach(Kind kind, Fault.Effect effect, double part) throws IOException {
    WholeRun whole = WholeRun.of(kind, Files.createTempDirectory(directory, "whole"));
    List<DiskOperation> withoutError = new ArrayList<>();
    for (int at = 1; at <= whole.operations(); at++) {
      Path root = Files.createTempDirectory(directory, "run").toRealPath();
      FaultyFileSystem disk = new FaultyFileSystem(root, new Fault(at, effect, part));
      CrashLog log = new CrashLog(whole);
      try {
        log.requireFinished(root, live(disk, root, kind, log));
        withoutError.add(disk.met().orElseThrow());
        continue;
      } catch (IOException | UncheckedIOException | RoundFailedException e) {
        assertThat(e).as("operation %d, %s", at, disk.met()).message().contains(root + "/");
        assertThat(e).message().contains(REMEDY);
        if (e instanceof RoundFailedException failed) {
          requireOfChargedRounds(failed.result(), whole);
        }
      }
      log.died(root);
      FaultyFileSystem well =
          effect == Fault.Effect.FAILS ? disk : new FaultyFileSystem(root, Fault.none());
      log.requireFinished(root, live(well, root, kind, log));
    }
    System.out.printf(
        "%d operations failed in turn, %d of them without an error: %s%n",
        whole.operations(),
        withoutError.size(),
        withoutError.stream()
            .map(operation -> operation.toString().replaceAll("(?s)^(\\w+).*", "$1"))
            .distinct()
            .toList());
    assertThat(withoutError)
        .as("what may fail unnoticed: nothing that writes")
        .noneMatch(DiskOperation.Write.class::isInstance)
        .noneMatch(DiskOperation.Force.class::isInstance);
  }

  private static String live(FaultyFileSystem disk, Path root, Kind kind, CrashLog log)
      throws IOException {
    return CrashingRun.live(disk.path(root), kind, log::saw);
  }

  private static void requireOfChargedRounds(TrainingResult result, WholeRun whole) {
    int rounds = result.report().rounds().size();
    assertThat(result.report().charged().total()).isGreaterThanOrEqualTo(rounds);
    if (rounds > 0) {
      assertThat(CrashingRun.model(result.parameters())).isEqualTo(whole.models().get(rounds));
    }
  }

  @Test
  void run_fileInPlaceOfADirectory_isRefused() throws IOException {
    for (Path inTheWay :
        List.of(
            CrashingRun.ledger(directory).getParent(),
            CrashingRun.ledger(directory),
            CrashingRun.checkpoints(directory))) {
      Path root = Files.createTempDirectory(directory, "run");
      Path place = root.resolve(directory.relativize(inTheWay));
      Files.createDirectories(place.resolveSibling(""));
      if (place.equals(CrashingRun.ledger(root))) {
        Files.createDirectory(place);
      } else {
        Files.writeString(place, "in the way");
      }
      assertThatThrownBy(() -> alone(root))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(root + "/")
          .message()
          .containsIgnoringCase("directory")
          .contains(REMEDY);
    }
  }

  @Test
  void run_directoryThatMayNotBeWritten_isRefused() throws IOException {
    Path root = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("r-x------"));
    skipIf(
        Files.isWritable(root),
        "permissions do not bind this user; run_fullOrReadOnlyDisk covers a read-only disk");
    assertThatThrownBy(() -> alone(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("may not be read or written")
        .hasMessageContaining(REMEDY);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
  }

  private static void alone(Path root) throws IOException {
    CrashingRun.live(root, CrashingRun.KINDS.get(0), (round, model) -> {});
  }

  /** A file system in memory of 1 MB, which only {@link SmallDisk}'s process sees. */
  @Test
  @Timeout(300)
  void run_fullOrReadOnlyDisk_losesNothing() throws IOException, InterruptedException {
    Path mount = Files.createDirectory(directory.resolve("small")).toRealPath();
    List<String> reasons = new ArrayList<>();
    for (String flag : List.of("-m", "-rm")) {
      Outcome mounted = inMount(flag, mount, "true");
      if (mounted.status() == 0) {
        Outcome outcome =
            inMount(
                flag,
                mount,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                SmallDisk.class.getName(),
                mount.toString(),
                Files.createDirectory(directory.resolve("large")).toString());
        System.out.print(outcome.output());
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(mount).isEmptyDirectory();
        return;
      }
      reasons.add(outcome(flag, mounted));
    }
    skipIf(true, "no file system can be mounted here: " + String.join("; ", reasons));
  }

  private static String outcome(String flag, Outcome mounted) {
    return "unshare %s: %s".formatted(flag, mounted.output().strip());
  }

  private record Outcome(int status, String output) {}

  private static Outcome inMount(String flag, Path mount, String... command)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>();
    String script = "mount -t tmpfs -o size=1m dpfed \"$1\" && shift && exec \"$@\"";
    whole.addAll(List.of("unshare", flag, "sh", "-c", script, "sh", mount.toString()));
    whole.addAll(List.of(command));
    Process process;
    try {
      process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Outcome(1, String.valueOf(e.getMessage()));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  private static void skipIf(boolean cannot, String reason) {
    if (cannot) {
      System.out.println("skipped: " + reason);
    }
    Assumptions.assumeFalse(cannot, reason);
  }
}
