package org.dpfed.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.SparkEnv;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.SiteFactory;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/**
 * Made-up clients of 8 × 8 pixels and three classes, for the networks that the settings name. One
 * client in seven cannot be read.
 */
public final class SyntheticSites implements SiteFactory {
  static final int POPULATION = 60;

  /** What a client that cannot be read says. */
  static final String READ_ERROR = "the disk is not there";

  private static final String GREEDY_ONCE = ",greedy-once=";
  private static final String UNREADABLE_ON_0 = ",unreadable-on-0=";
  private static final int SIDE = 8;
  private static final int CLASSES = 3;

  /**
   * Networks and behaviours by name.
   *
   * @param settings {@code mlp}, {@code cnn}, {@code adam}; then, after a comma each, {@code slow},
   *     {@code other}, {@code swapped} for two clients that have changed places on executor 1,
   *     {@code greedy} for clients that never have enough memory, {@code greedy-once=} with a file
   *     that keeps one from being so again, and {@code unreadable-on-0=} with a directory for the
   *     numbers of the clients that executor 0 could not read, which then nobody can
   */
  @Override
  public Site open(String settings) {
    Optional<Path> mark = file(settings, GREEDY_ONCE);
    boolean isGreedy = settings.contains(",greedy") && mark.isEmpty();
    boolean isSlow = settings.contains(",slow");
    Optional<Path> failed = file(settings, UNREADABLE_ON_0);
    boolean isUnreadable =
        failed.isPresent() && SparkEnv.get() != null && SparkEnv.get().executorId().equals("0");
    int seed = isOn1(settings, ",other") ? 12 : 11;
    if (isOn1(settings, ",other") || isOn1(settings, ",swapped")) {
      // The other executor is free by then, and Spark could give it this one's share.
      sleep(1000);
    }
    MultiLayerConfiguration network =
        switch (settings.replaceFirst(",.*", "")) {
          case "mlp" -> mlp(new Sgd(0.1), seed);
          case "adam" ->
              mlp(new Adam(new StepSchedule(ScheduleType.ITERATION, 0.01, 0.5, 2)), seed);
          case "cnn" -> cnn(seed);
          default -> throw new IllegalArgumentException("no network is called that");
        };
    return new Site(
        new Dl4jClientTrainer(NetworkTemplate.of(network), new LocalTraining(2, 4)),
        new Clients(isSlow, isUnreadable, failed, isGreedy, mark, isOn1(settings, ",swapped")));
  }

  private static boolean isOn1(String settings, String behaviour) {
    return settings.contains(behaviour) && SparkEnv.get().executorId().equals("1");
  }

  private static Optional<Path> file(String settings, String after) {
    return settings.contains(after)
        ? Optional.of(Path.of(settings.substring(settings.indexOf(after) + after.length())))
        : Optional.empty();
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static boolean isReadable(int client) {
    return client % 7 != 3;
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater, int seed) {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .dataType(DataType.FLOAT)
        .updater(updater)
        .activation(Activation.TANH);
  }

  private static MultiLayerConfiguration mlp(IUpdater updater, int seed) {
    return builder(updater, seed)
        .list(new DenseLayer.Builder().nOut(40).dropOut(0.8).build(), output())
        .setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1))
        .build();
  }

  private static MultiLayerConfiguration cnn(int seed) {
    return builder(new Sgd(0.1), seed)
        .list(
            new ConvolutionLayer.Builder(3, 3).nOut(8).build(),
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                .stride(2, 2)
                .build(),
            new DenseLayer.Builder().nOut(16).build(),
            output())
        .setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1))
        .build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder().nOut(CLASSES).activation(Activation.SOFTMAX).build();
  }

  /** None of client 0, otherwise three to nine examples, so that shares end at different times. */
  private record Clients(
      boolean isSlow,
      boolean isUnreadable,
      Optional<Path> failed,
      boolean isGreedy,
      Optional<Path> mark,
      boolean isSwapped)
      implements FederatedDataset {
    @Override
    public String unit() {
      return "device";
    }

    @Override
    public int population() {
      return POPULATION;
    }

    @Override
    public Optional<byte[]> identity(int id) {
      int person = isSwapped && (id == 1 || id == 2) ? 3 - id : id;
      return Optional.of(new byte[] {(byte) person});
    }

    @Override
    public int examples(int id) {
      return id == 0 ? 0 : 3 + id % 7;
    }

    @Override
    public DataSet client(int id) {
      if (isUnreadable) {
        create(failed.orElseThrow().resolve(Integer.toString(id)));
      }
      if (!isReadable(id) || failed.filter(all -> Files.exists(all.resolve("" + id))).isPresent()) {
        throw new IllegalStateException(READ_ERROR);
      }
      if ((isGreedy && id % 7 == 5) || isFirst()) {
        requireAllMemory();
      }
      if (isSlow) {
        sleep(100);
      }
      SplittableRandom random = new SplittableRandom(id);
      int count = examples(id);
      float[][] features = new float[count][SIDE * SIDE];
      float[][] labels = new float[count][CLASSES];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < features[i].length; j++) {
          features[i][j] = (float) random.nextDouble(-1, 1);
        }
        labels[i][id % CLASSES] = 1;
      }
      return new org.nd4j.linalg.dataset.DataSet(
          Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }

    private boolean isFirst() {
      return mark.isPresent() && create(mark.get());
    }

    /** Whether the file was not there. */
    private static boolean create(Path file) {
      try {
        return file.toFile().createNewFile();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** At once, not little by little, which takes minutes. */
    private static void requireAllMemory() {
      throw new IllegalStateException("has a heap for " + new long[Integer.MAX_VALUE - 8].length);
    }
  }
}
