package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.LabelledData;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Dirichlet;
import org.dpfed.data.partition.Iid;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.data.partition.Partitioner;
import org.dpfed.data.partition.Shards;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.dl4j.PersonalEvaluator;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.RoundSchedule;
import org.dpfed.federated.ServerOptimizer;
import org.dpfed.federated.TrainingResult;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.ledger.CheckpointDirectory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The library objects that a configuration describes.
 *
 * @param configuration where they come from
 * @param schema how the features come from the columns of a CSV file, where they do
 * @param clients the population
 * @param network what is trained
 * @param probe made-up examples to check the network with; empty for those of the library
 * @param plan what it may cost
 * @param execution how it uses the machine
 * @param evaluator judges on held-out data
 * @param personal judges on held-out clients where layers are personal
 * @param heldOut how much that is
 * @param series how many the images are of, where they come in series
 */
record Experiment(
    Configuration configuration,
    Optional<CsvSchema> schema,
    FederatedDataset clients,
    NetworkTemplate network,
    Optional<DataSet> probe,
    PrivacyPlan plan,
    Execution execution,
    Dl4jEvaluator evaluator,
    Optional<PersonalEvaluator> personal,
    HeldOut heldOut,
    OptionalInt series)
    implements AutoCloseable {

  private static final int MOST_WORKERS_PER_PROCESSOR = 8;
  private static final long DIVISION_SEED = 1;

  /**
   * @param strategies where strategies optimised for a run are kept; empty to optimise anew
   * @throws org.dpfed.cli.UsageException when the configuration describes nothing that can run
   */
  static Experiment of(Configuration configuration, Optional<StrategyCache> strategies) {
    return of(configuration, strategies, DataSource.of(configuration), clients -> {});
  }

  /**
   * As {@link #of(Configuration, Optional)}, of data that were read before.
   *
   * @param source what the configuration says of data
   * @param admission sees the clients before there is a plan for them, and may refuse them
   */
  static Experiment of(
      Configuration configuration,
      Optional<StrategyCache> strategies,
      DataSource source,
      Consumer<FederatedDataset> admission) {
    try {
      FederatedDataset clients = source.clients(configuration);
      admission.accept(clients);
      AugmentationSettings.require(configuration, source.split().train().inputType());
      requireSites(configuration, source.split().test());
      PrivacyPlan plan =
          new PrivacyChoices(configuration).plan(PrivacyPlan.builder(clients), strategies);
      NetworkTemplate network = NetworkChoice.of(configuration, source.split().train());
      Execution execution = execution(configuration);
      plan.check(execution.kernel(), network.layerSizes());
      return new Experiment(
          configuration,
          source.schema(),
          clients,
          network,
          NetworkChoice.probe(source.split().train()),
          plan,
          execution,
          new Dl4jEvaluator(network, source.split().test().toDataSet()),
          personal(configuration, network, source),
          HeldOut.of(
              source.split().test(),
              clients,
              configuration.yes("data.siteNames"),
              configuration.has("data.testSites")),
          source.series());
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  /** Only what was read tells whether an index, a list of volumes or DICOM files name sites. */
  private static void requireSites(Configuration configuration, LabelledData heldOut) {
    boolean areNamed =
        heldOut.sites().stream().flatMap(List::stream).anyMatch(site -> !site.isEmpty());
    if (configuration.yes("data.siteNames") && !areNamed) {
      throw new IllegalArgumentException(
          "data.siteNames has no effect, since no held-out row has the name of a site; leave it out");
    }
  }

  /** The division of a held-out client's rows is the same in all runs. */
  private static Optional<PersonalEvaluator> personal(
      Configuration configuration, NetworkTemplate network, DataSource source) {
    if (network.personalLayers().isEmpty()) {
      return Optional.empty();
    }
    if (source.indexed().isPresent()) {
      throw new IllegalArgumentException(
          "model.personal is evaluated on held-out clients, and an index holds no clients of held-out rows; train from the files that it was made of");
    }
    return Optional.of(
        new PersonalEvaluator(
            network,
            localTraining(configuration),
            source.heldOutClients(partitioner(configuration)),
            DIVISION_SEED));
  }

  /**
   * The run, to be started once.
   *
   * @param resumes whether it goes on from its checkpoints
   * @param engine trains its cohorts
   */
  FederatedAveraging averaging(
      PopulationLedger ledger,
      CheckpointDirectory checkpoints,
      boolean resumes,
      CohortEngine engine,
      RoundListener listener) {
    return withSettings(
            resumes
                ? FederatedAveraging.resume(plan, clients, trainer(), checkpoints)
                : FederatedAveraging.builder(plan, clients, trainer()))
        .checkpoints(checkpoints, configuration.integer("run.checkpointEvery"))
        .engine(engine)
        .populationLedger(ledger)
        .listener(listener)
        .evaluateEvery(configuration.integer("run.evaluateEvery"), evaluator)
        .build();
  }

  /** The run as it would be, only to be looked at: without engine, ledger and checkpoints. */
  FederatedAveraging planned() {
    return withSettings(FederatedAveraging.builder(plan, clients, trainer())).build();
  }

  private FederatedAveraging.Builder withSettings(FederatedAveraging.Builder run) {
    clientTimeLimit(configuration).ifPresent(run::clientTimeLimit);
    return run.serverOptimizer(serverOptimizer(configuration))
        .execution(execution)
        .diagnostics(configuration.yes("run.diagnostics"))
        .showClientErrors(configuration.yes("run.showClientErrors"))
        .preparation(configuration.preparation())
        .seed(configuration.longInteger("run.seed"));
  }

  /** At least a nanosecond, which is what a clock can tell. */
  private static Optional<Duration> clientTimeLimit(Configuration configuration) {
    return configuration.has("client.timeLimitSeconds")
        ? Optional.of(
            Duration.ofNanos(
                (long) Math.ceil(configuration.number("client.timeLimitSeconds") * 1e9)))
        : Optional.empty();
  }

  /** What a model in training does on held-out data, beside the metrics. */
  HeldOutResults results(INDArray parameters) {
    return HeldOutResults.of(evaluator, heldOut, parameters);
  }

  /** As {@link #results}, of the last model, with what clients make of it. */
  HeldOutResults lastResults(TrainingResult last) {
    int lastRound = Math.max(0, last.report().rounds().size() - 1);
    HeldOutResults results = results(last.parameters());
    return personal
        .map(evaluator -> results.with(evaluator.evaluate(last.parameters(), lastRound)))
        .orElse(results);
  }

  /** What users may not expect of their images and of how clients train, a sentence each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    ImageSource.conversions(configuration).ifPresent(notes::add);
    notes.addAll(trainer().notes());
    return notes;
  }

  /** How clients train. */
  Dl4jClientTrainer trainer() {
    return trainer(configuration, network, probe);
  }

  /** As {@link #trainer()}, where there is no plan. */
  static Dl4jClientTrainer trainer(
      Configuration configuration, NetworkTemplate network, Optional<DataSet> probe) {
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(network, localTraining(configuration));
    return probe.map(trainer::withProbe).orElse(trainer);
  }

  private static LocalTraining localTraining(Configuration configuration) {
    LocalTraining local =
        new LocalTraining(
                configuration.integer("client.epochs"), configuration.integer("client.batchSize"))
            .withAugmentation(AugmentationSettings.of(configuration));
    if (configuration.has("client.maxExamples")) {
      local = local.withMaxExamples(configuration.integer("client.maxExamples"));
    }
    if (configuration.has("client.maxSteps")) {
      local = local.withMaxSteps(configuration.integer("client.maxSteps"));
    }
    if (configuration.has("model.personal")) {
      local = local.withPersonalSteps(configuration.integer("client.personalSteps"));
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

  /** How rows become clients. */
  static Partitioner partitioner(Configuration configuration) {
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
    personal.ifPresent(PersonalEvaluator::close);
  }
}
