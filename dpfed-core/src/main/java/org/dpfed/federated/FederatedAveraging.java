package org.dpfed.federated;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.ledger.Checkpoint;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerHistory;
import org.jspecify.annotations.Nullable;

/**
 * Federated averaging with client-level differential privacy: DP-FedAvg of McMahan et al. 2018,
 * Algorithm 1, with Poisson sampling, a fixed divisor and a server optimizer.
 *
 * <p>Each round samples a cohort, trains every sampled client from the global parameters, clips and
 * sums the deltas, charges the ledger, adds noise, and passes the noisy mean to the server
 * optimizer. The result depends only on the plan's randomness, the seed and the data; the number of
 * workers does not change it.
 *
 * <p>If a client's data or training fails in any way, the client contributes zero and the run
 * continues. An early end or a message would reveal that this client took part, so the run reports
 * nothing even if every client fails; {@link Builder#showClientErrors} shows the failures.
 *
 * <p>Several runs at once in one process do not change each other's results. While any of them
 * lasts, ND4J uses one native thread per operation in the whole process; when the last one ends,
 * the caller's setting is restored.
 */
public final class FederatedAveraging {
  /**
   * Name of the threads on which clients are trained. dpfed logs nothing about a client there, but
   * DL4J and ND4J may, such as the shapes of a client's examples: leave their messages from these
   * threads out of any log that others than the server's operator read.
   */
  public static final String WORKER_THREAD = "dpfed-worker";

  private final RunSettings settings;
  private final AtomicBoolean stop = new AtomicBoolean();
  private @Nullable TrainingRun run;

