package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
import org.dpfed.faults.PowerCut;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class CheckpointDirectoryTest {
  @TempDir Path directory;

  private static Checkpoint of(int round) {
    return new Checkpoint(round, Map.of("n", "r"), Map.of("a", new float[] {round, 0.5f}));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void write_again_keepsTheNewest() throws IOException {
    for (int kept = 1; kept <= 3; kept++) {
      try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory, kept)) {
        for (int round = 0; round < 5; round++) {
          checkpoints.write(of(round));
          assertThat(checkpoints.newest().orElseThrow().round()).isEqualTo(round);
        }
        assertThat(names())
            .isEqualTo(
                IntStream.range(5 - kept, 5)
                    .mapToObj("round-%010d.checkpoint"::formatted)
                    .toList());
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CheckpointDirectory.open(directory, 0))
        .withMessage("kept must be at least 1, was 0");
  }

  @Test
  void writeLast_leavesNoOther() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      checkpoints.write(of(3));
      checkpoints.write(of(4));
      checkpoints.writeLast(of(5));
      assertThat(names()).containsExactly("round-0000000005.checkpoint");
      checkpoints.writeLast(of(5));
      assertThat(names()).containsExactly("round-0000000005.checkpoint");
    }
  }

  /** A run that goes on from an older one has no use for what came after it. */
  @Test
  void write_earlierRound_removesLaterOnesAndTemporaryFiles() throws IOException {
    Files.writeString(directory.resolve("round-0000000007.checkpoint"), "damaged");
    Files.writeString(directory.resolve("round-0000000009.checkpoint.part"), "torn");
    Files.writeString(directory.resolve("notes.txt"), "the user's own");
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      checkpoints.write(of(4));
      assertThat(names()).containsExactly("notes.txt", "round-0000000004.checkpoint");
    }
  }

  @Test
  void newest_temporaryFile_isNotRead() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      checkpoints.write(of(4));
      Path whole = directory.resolve("round-0000000004.checkpoint");
      Files.move(whole, directory.resolve("round-0000000005.checkpoint.part"));
      assertThat(checkpoints.newest()).isEmpty();
    }
  }

  @Test
  void newest_isDamaged_theOneBeforeIsUsedWithAWarning() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      checkpoints.write(of(4));
      checkpoints.write(of(6));
      Path newest = directory.resolve("round-0000000006.checkpoint");
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(newest, bytes);
      ListAppender<ILoggingEvent> warnings = new ListAppender<>();
      Logger logger = (Logger) LoggerFactory.getLogger(CheckpointDirectory.class);
      warnings.start();
      logger.addAppender(warnings);
      logger.setAdditive(false);
      try {
        assertThat(checkpoints.newest().orElseThrow().round()).isEqualTo(4);
      } finally {
        logger.setAdditive(true);
        logger.detachAppender(warnings);
      }
      assertThat(warnings.list)
          .singleElement()
          .extracting(ILoggingEvent::getFormattedMessage)
          .asString()
          .contains(newest.toString())
          .contains("its hash does not match")
          .contains("the one before it is used");
    }
  }

  @Test
  void newest_ofANewerVersion_isRefusedByName() throws IOException {
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      checkpoints.write(of(4));
      Path newer = directory.resolve("round-0000000006.checkpoint");
      Files.writeString(newer, "dpfed checkpoint 2\nwhatever it may hold");
      assertThatIllegalArgumentException()
          .isThrownBy(checkpoints::newest)
          .withMessageContaining(newer.toString())
          .withMessageContaining("version 2, which a newer dpfed wrote, this one reads up to 1");
    }
  }

  /** A later round, and the same round again, as a resumed run writes it. */
  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void write_machineStopsAtAnyOperation_anIntactOneIsLeft(int round) throws IOException {
    int cuts = 0;
    boolean isThrough = false;
    for (int at = 1; !isThrough; at++) {
      isThrough = true;
      for (long seed = 0; seed < 20; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        Path root = Files.createTempDirectory(directory, "cut").toRealPath();
        FaultyFileSystem well = new FaultyFileSystem(root, Fault.none());
        try (CheckpointDirectory before =
            CheckpointDirectory.open(well.path(root.resolve("c")), 1)) {
          before.write(of(4));
        }
        Fault fault = new Fault(at, Fault.Effect.POWER_CUT, random.nextDouble());
        FaultyFileSystem disk = new FaultyFileSystem(root, fault);
        try (CheckpointDirectory after =
            CheckpointDirectory.open(disk.path(root.resolve("c")), 1)) {
          after.write(of(round));
        } catch (PowerCut stopped) {
          isThrough = false;
          cuts++;
          disk.losePower(random);
        }
        try (CheckpointDirectory left = CheckpointDirectory.open(root.resolve("c"), 1)) {
          assertThat(left.newest().map(Checkpoint::round))
              .as("operation %d, %s, seed %d", at, disk.met(), seed)
              .isPresent()
              .get()
              .isIn(4, round);
        }
      }
    }
    assertThat(cuts).isGreaterThan(20 * 10);
  }

  /** Whoever reads the noise can take it off the models. */
  @Test
  void open_newOrOld_onlyTheOwnerMayRead() throws IOException {
    Path old = directory.resolve("old");
    Files.createDirectory(old);
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path each : List.of(old, directory.resolve("new").resolve("checkpoints"))) {
      CheckpointDirectory.open(each).close();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void open_twiceInOneProcess_isRefusedUntilTheFirstIsClosed() throws IOException {
    try (CheckpointDirectory first = CheckpointDirectory.open(directory)) {
      assertThat(first).hasToString(directory.toString());
      assertThatThrownBy(() -> CheckpointDirectory.open(directory))
          .isInstanceOf(InUseException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    CheckpointDirectory.open(directory).close();
  }

  /** Holds a directory until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (CheckpointDirectory checkpoints = CheckpointDirectory.open(Path.of(arguments[0]))) {
        checkpoints.write(of(1));
        System.out.println("held");
        System.out.flush();
        while (System.in.read() >= 0) {
          // Until the parent closes it.
        }
      }
    }
  }

  @Test
  @Timeout(60)
  void open_otherProcessHoldsIt_isRefusedWithItsPidUntilItDies() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> CheckpointDirectory.open(directory))
            .isInstanceOf(InUseException.class)
            .hasMessageContaining(directory + " is in use by process " + holder.pid() + ";");
      }
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    try (CheckpointDirectory checkpoints = CheckpointDirectory.open(directory)) {
      assertThat(checkpoints.newest().orElseThrow().round()).isEqualTo(1);
    }
  }
}
