package org.dpfed.federated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.mechanism.MechanismRun;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings collected by {@link FederatedAveraging.Builder}, which documents each. */
record RunSettings(
    PrivacyPlan plan,
    FederatedDataset data,
    ClientTrainer trainer,
    ServerOptimizer serverOptimizer,
    Execution execution,
    CohortEngine engine,
    Optional<Duration> clientTimeLimit,
    PopulationLedger ledger,
    Optional<Checkpointing> checkpoints,
    @Nullable ModelEvaluator evaluator,
    int evaluateEvery,
    RoundListener listener,
    boolean diagnostics,
    boolean showClientErrors,
    long seed,
    String preparation) {
  private static final Logger LOG = LoggerFactory.getLogger(FederatedAveraging.class);

  /**
   * Checks before the first round what can be, and logs what users may not expect.
   *
   * @throws IllegalArgumentException when clients or server cannot do what the run needs
   */
  void check() {
    if (plan.trust().isLocal() && (diagnostics || showClientErrors)) {
      throw new IllegalArgumentException(
          "with local trust the server's operator is whom the clients do not trust; leave out diagnostics and showClientErrors, which show what was not noised");
    }
    if (engine.reportsSums()) {
      requireSums();
    }
    try (NativeThreads restored = NativeThreads.onePerOperation()) {
      trainer.check(plan.rounds());
    }
    serverOptimizer.check(plan.rounds());
    trainer.notes().forEach(LOG::info);
  }

  private void requireSums() {
    if (!plan.clipping().isBounded()) {
      throw new IllegalArgumentException(
          "this engine reports sums of many clients, which are the same in any order only on the grid of a clip norm; choose a clipNorm, or CohortEngine.local()");
    }
    if (plan.trust().isLocal()) {
      throw new IllegalArgumentException(
          "this engine reports sums of many clients, which with local trust would have to be noised one by one; choose central trust, or CohortEngine.local()");
    }
    if (showClientErrors) {
      throw new IllegalArgumentException(
          "this engine reports sums of many clients and no single client's error; leave out showClientErrors, or choose CohortEngine.local()");
    }
    if (diagnostics) {
      LOG.info(
          "diagnostics have no norms and losses: the engine reports sums of many clients, and how many of them failed, were clipped or not finite");
    }
  }

  /** What the engine trains. */
  CohortEngine.Job job() {
    return new CohortEngine.Job(trainer, data, seed, !plan.isSecure(), execution, clientTimeLimit);
  }

  /**
   * Who the clients are, for checkpoints alone.
   *
   * @param resumed the state of the run that goes on
   * @throws IllegalArgumentException when that run had more, fewer or others, or had them in
   *     another order
   */
  Optional<PopulationDigest> clients(Optional<TrainingState> resumed) {
    if (checkpoints.isEmpty()) {
      return Optional.empty();
    }
    return resumed.isPresent()
        ? resumed.get().requireSameClients(data, countsTurns())
        : PopulationDigest.of(data);
  }

  /**
   * The mechanism as a run left it.
   *
   * @throws IllegalArgumentException when the state is of another run than this
   */
  MechanismRun mechanism(TrainingState state) {
    RunIdentity.of(this).requireSame(state.identity());
    long dimension = trainer.dimension();
    if (state.parameters().length != dimension || state.round() != state.finished().size()) {
      throw new IllegalArgumentException(
          "the checkpoint holds %d parameters and %d rounds, not %d and %d"
              .formatted(
                  state.parameters().length, state.finished().size(), dimension, state.round()));
    }
    return plan.mechanism().resume(execution.kernel(), state.mechanism(), trainer.layerSizes());
  }

  /** Whether the cost depends on how often each client takes part, over all rounds. */
  boolean countsTurns() {
    return plan.planned().isAccountedAsAWhole();
  }

  /** What must be true for the plan's guarantee to hold of a run with these settings. */
  List<String> assumptions() {
    List<String> assumptions = new ArrayList<>();
    if (plan.isSecure()) {
      // The plan may have been made without the data, or from other data of the same unit and size.
      assumptions.addAll(data.assumptions());
    }
    boolean isResumed = checkpoints.filter(Checkpointing::resumes).isPresent();
    if (isResumed && countsTurns() && !PopulationDigest.isKnown(data)) {
      assumptions.add(
          "a client has the number that it had before the run was resumed, which the data cannot show");
    }
    assumptions.addAll(trainer.assumptions());
    if (clientTimeLimit.isPresent()) {
      assumptions.add(
          "whether a client ends within its time limit depends on that client alone: none slows"
              + " down another (clientTimeLimit)");
    }
    if (diagnostics) {
      assumptions.add(
          "only the server's operator sees the diagnostics: they are computed from clients' data"
              + " without noise");
    }
    if (showClientErrors) {
      assumptions.add(
          "only the server's operator sees the log: it shows which clients failed and why"
              + " (showClientErrors)");
    }
    return assumptions;
  }
}
