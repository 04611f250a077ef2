package org.dpfed.bench.choices;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.Mechanism;
import org.dpfed.mechanism.MechanismRun;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.models.Architecture;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A round of a LeNet (582,026 parameters) with 16 clients, by plan: the server's part alone
 * (clipping, summing, releasing), and with the clients' training of 10 images each.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx4g"})
@State(Scope.Thread)
public class ChoicesBench {
  private static final int CLIENTS = 16;
  private static final int IMAGES = 10;
  private static final int CLASSES = 10;
  private static final int SIDE = 28;
  private static final int TRAINED_ROUNDS = 5;

  /** More rounds than are measured: a run cannot be longer than it was planned. */
  private static final int ROUNDS = 100_000;

  @Param public PlanChoice choice = PlanChoice.INDEPENDENT_FIXED;

  private final NetworkTemplate network =
      NetworkTemplate.of(
          Architecture.named("lenet")
              .configuration(InputType.convolutionalFlat(SIDE, SIDE, 1), CLASSES, 0.1, 1));
  private final ClientTrainer trainer =
      new Dl4jClientTrainer(network, new LocalTraining(1, IMAGES));
  private List<INDArray> deltas = List.of();
  private List<DataSet> examples = List.of();
  private MechanismRun run = start();

  @Setup
  public void makeClients() {
    SplittableRandom random = new SplittableRandom(1);
    int dimension = (int) network.dimension();
    deltas = IntStream.range(0, CLIENTS).mapToObj(c -> row(random, dimension)).toList();
    examples = IntStream.range(0, CLIENTS).mapToObj(c -> images(random)).toList();
    run = start();
  }

  private static INDArray row(SplittableRandom random, int length) {
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] = (float) random.nextDouble(-0.01, 0.01);
    }
    return Nd4j.createFromArray(row);
  }

  private static DataSet images(SplittableRandom random) {
    INDArray features = row(random, IMAGES * SIDE * SIDE).reshape(IMAGES, SIDE * SIDE);
    INDArray labels = Nd4j.zeros(IMAGES, CLASSES);
    for (int i = 0; i < IMAGES; i++) {
      labels.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return new DataSet(features, labels);
  }

  private MechanismRun start() {
    return new Mechanism(
            CLIENTS,
            ROUNDS,
            new Sampling.ParticipationLimited(CLIENTS, ROUNDS, 1),
            choice.clipping(),
            choice.noise(),
            choice.trust(),
            0.4,
            Randomness.secure())
        .start(KernelSelection.automatic(), network.layerSizes());
  }

  @Benchmark
  public double server() {
    try (DeltaAggregator aggregator = run.nextRound()) {
      for (int client : aggregator.cohort()) {
        aggregator.accumulate(client, deltas.get(client));
      }
      try (INDArray mean = aggregator.release(charged -> {})) {
        return mean.getDouble(0);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(TRAINED_ROUNDS)
  public double training() {
    PrivacyPlan plan =
        PrivacyPlan.builder(CLIENTS, "client")
            .sampling(new Sampling.ParticipationLimited(CLIENTS, TRAINED_ROUNDS, 1))
            .clipping(choice.clipping())
            .noise(choice.noise())
            .trust(choice.trust())
            .rounds(TRAINED_ROUNDS)
            .noiseMultiplier(0.4)
            .relation(NeighbouringRelation.ZERO_OUT)
            .delta(1e-5)
            .build();
    return FederatedAveraging.builder(plan, new Images(examples), trainer)
        .execution(Execution.withWorkers(2))
        .build()
        .run()
        .report()
        .seconds();
  }

  private record Images(List<DataSet> clients) implements FederatedDataset {
    @Override
    public int population() {
      return clients.size();
    }

    @Override
    public String unit() {
      return "client";
    }

    @Override
    public int examples(int id) {
      return IMAGES;
    }

    @Override
    public DataSet client(int id) {
      return clients.get(id);
    }
  }
}
