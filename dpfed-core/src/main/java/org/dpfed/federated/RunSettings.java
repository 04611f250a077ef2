package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.PrivacyLedger;
import org.jspecify.annotations.Nullable;

/** What {@link FederatedAveraging.Builder} collected; it documents each. */
record RunSettings(
    PrivacyPlan plan,
    FederatedDataset data,
    ClientTrainer trainer,
    ServerOptimizer serverOptimizer,
    Execution execution,
    PrivacyLedger ledger,
    @Nullable ModelEvaluator evaluator,
    int evaluateEvery,
    RoundListener listener,
    boolean diagnostics,
    boolean showClientErrors,
    long seed) {

  /** What must be true for the plan's guarantee to hold of a run with these settings. */
  List<String> assumptions() {
    List<String> assumptions = new ArrayList<>(trainer.assumptions());
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
