package org.dpfed.federated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.MechanismRun;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The state and the rounds of one run. */
final class TrainingRun {
  private final RunSettings settings;
  private final PrivacyPlan plan;
  private final AtomicBoolean stop;
  private final INDArray parameters;
  private final MechanismRun mechanism;
  private final List<String> assumptions;
  private final Optional<TrainingState> resumed;
  private final Optional<PopulationDigest> clients;
  private final List<RoundMetrics> finished = new ArrayList<>();
  private final PrivacyLedger ledger;
  private Optional<String> budgetRefusal = Optional.empty();
  private ChargedRounds charged;

  /**
   * @param stop ends the run when it becomes true
   * @throws IllegalArgumentException when the ledger is not for such a run
   */
  TrainingRun(RunSettings settings, AtomicBoolean stop) {
    this.settings = settings;
    this.plan = settings.plan();
    this.stop = stop;
    this.parameters = startingParameters(settings.trainer());
    requireLayersOfTheDelta(settings.trainer());
    this.resumed = settings.checkpoints().flatMap(Checkpointing::start);
    // Other clients can make another plan: they are the reason then, and are named first.
    this.clients = settings.clients(resumed);
    this.mechanism = resumed.map(this::resumed).orElseGet(this::started);
    this.assumptions = settings.assumptions();
    plan.start();
    this.ledger =
        resumed
            .map(state -> settings.ledger().resume(plan.planned(), state.position(), state.round()))
            .orElseGet(() -> settings.ledger().begin(plan.planned()));
    this.charged = ledger.charged();
    requireLastingLedger();
  }

  private MechanismRun started() {
    return plan.mechanism().start(settings.execution().kernel(), settings.trainer().layerSizes());
  }

  /** Takes what the state holds, but for the optimizer's vectors, which are not there yet. */
  private MechanismRun resumed(TrainingState state) {
    MechanismRun left = settings.mechanism(state);
    parameters.assign(NativeFloats.array(state.parameters(), parameters.length()));
    finished.addAll(state.finished());
    return left;
  }

  private void requireLastingLedger() {
    if (settings.checkpoints().isPresent() && ledger.position().isEmpty()) {
      throw new IllegalArgumentException(
          "checkpoints need a ledger that outlives the process, or a resumed run would not know what was spent; give populationLedger a LedgerFile");
    }
  }

  private static void requireLayersOfTheDelta(ClientTrainer trainer) {
    long total = Arrays.stream(trainer.layerSizes()).asLongStream().sum();
    if (total != trainer.dimension()) {
      throw new IllegalArgumentException(
          "layerSizes must add up to the dimension of %d, added up to %d"
              .formatted(trainer.dimension(), total));
    }
  }

