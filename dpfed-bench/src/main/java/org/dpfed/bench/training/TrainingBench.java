package org.dpfed.bench.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.dpfed.data.FashionMnist;
import org.dpfed.data.LabelledData;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.partition.Iid;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.LayerImplementation;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ClientUpdate;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.ServerOptimizer;
import org.dpfed.imaging.networks.ImageNetwork;
import org.dpfed.imaging.networks.ResidualNetwork;
import org.dpfed.imaging.networks.UNet;
import org.dpfed.models.Architecture;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import picocli.CommandLine.Option;

/**
 * Rounds of DP-FedAvg on Fashion-MNIST, for a number of rounds or of seconds after a warm-up;
 * prints one JSON line with the settings of {@code benchmarks/peers/fedavg_torch.py}.
 */
public final class TrainingBench implements Runnable {
  private static final int BATCH = 10;
  private static final int WORKERS = 2;

  /** Of the images that are segmented, and how many are used. */
  private static final int SIDE = 32;

  private static final int SEGMENTED = 12_000;

  @Option(names = "--model", required = true)
  private String model = "";

  @Option(names = "--steps")
  private int steps = 1;

  @Option(names = "--cohort")
  private int cohort = 100;

  @Option(names = "--rounds")
  private int rounds;

  @Option(names = "--warmup-seconds")
  private double warmupSeconds;

  @Option(names = "--seconds")
  private double seconds;

  @Option(names = "--client-rate")
  private double clientRate = 0.1;

  @Option(names = "--momentum")
  private double momentum;

  @Option(names = "--clip")
  private double clip = 0.5;

  @Option(names = "--noise")
  private double noise = 0.6;

  @Option(names = "--seed")
  private int seed = 1;

  @Option(names = "--layers")
  private LayerImplementation layers = LayerImplementation.automatic();

  private final AtomicLong trainingNanos = new AtomicLong();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private long trainingNanosAtStart;
  private double counted;
  private int countedRounds;
  private int allRounds;

  public static void main(String[] args) {
    System.exit(new picocli.CommandLine(new TrainingBench()).execute(args));
  }