  private FederatedAveraging(RunSettings settings) {
    this.settings = settings;
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
   * Goes on with a run whose checkpoints are in a directory: with its parameters, optimizer, clip
   * norms, noise and turns, and on its ledger. The result has the guarantee of a run that was never
   * interrupted, and for a seeded plan its parameters to the last bit.
   *
   * <p>Rounds that were charged after the checkpoint are charged again when they are run again, as
   * their first release may have been seen; a run that can no longer afford its last rounds ends
   * before them. Plan, population, network, optimizer and seed must be those of the run; the plan
   * may have more rounds if each round has a cost of its own.
   *
   * @param plan a new plan like that of the run
   * @param directory with the run's checkpoints, where it also saves later ones
   */
  public static Builder resume(
      PrivacyPlan plan,
      FederatedDataset data,
      ClientTrainer trainer,
      CheckpointDirectory directory) {
    Builder builder = new Builder(plan, data, trainer);
    builder.resumes = true;
    return builder.checkpoints(directory, Builder.ROUNDS_BETWEEN_CHECKPOINTS);
  }

  /**
   * Trains until the plan's last round or until {@link #stop}, on the calling thread and the
   * workers. A plan is for one run. A round for which the ledger has no budget is not run: the
   * result holds those before it, and its report says so.
   *
   * @throws IllegalArgumentException when clients cannot be trained as the guarantee assumes, the
   *     ledger is not for such a run, or a checkpoint is of another run; then nothing was charged
   * @throws java.io.UncheckedIOException when the ledger cannot record that the run begins, or the
   *     checkpoints cannot be read; then nothing was charged
   * @throws IllegalStateException when the plan was run before, by this object or another
   * @throws RoundFailedException when the ledger, the listener, the evaluator or anything else but
   *     a client fails; it holds the parameters and the report of what was charged
   */
  public TrainingResult run() {
    settings.check();
    TrainingRun started = new TrainingRun(settings, stop);
    run = started;
    return started.run();
  }

  /**
   * Refuses what {@link #run} would refuse of clients and server before the first round, and
   * changes nothing.
   *
   * @throws IllegalArgumentException when they cannot do what the run needs
   */
  public void check() {
    settings.check();
  }

  /**
   * Refuses what {@link #run} would refuse of a run that goes on from a checkpoint, and changes
   * nothing: no file is held, charged or written, and the plan stays unused.
   *
   * @param checkpoint of the run
   * @param file the ledger that it would go on on, for errors
   * @param ledger what is on it
   * @return where the run is on the ledger
   * @throws IllegalArgumentException when plan, network, clients or ledger are not those of the run
   */
  public LedgerPosition requireResumable(Checkpoint checkpoint, Path file, LedgerHistory ledger) {
    TrainingState state = TrainingState.of(checkpoint);
    state.requireSameClients(settings.data(), settings.countsTurns());
    settings.mechanism(state);
    ledger.requireResumable(file, settings.plan().planned(), state.position(), state.round());
    return state.position();
  }

  /**
   * Refuses clients that are not those of a checkpoint's run, as {@link #run} would, where there is
   * no plan yet: a plan can be impossible for other clients, for a reason that does not name them.
   *
   * @throws IllegalArgumentException when they are others, or in another order
   */
  public static void requireSameClients(FederatedDataset data, Checkpoint checkpoint) {
    TrainingState.of(checkpoint).requireSameClients(data, false);
  }

  /**
   * The report of the run so far, as if it ended after the rounds that have finished. To be called
   * by the {@link RoundListener}, on the thread of the run; composing the ledger takes time.
   *
   * @throws IllegalStateException before {@link #run} has started
   */
  public TrainingReport reportSoFar() {
    return started("reportSoFar").report();
  }

  /**
   * Which rounds of the run have been charged so far. To be called by the {@link RoundListener}, on
   * the thread of the run; takes no time.
   *
   * @throws IllegalStateException before {@link #run} has started
   */
  public ChargedRounds chargedSoFar() {
    return started("chargedSoFar").charged();
  }

  private TrainingRun started(String method) {
    if (run == null) {
      throw new IllegalStateException(
          "the run has not started and has nothing to report; call %s from its listener"
              .formatted(method));
    }
    return run;
  }

  /**
   * Asks a run to end after the clients now in training. Their round is not released, and charged
   * only with local trust, where clients may have sent messages already; the result holds the
   * rounds before it. May be called from any thread, and before {@link #run}, which then trains
   * nothing. An interruption of the thread that runs does the same.
   */
  public void stop() {
    stop.set(true);
  }

  /**
   * Collects a run. Only the server optimizer and speed have defaults that anyone may want changed.
   */
  public static final class Builder {
    private static final int ROUNDS_BETWEEN_CHECKPOINTS = 10;

    private final PrivacyPlan plan;
    private final FederatedDataset data;
    private final ClientTrainer trainer;
    private ServerOptimizer serverOptimizer = new ServerOptimizer.Sgd();
    private @Nullable Execution execution;
    private CohortEngine engine = CohortEngine.local();
    private Optional<Duration> clientTimeLimit = Optional.empty();
    private PopulationLedger ledger = run -> event -> {};
    private Optional<Checkpointing> checkpoints = Optional.empty();
    private boolean resumes;
    private @Nullable ModelEvaluator evaluator;
    private int evaluateEvery;
    private RoundListener listener = (metrics, parameters) -> {};
    private boolean diagnostics;
    private boolean showClientErrors;
    private long seed;
    private String preparation = "";

    private Builder(PrivacyPlan plan, FederatedDataset data, ClientTrainer trainer) {
      if (plan.population() != data.population()) {
        throw new IllegalArgumentException(
            "the plan was made for a population of %d, the data has %d clients; make the plan from the data"
                .formatted(plan.population(), data.population()));
      }
      if (!plan.unit().equals(data.unit())) {
        throw new IllegalArgumentException(
            "the plan protects one %s, but a client of the data is one %s; build the plan from the data"
                .formatted(plan.unit(), data.unit()));
      }
      this.plan = plan;
      this.data = data;
      this.trainer = trainer;
    }

    /** The optimizer that applies the noisy mean. Default: plain averaging. */
    public Builder serverOptimizer(ServerOptimizer serverOptimizer) {
      this.serverOptimizer = serverOptimizer;
      return this;
    }

    /** How the run uses the machine. Default: one worker per processor and the fastest kernel. */
    public Builder execution(Execution execution) {
      this.execution = execution;
      return this;
    }

    /**
     * Where clients are trained. Default: on threads of this process. Another engine changes no bit
     * of the result where it computes alike, and a run may be resumed on another.
     */
    public Builder engine(CohortEngine engine) {
      this.engine = engine;
      return this;
    }

    /**
     * How long a client may take to load its data and train. A client that takes longer contributes
     * zero, is interrupted, and has its thread and worker replaced. Default: no limit, and a client
     * that never ends stops the run from going on.
     *
     * <p>It is no setting of {@link Execution}, because it changes which updates count. With it a
     * run depends on the speed of the machine, and cannot be reproduced to the bit. The guarantee
     * gets one more assumption: that no client makes another one late.
     *
     * <p>A late client is never waited for. If it ignores the interruption, its thread goes on,
     * also after the run, with a network, a copy of the parameters and the client's examples; the
     * number of such threads has no bound, since any reaction to it would depend on the clients. So
     * leave the data open, and use a trainer that heeds interruptions, as {@code Dl4jClientTrainer}
     * does before each step. The threads do not keep the process alive.
     *
     * @param clientTimeLimit positive; far more than a client needs, whatever else the machine does
     */
    public Builder clientTimeLimit(Duration clientTimeLimit) {
      if (clientTimeLimit.isNegative() || clientTimeLimit.isZero()) {
        throw new IllegalArgumentException(
            "clientTimeLimit must be positive, was %s; leave it out for no limit"
                .formatted(clientTimeLimit));
      }
      this.clientTimeLimit = Optional.of(clientTimeLimit);
      return this;
    }

    /**
     * The ledger to charge before each release, for this run alone. Without one, only the report
     * records the charges.
     */
    public Builder ledger(PrivacyLedger ledger) {
      return populationLedger(run -> ledger);
    }

    /**
     * The ledger of the population, which all runs over it share: this run begins on it, charges
     * each round before its release, and ends where the ledger's budget does. The report then also
     * says what all runs on the ledger promise together.
     */
    public Builder populationLedger(PopulationLedger ledger) {
      this.ledger = ledger;
      return this;
    }

    /**
     * Saves the state of the run when it starts, after every {@code rounds}-th round and when it
     * ends, so that {@link #resume} can go on from there. Needs a ledger of the population that
     * outlives the process. Default: saves nothing.
     *
     * @param directory for this run alone
     * @param rounds between checkpoints; 0 for none but the first and the last
     */
    public Builder checkpoints(CheckpointDirectory directory, int rounds) {
      this.checkpoints = Optional.of(new Checkpointing(directory, rounds, resumes));
      return this;
    }

    /**
     * Evaluates the final parameters, and those of every {@code rounds}-th round.
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

    /** The listener that receives each finished round. */
    public Builder listener(RoundListener listener) {
      this.listener = listener;
      return this;
    }

    /** Whether metrics include {@link RoundDiagnostics}, which are not private. Default: no. */
    public Builder diagnostics(boolean diagnostics) {
      this.diagnostics = diagnostics;
      return this;
    }

    /**
     * Whether the log shows which clients fail and why, with messages and stack traces. Default:
     * no. Use it for debugging: the log is then not private, and the guarantee says so.
     */
    public Builder showClientErrors(boolean showClientErrors) {
      this.showClientErrors = showClientErrors;
      return this;
    }

    /**
     * Seed of local training (order of examples, dropout), which need not be secret. Default: 0.
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * How clients and held-out rows are made of the data, such as by which scaling and split: a run
     * is resumed only with the same text. Default: empty.
     *
     * @param preparation public; an error shows it
     */
    public Builder preparation(String preparation) {
      this.preparation = preparation;
      return this;
    }

    /** The run, ready to start once. */
    public FederatedAveraging build() {
      return new FederatedAveraging(
          new RunSettings(
              plan,
              data,
              trainer,
              serverOptimizer,
              execution == null ? Execution.automatic() : execution,
              engine,
              clientTimeLimit,
              ledger,
              checkpoints,
              evaluator,
              evaluateEvery,
              listener,
              diagnostics,
              showClientErrors,
              seed,
              preparation));
    }
  }
}