  /** A copy, because a trainer may return an array that it continues to use. */
  private static INDArray startingParameters(ClientTrainer trainer) {
    INDArray given = trainer.initialParameters();
    long dimension = trainer.dimension();
    if (given.rank() != 1 || given.length() != dimension || given.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "initialParameters must be FLOAT of shape [%d], was %s of shape %s"
              .formatted(dimension, given.dataType(), Arrays.toString(given.shape())));
    }
    return Nd4j.createUninitializedDetached(DataType.FLOAT, dimension).assign(given);
  }

  /**
   * @throws RoundFailedException when anything but a client failed
   */
  TrainingResult run() {
    // Around the last evaluation too, whose last bits depend on the number of threads.
    try (NativeThreads restored = NativeThreads.onePerOperation();
        LentCopy shown = new LentCopy()) {
      trainAllRounds(shown);
      Optional<ModelEvaluation> last = lastEvaluation();
      return result(last.isPresent() ? last : evaluate(finished.size(), shown));
    } catch (RuntimeException | Error e) {
      throw new RoundFailedException(result(lastEvaluation()), e);
    }
  }

  private void trainAllRounds(LentCopy shown) {
    ClientTrainer trainer = settings.trainer();
    try (ServerOptimizer.Stepper stepper = settings.serverOptimizer().start(trainer.dimension());
        CohortEngine.Session engine = settings.engine().open(settings.job())) {
      resumed.ifPresent(state -> restore(stepper.state(), state.optimizer()));
      save(stepper);
      try {
        trainAffordableRounds(engine, stepper, shown);
      } catch (BudgetExceededException e) {
        budgetRefusal = Optional.of(String.valueOf(e.getMessage()));
      }
      save(stepper);
    }
  }

  private void trainAffordableRounds(
      CohortEngine.Session engine, ServerOptimizer.Stepper stepper, LentCopy shown) {
    int affordable = plan.affordableRounds(charged, finished.size());
    for (int round = finished.size(); round < plan.rounds() && !isStopped(); round++) {
      if (round == affordable) {
        throw new BudgetExceededException(plan.refusalOf(charged, round));
      }
      ledger.requireRoom();
      long started = System.nanoTime();
      Optional<Trained> trained = round(round, engine, stepper);
      if (trained.isEmpty()) {
        return;
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      finished.add(metrics(round, seconds, trained.get(), shown));
      if (settings.checkpoints().stream().anyMatch(c -> c.isDueAfter(finished.size()))) {
        save(stepper);
      }
      settings.listener().onRound(finished.get(round), shown.of(parameters));
    }
  }

  private static void restore(List<INDArray> vectors, List<float[]> saved) {
    if (vectors.size() != saved.size()) {
      throw new IllegalArgumentException(
          "the server optimizer has %d vectors, the checkpoint %d"
              .formatted(vectors.size(), saved.size()));
    }
    for (int i = 0; i < saved.size(); i++) {
      vectors.get(i).assign(NativeFloats.array(saved.get(i), saved.get(i).length));
    }
  }

  /**
   * An interrupted thread could not write; it stays interrupted. A run that can be taken no further
   * keeps no noise on the disk.
   */
  private void save(ServerOptimizer.Stepper stepper) {
    boolean isLast = finished.size() == plan.rounds() && plan.planned().isAccountedAsAWhole();
    boolean interrupted = Thread.interrupted();
    try {
      settings.checkpoints().ifPresent(checkpoints -> checkpoints.save(state(stepper), isLast));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private TrainingState state(ServerOptimizer.Stepper stepper) {
    return new TrainingState(
        RunIdentity.of(settings),
        clients,
        parameters.toFloatVector(),
        stepper.state().stream().map(INDArray::toFloatVector).toList(),
        mechanism.state(),
        ledger.position().orElseThrow(),
        finished);
  }

  /** One round, or empty when it was abandoned because the run was stopped. */
  private Optional<Trained> round(
      int round, CohortEngine.Session engine, ServerOptimizer.Stepper stepper) {
    try (DeltaAggregator aggregator = mechanism.nextRound()) {
      int[] cohort = aggregator.cohort();
      RoundTally tally =
          new RoundTally(
              round, cohort.length, aggregator, settings.showClientErrors(), this::isStopped);
      if (plan.trust().isLocal()) {
        aggregator.charge(this::charge);
      }
      engine.train(new CohortEngine.Round(round, cohort, parameters, aggregator.bounds()), tally);
      if (isStopped()) {
        return Optional.empty();
      }
      tally.requireAll();
      double meanNorm;
      try (INDArray mean = aggregator.release(this::charge)) {
        meanNorm = mean.norm2Number().doubleValue();
        stepper.step(parameters, mean, settings.serverOptimizer().rateFactor(round));
      }
      return Optional.of(
          new Trained(
              aggregator.noiseStddev(), aggregator.clipNorms(), meanNorm, tally.diagnostics()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Whether the run is to end; an interrupted thread stops it too, and stays interrupted. */
  private boolean isStopped() {
    return stop.get() || Thread.currentThread().isInterrupted();
  }

  /** A charge that fails counts, since part of it may be recorded, unless the ledger refused it. */
  private void charge(DpEvent event) {
    ChargedRounds before = charged;
    charged = charged.and(finished.size(), finished.size() + 1);
    try {
      ledger.charge(event);
    } catch (IllegalStateException refused) {
      charged = before;
      throw refused;
    }
  }

  /** What is known of a round when it is over; all but the diagnostics is public. */
  private record Trained(
      double noiseStddev, List<Double> clipNorms, double meanNorm, RoundDiagnostics diagnostics) {}

  private RoundMetrics metrics(int round, double seconds, Trained trained, LentCopy shown) {
    boolean evaluated = settings.evaluateEvery() > 0 && (round + 1) % settings.evaluateEvery() == 0;
    return new RoundMetrics(
        round + 1,
        seconds,
        trained.noiseStddev(),
        trained.clipNorms(),
        trained.meanNorm(),
        evaluated ? evaluate(round + 1, shown) : Optional.empty(),
        settings.diagnostics() ? Optional.of(trained.diagnostics()) : Optional.empty());
  }

  private Optional<ModelEvaluation> evaluate(int rounds, LentCopy shown) {
    ModelEvaluator evaluator = settings.evaluator();
    if (evaluator == null) {
      return Optional.empty();
    }
    ledger.note("evaluation on held-out data of the model after round " + rounds);
    return Optional.of(evaluator.evaluate(shown.of(parameters)));
  }

  private Optional<ModelEvaluation> lastEvaluation() {
    return finished.isEmpty() ? Optional.empty() : finished.get(finished.size() - 1).evaluation();
  }

  private Optional<Guarantee> guaranteeOfAllRuns() {
    try {
      return ledger
          .composed(plan.relation())
          .map(all -> plan.guaranteeOfAllRuns(all).assuming(assumptions))
          .map(all -> all.isPrivate() ? all : named(all));
    } catch (UnsupportedOperationException | ArithmeticException e) {
      return Optional.of(
          plan.unboundedForAllRuns(
              "none",
              "no bound is known: "
                  + String.valueOf(e.getMessage())
                  + unboundedRuns().map("; "::concat).orElse("")));
    }
  }

  /** Without a bound, says whose fault that is. */
  private Guarantee named(Guarantee all) {
    return unboundedRuns()
        .map(runs -> plan.unboundedForAllRuns(all.accountant(), "no bound: " + runs))
        .orElse(all);
  }

  private Optional<String> unboundedRuns() {
    return ledger.unboundedRuns(plan.relation(), plan.delta());
  }

  private TrainingResult result(Optional<ModelEvaluation> evaluation) {
    return new TrainingResult(parameters, report(evaluation));
  }

  /** As if the run ended after the rounds finished so far. */
  TrainingReport report() {
    return report(lastEvaluation());
  }

  ChargedRounds charged() {
    return charged;
  }

  private TrainingReport report(Optional<ModelEvaluation> evaluation) {
    return new TrainingReport(
        plan,
        plan.guaranteeAfter(charged).assuming(assumptions),
        plan.guaranteeOfSumsAfter(charged).map(sums -> sums.assuming(assumptions)),
        guaranteeOfAllRuns(),
        budgetRefusal,
        charged,
        finished,
        evaluation,
        finished.stream().mapToDouble(RoundMetrics::seconds).sum(),
        settings.execution().kernel().line());
  }
}
