package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
import org.dpfed.federated.CrashLog.Shown;
import org.dpfed.federated.CrashingRun.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that die at random moments and go on, again and again. After each death: every model that
 * was shown has a charge of its own on the ledger. At the end: the model is that of a run that
 * never died, to the last bit, and the ledger counts each round once and each repetition once more.
 *
 * <p>A life ends by a power cut in the midst of a file operation, after which the disk may have
 * lost what was not forced; or it is a process of its own that gets SIGKILL, in the midst of a file
 * operation or after a random time. A failure names the seed of its run.
 */
final class CrashTest {
  private static final int MOST_DEATHS = 4;

  @TempDir Path directory;

  @Test
  @Timeout(120)
  void run_powerFailsTenTimes_spendsNoLessThanItReleasesAndEndsTheSame() throws IOException {
    cutPower(10, 1);
  }

  @Test
  @Timeout(300)
  void run_killedTwice_spendsNoLessThanItReleasesAndEndsTheSame() throws Exception {
    kill(2, 1, 1);
  }

  @Tag("stress")
  @Test
  void run_powerFailsOftenAtRandom_spendsNoLessThanItReleasesAndEndsTheSame() throws IOException {
    cutPower(140, 1_000);
  }

  @Tag("stress")
  @Test
  void run_killedOftenAtRandom_spendsNoLessThanItReleasesAndEndsTheSame() throws Exception {
    kill(60, 1_000, 2);
  }

  private void cutPower(int deaths, long seed) throws IOException {
    Map<Kind, Integer> operations = new HashMap<>();
    int died = 0;
    long run = seed;
    for (; died < deaths; run++) {
      Kind kind = CrashingRun.KINDS.get((int) (run % CrashingRun.KINDS.size()));
      if (!operations.containsKey(kind)) {
        operations.put(kind, operationsOf(kind));
      }
      try {
        died += cutUntilFinished(kind, run, operations.get(kind));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("%s with seed %d: %s".formatted(kind, run, e.getMessage()), e);
      }
    }
    System.out.printf("%d power cuts in %d runs%n", died, run - seed);
  }

  private int operationsOf(Kind kind) throws IOException {
    Path alone = Files.createTempDirectory(directory, "alone").toRealPath();
    FaultyFileSystem disk = new FaultyFileSystem(alone, Fault.none());
    CrashingRun.live(disk.path(alone), kind, (round, model) -> {});
    return disk.asked();
  }

  private int cutUntilFinished(Kind kind, long seed, int operations) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Path root = Files.createTempDirectory(directory, "cut").toRealPath();
    CrashLog log = CrashLog.of(kind);
    while (true) {
      Fault fault =
          log.deaths() == MOST_DEATHS
              ? Fault.none()
              : new Fault(
                  1 + random.nextInt(operations), Fault.Effect.POWER_CUT, random.nextDouble());
      FaultyFileSystem disk = new FaultyFileSystem(root, fault);
      try {
        String last =
            CrashingRun.live(
                disk.path(root), kind, (round, model) -> log.saw(new Shown(round, model)));
        log.requireFinished(root, last);
        return log.deaths();
      } catch (IOException | RuntimeException | Error e) {
        if (!disk.isCut()) {
          throw e;
        }
        disk.losePower(random);
        log.died(root);
      }
    }
  }

  private void kill(int deaths, long seed, int atOnce) throws Exception {
    ExecutorService lives = Executors.newFixedThreadPool(atOnce);
    try {
      int died = 0;
      long run = seed;
      while (died < deaths) {
        List<Future<Integer>> running = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
          long own = run++;
          running.add(lives.submit(() -> killUntilFinished(own)));
        }
        for (Future<Integer> life : running) {
          died += life.get();
        }
      }
      System.out.printf("%d processes killed in %d runs%n", died, run - seed);
    } finally {
      lives.shutdownNow();
    }
  }

  private int killUntilFinished(long seed) throws Exception {
    int number = (int) (seed % CrashingRun.KINDS.size());
    Kind kind = CrashingRun.KINDS.get(number);
    SplittableRandom random = new SplittableRandom(seed);
    int operations = operationsOf(kind);
    Path root = Files.createTempDirectory(directory, "killed").toRealPath();
    Path shown = Files.createTempFile(directory, "shown", ".txt");
    CrashLog log = CrashLog.of(kind);
    try {
      while (true) {
        boolean lives = log.deaths() == MOST_DEATHS;
        boolean atOperation = !lives && random.nextBoolean();
        int at = atOperation ? 1 + random.nextInt(operations) : 0;
        Process life = start(root, shown, number, at, random.nextDouble());
        boolean killed = atOperation || lives ? false : killAfter(life, random.nextInt(600));
        int status = ended(life);
        log.sawAll(shown);
        if (status == 0) {
          log.requireFinished(root, log.lastModel());
          return log.deaths();
        }
        assertThat(status).as("exit status; 137 is SIGKILL, 1 an error").isEqualTo(137);
        assertThat(killed || at > 0).isTrue();
        log.died(root);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("%s with seed %d: %s".formatted(kind, seed, e.getMessage()), e);
    }
  }

  private static Process start(Path root, Path shown, int kind, int at, double part)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashingRun.class.getName(),
            root.toString(),
            shown.toString(),
            Integer.toString(kind),
            Integer.toString(at),
            Double.toString(part))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Counts from when the run begins, and returns whether the process still lived. */
  private static boolean killAfter(Process life, int millis)
      throws IOException, InterruptedException {
    BufferedReader out = life.inputReader();
    String line = out.readLine();
    while (line != null && !line.equals("ready")) {
      line = out.readLine();
    }
    Thread.sleep(millis);
    boolean lived = life.isAlive();
    life.destroyForcibly();
    return lived;
  }

  private static int ended(Process life) throws InterruptedException {
    if (!life.waitFor(120, TimeUnit.SECONDS)) {
      life.destroyForcibly();
      return fail("a run of %d rounds took two minutes".formatted(CrashingRun.ROUNDS));
    }
    return life.exitValue();
  }
}