  @Override
  public void run() {
    try {
      System.out.println(measure());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ObjectNode measure() throws IOException {
    TrainTestSplit split = FashionMnist.read();
    LabelledData train = model.equals("unet") ? segmented(split.train()) : split.train();
    FederatedDataset images = new Iid(BATCH * steps, seed).partition(train, "client");
    FederatedDataset clients = shaped(images);
    NetworkTemplate network = network(train.inputType());
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(cohort)
            .rounds(rounds == 0 ? 1_000_000 : rounds)
            .clipNorm(clip)
            .noiseMultiplier(noise)
            .delta(1e-5)
            .build();
    ClientTrainer trainer = new Dl4jClientTrainer(network, new LocalTraining(1, BATCH), layers);
    long started = System.nanoTime();
    FederatedAveraging[] run = new FederatedAveraging[1];
    run[0] =
        FederatedAveraging.builder(plan, clients, new Timed(trainer))
            .execution(Execution.withWorkers(WORKERS))
            .serverOptimizer(new ServerOptimizer.Sgd(1, momentum))
            .seed(seed)
            .listener(
                (metrics, parameters) -> {
                  allRounds++;
                  double passed = (System.nanoTime() - started) / 1e9;
                  if (passed < warmupSeconds) {
                    trainingNanosAtStart = trainingNanos.get();
                  } else {
                    counted += metrics.seconds();
                    countedRounds++;
                  }
                  if (seconds > 0 && passed >= warmupSeconds + seconds) {
                    run[0].stop();
                  }
                })
            .build();
    INDArray parameters = run[0].run().parameters();
    if (failure.get() != null) {
      throw new IllegalStateException(
          "a client failed, so that no time would mean anything", failure.get());
    }
    double training = (trainingNanos.get() - trainingNanosAtStart) / 1e9;
    ObjectNode line = new ObjectMapper().createObjectNode();
    line.put("side", layers == LayerImplementation.DL4J ? "dpfed, DL4J's layers" : "dpfed");
    line.put("model", model).put("steps", steps).put("cohort", cohort);
    line.put("rounds", allRounds).put("seed", seed);
    line.put("clientsPerSecond", cohort * countedRounds / counted);
    line.put("shareOutsideTraining", 1 - training / (WORKERS * counted));
    line.put("peakMemoryMiB", peakMemoryMiB());
    if (!hasOwnForm()) {
      try (Dl4jEvaluator evaluator = new Dl4jEvaluator(network, split.test().toDataSet())) {
        line.put("accuracy", evaluator.evaluate(parameters).accuracy());
      }
    }
    return line;
  }

  /** An LSTM takes the columns of an image as steps, and their pixels as features. */
  private FederatedDataset shaped(FederatedDataset images) {
    return switch (model) {
      case "lstm" -> new ShapedImages(images, List.of(28L, 28L));
      case "residual" -> new ShapedImages(images, List.of(1L, 28L, 28L));
      default -> images;
    };
  }

  /** Whether the network takes other examples than the data set's own. */
  private boolean hasOwnForm() {
    return List.of("unet", "residual", "lstm").contains(model);
  }

  private NetworkTemplate network(InputType inputType) {
    if (model.equals("unet")) {
      return NetworkTemplate.of(
          new UNet()
              .configuration(ImageNetwork.image(SIDE, SIDE, 1), 2, new Sgd(clientRate), seed));
    }
    if (model.equals("residual")) {
      return NetworkTemplate.of(
          new ResidualNetwork()
              .configuration(ImageNetwork.image(28, 28, 1), 10, new Sgd(clientRate), seed));
    }
    if (model.equals("lstm")) {
      return NetworkTemplate.of(lstm());
    }
    Architecture architecture =
        model.equals("mlp") ? new Architecture.Mlp(List.of(200)) : Architecture.named(model);
    return NetworkTemplate.of(architecture.configuration(inputType, 10, clientRate, seed));
  }

  /** One LSTM, whose last output is classified. */
  private MultiLayerConfiguration lstm() {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(new Sgd(clientRate))
        .activation(Activation.TANH)
        .list(
            new LastTimeStep(new LSTM.Builder().nOut(64).build()),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.recurrent(28))
        .build();
  }

  /** Images with 2 pixels around them, and which of their pixels are brighter than a fifth. */
  private static LabelledData segmented(LabelledData data) {
    LabelledData some = data.select(IntStream.range(0, SEGMENTED).toArray());
    float[] pixels = some.toDataSet().getFeatures().dup('c').data().asFloat();
    float[] padded = new float[SEGMENTED * SIDE * SIDE];
    byte[] masks = new byte[padded.length];
    for (int row = 0; row < SEGMENTED * 28; row++) {
      int to = (row / 28 * SIDE + row % 28 + 2) * SIDE + 2;
      for (int x = 0; x < 28; x++) {
        padded[to + x] = pixels[row * 28 + x];
        masks[to + x] = (byte) (pixels[row * 28 + x] > 0.2 ? 1 : 0);
      }
    }
    return LabelledData.segmentation(
        ImageNetwork.image(SIDE, SIDE, 1), padded, masks, List.of("dark", "bright"));
  }

  private static double peakMemoryMiB() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return Double.NaN;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Adds up the time that workers spend on clients. */
  private final class Timed implements ClientTrainer {
    private final ClientTrainer trainer;

    Timed(ClientTrainer trainer) {
      this.trainer = trainer;
    }

    @Override
    public long dimension() {
      return trainer.dimension();
    }

    @Override
    public INDArray initialParameters() {
      return trainer.initialParameters();
    }

    @Override
    public ClientTrainer.Worker newWorker() {
      ClientTrainer.Worker worker = trainer.newWorker();
      return new ClientTrainer.Worker() {
        @Override
        public ClientUpdate train(INDArray global, DataSet examples, long clientSeed) {
          long before = System.nanoTime();
          try {
            return worker.train(global, examples, clientSeed);
          } catch (RuntimeException e) {
            failure.set(e);
            throw e;
          } finally {
            trainingNanos.addAndGet(System.nanoTime() - before);
          }
        }

        @Override
        public void close() {
          worker.close();
        }
      };
    }
  }
}
