package org.dpfed.dl4j;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerFile;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * A long run of a real network, in a process of its own, that prints what the process holds after
 * every few rounds. Arguments: the directory of the run, its rounds, the rounds between two samples
 * from round 100 on, and the kind of run.
 */
final class Soak {
  /** Of 140,002 parameters: an array of that size forgotten in each round would show. */
  private static final int HIDDEN = 20_000;

  /** The first sample is of this round. */
  static final int WARM_UP = 100;

  static final String LEDGER = "ledger.jsonl";

  private static final int POPULATION = 40;

  enum Kind {
    HONEST,
    /** A fifth of the clients throw, are late or give no number. */
    HOSTILE,
    /** The caller keeps the parameters of every round: what a leak would look like. */
    FORGETFUL
  }

  private Soak() {}

  /**
   * What a process holds.
   *
   * @param heap bytes of objects in use
   * @param resident bytes of main memory, all together
   * @param threads of Java
   * @param files open descriptors
   * @param directory bytes of the run's directory, the ledger left out
   */
  record Sample(int round, long heap, long resident, long threads, long files, long directory) {
    static Sample of(int round, Path run) {
      return new Sample(
          round,
          liveBytes(),
          Pointer.physicalBytes(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
              ? unix.getOpenFileDescriptorCount()
              : 0,
          bytes(run));
    }

    /**
     * Of the objects that a full collection leaves: the last line of a class histogram, once ND4J's
     * threads have freed the arrays that a collection before it found.
     */
    private static long liveBytes() {
      System.gc();
      try {
        Thread.sleep(200);
        Object histogram =
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
        Matcher total = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)").matcher("" + histogram);
        if (!total.find()) {
          throw new IllegalStateException("no total in " + histogram);
        }
        return Long.parseLong(total.group(1));
      } catch (JMException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static long bytes(Path directory) {
      try (Stream<Path> files = Files.walk(directory)) {
        return files
            .filter(file -> Files.isRegularFile(file) && !file.endsWith(LEDGER))
            .mapToLong(file -> file.toFile().length())
            .sum();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static Sample parsed(String line) {
      long[] numbers = Stream.of(line.split(" ")).mapToLong(Long::parseLong).toArray();
      return new Sample(
          (int) numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }

    String line() {
      return "%d %d %d %d %d %d".formatted(round, heap, resident, threads, files, directory);
    }
  }

  /** One to three examples each; some throw, are late or give no number, if they are hostile. */
  private record Clients(boolean areHostile) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return POPULATION;
    }

    @Override
    public int examples(int id) {
      return 1 + id % 3;
    }

    @Override
    public DataSet client(int id) {
      if (areHostile && id % 10 == 1) {
        throw new OutOfMemoryError("hostile");
      }
      DataSet examples = Networks.examples(examples(id), 1000 + id);
      if (areHostile && id % 20 == 2) {
        try {
          Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      if (areHostile && id % 10 == 3) {
        examples.getFeatures().assign(Float.NaN);
      }
      return examples;
    }

    @Override
    public void release(DataSet examples) {
      examples.getFeatures().close();
      examples.getLabels().close();
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    int every = Integer.parseInt(arguments[2]);
    Kind kind = Kind.valueOf(arguments[3]);
    boolean areHostile = kind == Kind.HOSTILE;
    List<INDArray> kept = new ArrayList<>();
    FederatedDataset clients = new Clients(areHostile);
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(8)
            .rounds(rounds)
            .clipNorm(0.5)
            .noiseMultiplier(1)
            .delta(1e-3)
            .build();
    NetworkTemplate template =
        NetworkTemplate.of(
            Networks.stacked(
                new Nesterovs(0.1, 0.9),
                new DenseLayer.Builder()
                    .nOut(HIDDEN)
                    .activation(Activation.TANH)
                    .dropOut(0.7)
                    .build()));
    try (LedgerFile ledger = LedgerFile.open(directory.resolve(LEDGER));
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("c"));
        Dl4jEvaluator evaluator = new Dl4jEvaluator(template, Networks.examples(20, 5))) {
      FederatedAveraging.Builder run =
          FederatedAveraging.builder(
                  plan, clients, new Dl4jClientTrainer(template, new LocalTraining(1, 2)))
              .populationLedger(ledger)
              .checkpoints(checkpoints, 10)
              .execution(Execution.withWorkers(2))
              .evaluateEvery(10, evaluator)
              .diagnostics(true)
              .listener(
                  (metrics, parameters) -> {
                    if (kind == Kind.FORGETFUL) {
                      kept.add(parameters.dup());
                    }
                    if (metrics.round() >= WARM_UP && metrics.round() % every == 0) {
                      System.out.println(Sample.of(metrics.round(), directory).line());
                    }
                  });
      if (areHostile) {
        run.clientTimeLimit(Duration.ofMillis(50));
      }
      run.build().run();
      kept.forEach(INDArray::close);
    }
  }
}
