package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.CrashReportingUtil;
import org.dpfed.federated.ClientTrainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

/** What DL4J leaves behind where a client runs out of memory. */
class CrashDumpTest {
  private static final AtomicBoolean MEMORY_RUNS_OUT = new AtomicBoolean();

  @TempDir Path folder;

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void watch() {
    CrashReportingUtil.crashDumpOutputDirectory(folder.toFile());
    CrashReportingUtil.crashDumpsEnabled(true);
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void restore() {
    MEMORY_RUNS_OUT.set(false);
    root.detachAppender(log);
    CrashReportingUtil.crashDumpOutputDirectory(null);
  }

  @Test
  void train_memoryRunsOut_leavesNoFileAndNoLog() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(NetworkTemplate.of(network()), new LocalTraining(1, 4));
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      MEMORY_RUNS_OUT.set(true);
      Throwable failure = catchThrowable(() -> worker.train(global, Networks.examples(4, 1), 1));

      assertThat(failure).hasStackTraceContaining("OutOfMemoryError");
    }
    assertThat(folder).isEmptyDirectory();
    assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
  }

  /** Were this no longer so, the test above would show nothing. */
  @Test
  void plainDl4j_memoryRunsOut_leavesAFile() {
    MultiLayerNetwork plain = new MultiLayerNetwork(network());
    plain.init();
    MEMORY_RUNS_OUT.set(true);

    Throwable failure = catchThrowable(() -> plain.fit(Networks.examples(4, 1)));

    assertThat(failure).hasStackTraceContaining("OutOfMemoryError");
    assertThat(folder).isNotEmptyDirectory();
  }

  private static MultiLayerConfiguration network() {
    return Networks.stacked(new Sgd(0.1), new Drift.InLayer(new Exhausting()));
  }

  /** Works until memory runs out. */
  private static final class Exhausting implements Drift {
    @Override
    public double next() {
      if (MEMORY_RUNS_OUT.get()) {
        throw new OutOfMemoryError("made up");
      }
      return 1;
    }
  }
}
