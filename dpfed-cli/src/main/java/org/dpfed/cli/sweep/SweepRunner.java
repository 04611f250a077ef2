package org.dpfed.cli.sweep;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.training.PlannedTraining;
import org.dpfed.ledger.DamagedLedgerException;
import org.dpfed.ledger.InUseException;
import org.dpfed.ledger.LedgerFile;

/**
 * Trains the runs of a sweep side by side, each in its directory, and keeps the tables up to date.
 * A run that fails is noted and ends no other. Each population's ledger is opened once, and all
 * runs over it charge it.
 *
 * <p>An interruption of the process stops the runs in progress as it stops {@code dpfed train};
 * those that have not begun are left for {@code --resume}.
 */
final class SweepRunner {
  private final SweepDirectory directory;
  private final List<String> varied;
  private final Map<String, RunResult> results = new LinkedHashMap<>();
  private final Map<Path, LedgerFile> ledgers = new LinkedHashMap<>();
  private final AtomicBoolean hasFailed = new AtomicBoolean();

  /**
   * @param varied keys of the settings that differ between runs
   * @param known every run, with its plan or why it has none
   */
  SweepRunner(SweepDirectory directory, List<String> varied, List<RunResult> known) {
    this.directory = directory;
    this.varied = varied;
    known.forEach(result -> results.put(result.run().name(), result));
  }

  /** The runs that are not done, in order. */
  private List<RunResult> open() {
    return results.values().stream()
        .filter(result -> result.plan().isPresent() && !result.isDone())
        .toList();
  }

  /**
   * Trains what is not done, and writes tables, plots and summary.
   *
   * @param parallel how many runs go side by side, at least 1
   * @return what became of all runs
   */
  Results train(int parallel, SweepOutput output) throws IOException {
    List<RunResult> open = open();
    long rounds = open.stream().mapToLong(result -> plan(result).planned().rounds()).sum();
    CountDownLatch written = new CountDownLatch(1);
    Thread hook = new Thread(() -> await(written), "dpfed-sweep-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    output.began();
    try {
      try (SweepProgress progress = new SweepProgress(open.size(), rounds, output)) {
        openLedgers(open);
        trainAll(open, parallel, progress);
      } finally {
        for (LedgerFile ledger : ledgers.values()) {
          ledger.close();
        }
      }
      Results all = results();
      directory.write(all);
      boolean isInterrupted = isProcessEnding();
      if (!isInterrupted) {
        directory.writeSummary(all);
      }
      output.ended(all, directory.path(), isInterrupted);
      return all;
    } finally {
      written.countDown();
      removeUnlessEnding(hook);
    }
  }

  /** The process ends after this, so it waits until the tables are written. */
  private static void await(CountDownLatch written) {
    try {
      written.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From the first moment of it, before any hook can tell; plots cannot be drawn any more. */
  private static boolean isProcessEnding() {
    Thread tried = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(tried);
      removeUnlessEnding(tried);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static void removeUnlessEnding(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook is what waits for this.
    }
  }

  private void openLedgers(List<RunResult> open) throws IOException {
    for (RunResult result : open) {
      Path file = plan(result).ledgerFile();
      if (!ledgers.containsKey(file)) {
        ledgers.put(file, opened(file));
      }
    }
  }

  private static LedgerFile opened(Path file) throws IOException {
    try {
      return LedgerFile.open(file);
    } catch (DamagedLedgerException | InUseException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private void trainAll(List<RunResult> open, int parallel, SweepProgress progress)
      throws IOException {
    directory.create();
    directory.write(results());
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      List<Future<?>> futures =
          open.stream()
              .<Future<?>>map(result -> threads.submit(() -> train(result, progress)))
              .collect(Collectors.toList());
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      hasFailed.set(true);
      if (e.getCause() instanceof UncheckedIOException io && io.getCause() != null) {
        throw io.getCause();
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      hasFailed.set(true);
      Thread.currentThread().interrupt();
    } finally {
      end(threads);
    }
  }

  /** The ledgers are closed after this, so no run may be left. */
  private static void end(ExecutorService threads) {
    threads.shutdown();
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void train(RunResult open, SweepProgress progress) {
    if (hasFailed.get() || isProcessEnding()) {
      return;
    }
    AtomicLong rounds = new AtomicLong();
    Optional<String> problem = Optional.empty();
    try {
      trainLogged(
          open,
          () -> {
            rounds.incrementAndGet();
            progress.round();
          });
    } catch (IOException | RuntimeException | Error e) {
      // What fails because the process ends is left for --resume.
      problem = isProcessEnding() ? Optional.empty() : Optional.of(Causes.words(e));
    }
    RunResult result = RunResult.of(open.run(), plan(open), directory.runs(), problem);
    keep(result);
    progress.ended(result, plan(open).planned().rounds() - rounds.get());
  }

  private void trainLogged(RunResult open, Runnable onRound) throws IOException {
    Path run = Files.createDirectories(directory.runs().resolve(open.run().name()));
    Path ledger = plan(open).ledgerFile();
    PopulationLedger beside =
        Objects.requireNonNull(ledgers.get(ledger)).sideBySide(plan(open).maxEpsilon());
    try (PrintWriter log =
        new PrintWriter(
            Files.newBufferedWriter(
                run.resolve("log.txt"),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND))) {
      open.run().train(directory.runs(), ledger, beside, log, onRound);
    }
  }

  private static PlannedTraining plan(RunResult result) {
    return result.plan().orElseThrow();
  }

  private synchronized void keep(RunResult result) {
    results.put(result.run().name(), result);
    try {
      directory.write(results());
    } catch (IOException e) {
      throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
    }
  }

  private synchronized Results results() {
    return new Results(varied, List.copyOf(results.values()));
  }
}
