package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.mechanism.DeltaAggregator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Federated averaging with client-level differential privacy: DP-FedAvg of McMahan et al. 2018,
 * Algorithm 1, with Poisson sampling, a fixed divisor and a server optimizer.
 *
 * <p>Each round samples a cohort, lets every client train from the global parameters, clips and
 * sums their deltas, charges the ledger, adds noise, and hands the noisy mean to the server
 * optimizer. The result is a function of the plan's randomness, the seed and the data alone; the
 * number of workers does not show in it.
 *
 * <p>While a run is under way ND4J uses one native thread per operation in the whole process, so
 * one process should have one run at a time.
 */
public final class FederatedAveraging {
  private final PrivacyPlan plan;
  private final FederatedDataset data;
  private final ClientTrainer trainer;
  private final ServerOptimizer serverOptimizer;
  private final Execution execution;
  private final PrivacyLedger ledger;
  private final @Nullable ModelEvaluator evaluator;
  private final int evaluateEvery;
  private final RoundListener listener;
  private final boolean diagnostics;
  private final double maxFailedShare;
  private final long seed;
  private volatile boolean stopRequested;

  private FederatedAveraging(Builder builder) {
    this.plan = builder.plan;
    this.data = builder.data;
    this.trainer = builder.trainer;
    this.serverOptimizer = builder.serverOptimizer;
    this.execution = builder.execution == null ? Execution.automatic() : builder.execution;
    this.ledger = builder.ledger;
    this.evaluator = builder.evaluator;
    this.evaluateEvery = builder.evaluateEvery;
    this.listener = builder.listener;
    this.diagnostics = builder.diagnostics;
    this.maxFailedShare = builder.maxFailedShare;
    this.seed = builder.seed;
  }

  /**
   * A run of {@code plan} over the clients of {@code data}.
   *
   * @throws IllegalArgumentException when the plan was made for another population
   */
  public static Builder builder(PrivacyPlan plan, FederatedDataset data, ClientTrainer trainer) {
    return new Builder(plan, data, trainer);
  }

