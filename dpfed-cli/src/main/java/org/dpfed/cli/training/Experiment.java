package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.LabelledData;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Dirichlet;
import org.dpfed.data.partition.Iid;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.data.partition.Partition;
import org.dpfed.data.partition.Partitioner;
import org.dpfed.data.partition.Shards;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.RoundSchedule;
import org.dpfed.federated.ServerOptimizer;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.models.Architecture;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The library objects that a configuration describes.
 *
 * @param configuration where they come from
 * @param schema how the features come from the columns of a CSV file, where they do
 * @param clients the population
 * @param network what is trained
 * @param plan what it may cost
 * @param execution how it uses the machine
 * @param evaluator judges on held-out data
 * @param heldOut how much that is
 */
record Experiment(
    Configuration configuration,
    Optional<CsvSchema> schema,
    Partition clients,
    NetworkTemplate network,
    PrivacyPlan plan,
    Execution execution,
    Dl4jEvaluator evaluator,
    HeldOut heldOut)
    implements AutoCloseable {

  /** Three models, one sum of 64-bit integers, one worker's model and gradient. */
  private static final int LEAST_BYTES_PER_PARAMETER = 3 * 4 + 8 + 2 * 4;

  private static final int MOST_WORKERS_PER_PROCESSOR = 8;

  /**
   * @param strategies where strategies optimised for a run are kept; empty to optimise anew
   * @throws org.dpfed.cli.UsageException when the configuration describes nothing that can run
   */
  static Experiment of(Configuration configuration, Optional<StrategyCache> strategies) {
    return of(configuration, strategies, DataSource.of(configuration));
  }

  /**
   * As {@link #of(Configuration, Optional)}, for runs that share their data.
   *
   * @param source what the configuration says of data
   */
  static Experiment of(
      Configuration configuration, Optional<StrategyCache> strategies, DataSource source) {
    try {
      Partition clients = source.partition(partitioner(configuration));
      PrivacyPlan plan =
          new PrivacyChoices(configuration).plan(PrivacyPlan.builder(clients), strategies);
      NetworkTemplate network = NetworkTemplate.of(network(configuration, source.split().train()));
      Execution execution = execution(configuration);
      plan.check(execution.kernel(), network.layerSizes());
      return new Experiment(
          configuration,
          source.schema(),
          clients,
          network,
          plan,
          execution,
          new Dl4jEvaluator(network, source.split().test().toDataSet()),
          HeldOut.of(source.split().test(), clients));
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  /**
   * The run, to be started once.
   *
   * @param resumes whether it goes on from its checkpoints
   */
  FederatedAveraging averaging(
      PopulationLedger ledger,
      CheckpointDirectory checkpoints,
      boolean resumes,
      RoundListener listener) {
    FederatedAveraging.Builder run =
        resumes
            ? FederatedAveraging.resume(plan, clients, trainer(), checkpoints)
            : FederatedAveraging.builder(plan, clients, trainer());
    clientTimeLimit(configuration).ifPresent(run::clientTimeLimit);
    return run.checkpoints(checkpoints, configuration.integer("run.checkpointEvery"))
        .serverOptimizer(serverOptimizer(configuration))
        .execution(execution)
        .populationLedger(ledger)
        .listener(listener)
        .evaluateEvery(configuration.integer("run.evaluateEvery"), evaluator)
        .diagnostics(configuration.yes("run.diagnostics"))
        .showClientErrors(configuration.yes("run.showClientErrors"))
        .seed(configuration.longInteger("run.seed"))
        .build();
  }

  /** At least a nanosecond, which is what a clock can tell. */
  private static Optional<Duration> clientTimeLimit(Configuration configuration) {
    return configuration.has("client.timeLimitSeconds")
        ? Optional.of(
            Duration.ofNanos(
                (long) Math.ceil(configuration.number("client.timeLimitSeconds") * 1e9)))
        : Optional.empty();
  }

  /** How clients train. */
  Dl4jClientTrainer trainer() {
    return new Dl4jClientTrainer(network, localTraining(configuration));
  }

  private static LocalTraining localTraining(Configuration configuration) {
    LocalTraining local =
        new LocalTraining(
            configuration.integer("client.epochs"), configuration.integer("client.batchSize"));
    if (configuration.has("client.maxExamples")) {
      local = local.withMaxExamples(configuration.integer("client.maxExamples"));
    }
    if (configuration.has("client.maxSteps")) {
      local = local.withMaxSteps(configuration.integer("client.maxSteps"));
    }
    return schedule(configuration, "client.schedule").map(local::withLearningRate).orElse(local);
  }

  /** The setting counts rounds from 1, the schedule from 0. */
  private static Optional<RoundSchedule> schedule(Configuration configuration, String key) {
    return configuration
        .value(key)
        .map(
            factors -> {
              Map<Integer, Double> byRound = new TreeMap<>();
              for (Map.Entry<String, JsonNode> entry : factors.properties()) {
                byRound.put(Integer.parseInt(entry.getKey()) - 1, entry.getValue().asDouble());
              }
              return new RoundSchedule(new MapSchedule(ScheduleType.ITERATION, byRound));
            });
  }

  private static Partitioner partitioner(Configuration configuration) {
    long seed = configuration.longInteger("partition.seed");
    return switch (configuration.text("partition.by")) {
      case "one-per-client" -> new OnePerClient();
      case "by-key" -> new ByKey();
      case "iid" -> new Iid(examplesPerClient(configuration), seed);
      case "dirichlet" ->
          new Dirichlet(
              examplesPerClient(configuration), configuration.number("partition.alpha"), seed);
      default ->
          new Shards(
              examplesPerClient(configuration),
              configuration.integer("partition.shardsPerClient"),
              seed);
    };
  }

  private static int examplesPerClient(Configuration configuration) {
    return configuration.integer("partition.examplesPerClient");
  }

  private static MultiLayerConfiguration network(Configuration configuration, LabelledData data) {
    String name = configuration.text("model.architecture");
    List<Integer> hidden =
        configuration.texts("model.hidden").stream().map(Integer::valueOf).toList();
    Architecture architecture =
        name.equals("mlp") ? new Architecture.Mlp(hidden) : Architecture.named(name);
    if (name.equals("mlp")) {
      requireRoomFor(hidden, data);
    }
    return architecture.configuration(
        data.inputType(),
        data.outputs(),
        updater(configuration),
        configuration.longInteger("model.seed"));
  }

  /** Refuses sizes whose parameters no array or no memory here can hold, before any is made. */
  private static void requireRoomFor(List<Integer> hidden, LabelledData data) {
    double parameters = 0;
    long inputs = data.inputType().arrayElementsPerExample();
    for (int size : hidden) {
      parameters += (inputs + 1.0) * size;
      inputs = size;
    }
    parameters += (inputs + 1.0) * data.outputs();
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    double most = Math.min(Integer.MAX_VALUE, (double) memory / LEAST_BYTES_PER_PARAMETER);
    if (parameters > most) {
      throw new IllegalArgumentException(
          "model.hidden %s makes %.3g parameters, more than the %.3g that this machine can hold; choose smaller layers"
              .formatted(hidden, parameters, most));
    }
  }

  private static IUpdater updater(Configuration configuration) {
    double rate = configuration.number("client.learningRate");
    return switch (configuration.text("client.updater")) {
      case "momentum" -> new Nesterovs(rate, Nesterovs.DEFAULT_NESTEROV_MOMENTUM);
      case "adam" -> new Adam(rate);
      default -> new Sgd(rate);
    };
  }

  private static ServerOptimizer serverOptimizer(Configuration configuration) {
    ServerOptimizer optimizer = unscheduled(configuration);
    return schedule(configuration, "server.schedule")
        .<ServerOptimizer>map(factors -> new ServerOptimizer.Scheduled(optimizer, factors))
        .orElse(optimizer);
  }

  private static ServerOptimizer unscheduled(Configuration configuration) {
    double rate = configuration.number("server.learningRate");
    return switch (configuration.text("server.optimizer")) {
      case "adam" -> new ServerOptimizer.Adam(rate);
      case "adagrad" -> new ServerOptimizer.Adagrad(rate);
      case "yogi" -> new ServerOptimizer.Yogi(rate);
      default -> new ServerOptimizer.Sgd(rate, configuration.number("server.momentum"));
    };
  }

  private static Execution execution(Configuration configuration) {
    Execution automatic =
        configuration.has("run.workers")
            ? Execution.withWorkers(workers(configuration))
            : Execution.automatic();
    return configuration
        .optionalText("run.kernel")
        .map(name -> new Execution(automatic.workers(), KernelSelection.forced(name)))
        .orElse(automatic);
  }

  private static int workers(Configuration configuration) {
    int workers = configuration.integer("run.workers");
    int most = MOST_WORKERS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    if (workers > most) {
      throw new IllegalArgumentException(
          "run.workers must be at most %d on this machine, %d for each processor, was %d; more would only wait for each other"
              .formatted(most, MOST_WORKERS_PER_PROCESSOR, workers));
    }
    return workers;
  }

  @Override
  public void close() {
    evaluator.close();
  }
}
