package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.dpfed.faults.Fault;
import org.dpfed.faults.FaultyFileSystem;
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
    List<WholeRun> wholes = wholes();
    int died = 0;
    int afterRelease = 0;
    long run = seed;
    for (; died < deaths; run++) {
      WholeRun whole = wholes.get((int) (run % wholes.size()));
      try {
        CrashLog log = cutUntilFinished(whole, run);
        died += log.deaths();
        afterRelease += log.deathsAfterRelease();
      } catch (AssertionError | IOException | RuntimeException e) {
        throw failed(whole, run, e);
      }
    }
    System.out.printf(
        "%d power cuts in %d runs, %d of them after a model was shown%n",
        died, run - seed, afterRelease);
  }

  private static AssertionError failed(WholeRun whole, long seed, Throwable cause) {
    return new AssertionError(
        "%s with seed %d: %s".formatted(whole.kind(), seed, cause.getMessage()), cause);
  }

  private List<WholeRun> wholes() throws IOException {
    List<WholeRun> wholes = new ArrayList<>();
    for (Kind kind : CrashingRun.KINDS) {
      wholes.add(WholeRun.of(kind, Files.createTempDirectory(directory, "whole")));
    }
    return wholes;
  }

  private CrashLog cutUntilFinished(WholeRun whole, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Path root = Files.createTempDirectory(directory, "cut").toRealPath();
    CrashLog log = new CrashLog(whole);
    while (true) {
      Fault fault =
          log.deaths() == MOST_DEATHS
              ? Fault.none()
              : new Fault(
                  1 + random.nextInt(whole.operations()),
                  Fault.Effect.POWER_CUT,
                  random.nextDouble());
      FaultyFileSystem disk = new FaultyFileSystem(root, fault);
      try {
        log.requireFinished(root, CrashingRun.live(disk.path(root), whole.kind(), log::saw));
        return log;
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
    List<WholeRun> wholes = wholes();
    ExecutorService lives = Executors.newFixedThreadPool(atOnce);
    try {
      int died = 0;
      int afterRelease = 0;
      long run = seed;
      while (died < deaths) {
        List<Future<CrashLog>> running = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
          long own = run++;
          int most = Math.min(MOST_DEATHS, deaths);
          running.add(lives.submit(() -> killUntilFinished(wholes, own, most)));
        }
        for (Future<CrashLog> life : running) {
          died += life.get().deaths();
          afterRelease += life.get().deathsAfterRelease();
        }
      }
      System.out.printf(
          "%d processes killed in %d runs, %d of them after a model was shown%n",
          died, run - seed, afterRelease);
    } finally {
      lives.shutdownNow();
    }
  }

  private CrashLog killUntilFinished(List<WholeRun> wholes, long seed, int most) throws Exception {
    int kind = (int) (seed % wholes.size());
    WholeRun whole = wholes.get(kind);
    SplittableRandom random = new SplittableRandom(seed);
    Path root = Files.createTempDirectory(directory, "killed").toRealPath();
    Path shown = Files.createTempFile(directory, "shown", ".txt");
    CrashLog log = new CrashLog(whole);
    try {
      while (true) {
        boolean mayDie = log.deaths() < most;
        boolean atOperation = mayDie && random.nextBoolean();
        int at = atOperation ? 1 + random.nextInt(whole.operations()) : 0;
        Process life = start(root, shown, kind, at, random.nextDouble());
        if (mayDie && !atOperation) {
          killAfter(life, random.nextInt(CrashingRun.ROUNDS + 1), random.nextInt(100));
        }
        int status = ended(life);
        log.sawAll(shown);
        if (status == 0) {
          log.requireFinished(root, log.lastModel());
          return log;
        }
        assertThat(status).as("exit status; 137 is SIGKILL, 1 an error").isEqualTo(137);
        log.died(root);
      }
    } catch (AssertionError | IOException | RuntimeException e) {
      throw failed(whole, seed, e);
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

  /** Kills a process some time after it has shown so many models, if it still lives then. */
  private static void killAfter(Process life, int models, int millis)
      throws IOException, InterruptedException {
    BufferedReader out = life.inputReader();
    for (int shown = 0; shown <= models; ) {
      String line = out.readLine();
      if (line == null) {
        return;
      }
      shown += line.startsWith(CrashingRun.SIGN) ? 1 : 0;
    }
    Thread.sleep(millis);
    life.destroyForcibly();
  }

  private static int ended(Process life) throws InterruptedException {
    if (!life.waitFor(120, TimeUnit.SECONDS)) {
      life.destroyForcibly();
      return fail("a run of %d rounds took two minutes".formatted(CrashingRun.ROUNDS));
    }
    return life.exitValue();
  }
}
