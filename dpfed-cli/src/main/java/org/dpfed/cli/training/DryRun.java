package org.dpfed.cli.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.UnsupportedEventException;
import org.dpfed.data.partition.Partition;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.ledger.LedgerHistory;

/** Prints what a run would do: the data, the clients, the plan and its cost. Trains nothing. */
final class DryRun {
  private DryRun() {}

  static String describe(
      Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    PrivacyPlan plan = experiment.plan();
    Guarantee guarantee = plan.guarantee();
    FederatedDataset clients = experiment.clients();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("clients", text("%d, each one %s", clients.population(), clients.unit()));
    rows.put("training rows", text("%d", totalExamples(clients)));
    experiment.series().ifPresent(series -> rows.put("series", text("%d", series)));
    rows.put("held out", experiment.heldOut().describe());
    sites(experiment).ifPresent(sites -> rows.put("sites", sites));
    rows.put("architecture", experiment.configuration().text("model.architecture"));
    rows.put("parameters", text("%,d", experiment.network().dimension()));
    personal(experiment).ifPresent(layers -> rows.put("personal layers", layers));
    rows.put(
        "rounds",
        text("%d", plan.rounds())
            + resumption
                .map(run -> text(", going on after round %d", run.checkpoint().round()))
                .orElse(""));
    rows.putAll(PlanText.rows(plan, experiment.network().layerSizes().length));
    rows.put("accountant", guarantee.accountant());
    rows.put("ledger", onLedger(experiment, ledger, resumption));
    String table =
        rows.entrySet().stream()
            .map(row -> text("  %-20s%s", row.getKey(), row.getValue()))
            .collect(Collectors.joining("\n"));
    return String.join(
        "\n",
        guarantee.summary() + ofSums(plan),
        table
            + experiment.notes().stream().map("\nnote: "::concat).collect(Collectors.joining())
            + experiment.heldOut().warning().map("\n"::concat).orElse(""),
        assumptions(
            (hasOtherRuns(experiment, ledger, resumption)
                    ? plan.guaranteeBesideOtherRuns()
                    : guarantee)
                .assumptions()),
        "dry run: nothing was trained, charged or written");
  }

  /** How many there are to train on, and those held out as reports show them; empty for none. */
  private static Optional<String> sites(Experiment experiment) {
    long trained =
        experiment.clients() instanceof Partition rows
            ? rows.data().sites().stream()
                .flatMap(List::stream)
                .filter(site -> !site.isEmpty())
                .distinct()
                .count()
            : 0;
    HeldOutSites heldOut = experiment.heldOut().sites();
    if (trained == 0 && heldOut.equals(HeldOutSites.NONE)) {
      return Optional.empty();
    }
    String shown =
        heldOut.shown().stream()
            .map(site -> site.name() + " " + site.size())
            .collect(Collectors.joining(", "));
    // An index has the sites of held-out rows alone.
    String known = trained == 0 ? "" : text("%d to train on; ", trained);
    return Optional.of(known + "held out: " + heldOut.notShown().orElse(shown));
  }

  /** Those that stay with the client, and how many parameters they have; empty for none. */
  private static Optional<String> personal(Experiment experiment) {
    NetworkTemplate network = experiment.network();
    return network.personalLayers().isEmpty()
        ? Optional.empty()
        : Optional.of(
            text(
                "%s; %,d parameters beside those above",
                String.join(", ", network.personalLayers()), network.personalDimension()));
  }

  /** Whether the ledger holds charges of other runs than the one that would go on. */
  private static boolean hasOtherRuns(
      Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    int own = resumption.map(run -> run.requireSame(experiment, ledger).run()).orElse(0);
    return ledger.history().stream()
        .anyMatch(
            history ->
                history.runs().keySet().stream()
                    .anyMatch(run -> run != own && history.spentRounds(run) > 0));
  }

  /** What all runs would have cost when this one is done, and whether the budget allows it. */
  private static String onLedger(
      Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    PrivacyPlan plan = experiment.plan();
    Optional<LedgerHistory> history = ledger.history();
    if (history.isEmpty()) {
      return text("%s, a new one", ledger.file());
    }
    try {
      PrivacyAccountant spent = history.get().composed(plan.relation());
      double all =
          resumption
              .map(run -> run.composedWithRest(experiment, ledger))
              .orElseGet(
                  () -> spent.compose(plan.planned().cost(ChargedRounds.first(plan.rounds()))))
              .epsilon(plan.delta());
      OptionalDouble most = experiment.configuration().optionalNumber("privacy.maxEpsilon");
      String within =
          most.isPresent() && all > most.getAsDouble()
              ? text("; more than maxEpsilon %s, so the run would end before", most.getAsDouble())
              : "";
      double before = spent.epsilon(plan.delta());
      String unbounded =
          Double.isInfinite(before)
              ? history
                  .get()
                  .unboundedInWords(plan.relation(), plan.delta())
                  .map("; "::concat)
                  .orElse("")
              : "";
      return text(
          "%s; epsilon of all runs at this delta %s, with this one %s%s%s",
          ledger.file(), shown(before), shown(all), within, unbounded);
    } catch (UnsupportedEventException e) {
      return text("%s; no bound of all runs: %s", ledger.file(), String.valueOf(e.getMessage()));
    }
  }

  private static String shown(double epsilon) {
    return Double.isInfinite(epsilon) ? "without bound" : Guarantee.displayed(epsilon);
  }

  /** With local trust, on a line of its own; empty where the sums promise no more. */
  private static String ofSums(PrivacyPlan plan) {
    return plan.guaranteeOfSumsAfter(plan.rounds())
        .map(sums -> "\nthe sums alone: " + sums.summary())
        .orElse("");
  }

  private static long totalExamples(FederatedDataset clients) {
    return IntStream.range(0, clients.population()).mapToLong(clients::examples).sum();
  }

  private static String assumptions(List<String> assumptions) {
    return assumptions.stream()
        .map(text -> "  - " + text)
        .collect(Collectors.joining("\n", "assumptions\n", ""));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