  /**
   * Trains until the plan's last round or until {@link #stop}, on the calling thread and the
   * workers.
   *
   * @throws RoundFailedException when too many clients of a round failed
   */
  public TrainingResult run() {
    INDArray parameters = trainer.initialParameters();
    List<RoundMetrics> metrics = new ArrayList<>();
    try (NativeThreads restored = NativeThreads.onePerOperation();
        ServerOptimizer.Stepper stepper = serverOptimizer.start(trainer.dimension());
        WorkerPool workers = new WorkerPool(trainer, data, seed, execution.workers())) {
      PoissonSampler sampler = plan.sampler();
      for (int round = 0; round < plan.rounds() && !stopRequested; round++) {
        long started = System.nanoTime();
        Optional<RoundDiagnostics> inside =
            round(round, sampler.cohort(round), workers, stepper, parameters);
        if (inside.isEmpty()) {
          break;
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        RoundMetrics finished = metrics(round, seconds, inside.get(), parameters);
        metrics.add(finished);
        listener.onRound(finished, parameters);
      }
    }
    return new TrainingResult(parameters, report(metrics, parameters));
  }

  /**
   * Asks a run to end after the clients now in training. Their round is neither charged nor
   * released; the result holds the rounds before it. May be called from any thread.
   */
  public void stop() {
    stopRequested = true;
  }

  /** One round, or empty when it was abandoned because of {@link #stop}. */
  private Optional<RoundDiagnostics> round(
      int round,
      int[] cohort,
      WorkerPool workers,
      ServerOptimizer.Stepper stepper,
      INDArray parameters) {
    // One thread: the others train meanwhile.
    DeltaKernel kernel = execution.kernel().kernel().withThreads(1);
    try (DeltaAggregator aggregator = plan.aggregator(kernel, trainer.dimension())) {
      RoundTally tally = new RoundTally(round, cohort.length, aggregator, () -> stopRequested);
      workers.train(round, cohort, parameters, tally);
      if (stopRequested) {
        return Optional.empty();
      }
      tally.requireEnough(maxFailedShare);
      try (INDArray mean = aggregator.release(ledger, plan.noiseKey(round))) {
        stepper.step(parameters, mean);
      }
      return Optional.of(tally.diagnostics());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
      return Optional.empty();
    }
  }

  private RoundMetrics metrics(
      int round, double seconds, RoundDiagnostics inside, INDArray parameters) {
    boolean evaluated = evaluateEvery > 0 && (round + 1) % evaluateEvery == 0;
    double sumStddev =
        plan.noiseMultiplier() == 0 ? 0 : plan.noiseMultiplier() * plan.clipping().clipNorm();
    return new RoundMetrics(
        round + 1,
        seconds,
        sumStddev / plan.expectedCohortSize(),
        evaluated ? evaluate(parameters) : Optional.empty(),
        diagnostics ? Optional.of(inside) : Optional.empty());
  }

  private Optional<ModelEvaluation> evaluate(INDArray parameters) {
    return evaluator == null ? Optional.empty() : Optional.of(evaluator.evaluate(parameters));
  }

  private TrainingReport report(List<RoundMetrics> rounds, INDArray parameters) {
    Optional<ModelEvaluation> last =
        rounds.isEmpty() ? Optional.empty() : rounds.get(rounds.size() - 1).evaluation();
    return new TrainingReport(
        plan,
        plan.guaranteeAfter(rounds.size()),
        rounds,
        last.isPresent() ? last : evaluate(parameters),
        rounds.stream().mapToDouble(RoundMetrics::seconds).sum(),
        execution.kernel().line());
  }

  /**
   * Collects a run. Only the server optimizer and speed have defaults that anyone may want changed.
   */
  public static final class Builder {
    private final PrivacyPlan plan;
    private final FederatedDataset data;
    private final ClientTrainer trainer;
    private ServerOptimizer serverOptimizer = new ServerOptimizer.Sgd();
    private @Nullable Execution execution;
    private PrivacyLedger ledger = event -> {};
    private @Nullable ModelEvaluator evaluator;
    private int evaluateEvery;
    private RoundListener listener = (metrics, parameters) -> {};
    private boolean diagnostics;
    private double maxFailedShare = 0.1;
    private long seed;

    private Builder(PrivacyPlan plan, FederatedDataset data, ClientTrainer trainer) {
      if (plan.population() != data.population()) {
        throw new IllegalArgumentException(
            "the plan was made for a population of %d, the data has %d clients; make the plan from the data"
                .formatted(plan.population(), data.population()));
      }
      this.plan = plan;
      this.data = data;
      this.trainer = trainer;
    }

    /** What applies the noisy mean; plain averaging unless set. */
    public Builder serverOptimizer(ServerOptimizer serverOptimizer) {
      this.serverOptimizer = serverOptimizer;
      return this;
    }

    /** How the machine is used; one worker per processor and the fastest kernel unless set. */
    public Builder execution(Execution execution) {
      this.execution = execution;
      return this;
    }

    /** Is charged before each release; without one, charges are kept in the report alone. */
    public Builder ledger(PrivacyLedger ledger) {
      this.ledger = ledger;
      return this;
    }

    /**
     * Judges the final parameters, and those of every {@code rounds}-th round.
     *
     * @param rounds at least 1
     */
    public Builder evaluateEvery(int rounds, ModelEvaluator evaluator) {
      if (rounds < 1) {
        throw new IllegalArgumentException("evaluateEvery must be at least 1, was " + rounds);
      }
      this.evaluateEvery = rounds;
      this.evaluator = evaluator;
      return this;
    }

    /** Is told of each finished round. */
    public Builder listener(RoundListener listener) {
      this.listener = listener;
      return this;
    }

    /** Whether metrics hold {@link RoundDiagnostics}, which are not private; off unless set. */
    public Builder diagnostics(boolean diagnostics) {
      this.diagnostics = diagnostics;
      return this;
    }

    /**
     * The share of a cohort that may fail before the round is given up; 0.1 unless set.
     *
     * @param maxFailedShare from 0 to 1
     */
    public Builder maxFailedShare(double maxFailedShare) {
      if (!(maxFailedShare >= 0 && maxFailedShare <= 1)) {
        throw new IllegalArgumentException(
            "maxFailedShare must be from 0 to 1, was " + maxFailedShare);
      }
      this.maxFailedShare = maxFailedShare;
      return this;
    }

    /**
     * Seed of local training (order of examples, dropout), which needs no secrecy; 0 unless set.
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** The run, ready to start once. */
    public FederatedAveraging build() {
      return new FederatedAveraging(this);
    }
  }
}
