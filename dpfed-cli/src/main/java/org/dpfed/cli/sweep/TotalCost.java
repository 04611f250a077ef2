package org.dpfed.cli.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.UnsupportedEventException;
import org.dpfed.cli.training.PlannedTraining;
import org.dpfed.ledger.LedgerHistory;

/**
 * What several runs over one population cost together, composed as one release of all their models.
 * Runs without noise have no bound, and neither has a total with one of them, so the rest is stated
 * beside it.
 *
 * @param ledger of the population
 * @param runs how many
 * @param earlier how many of them are on the ledger already
 * @param unbounded how many of them have no guarantee
 * @param all of all, in words
 * @param others of those with a guarantee, in words
 */
record TotalCost(Path ledger, int runs, int earlier, int unbounded, String all, String others) {

  /** A run and the rounds of it that count. */
  private record Cost(PlannedRun run, ChargedRounds rounds) {
    boolean isBounded() {
      return !(run.firstRound() instanceof DpEvent.NonPrivate);
    }
  }

  /**
   * Of these runs when they are done and of what is on their ledgers already, for each population.
   * A run that was cut counts twice: its charges so far, and whole.
   */
  static List<TotalCost> planned(List<RunResult> results) {
    Map<Path, List<PlannedRun>> toCome =
        byLedger(results.stream().filter(result -> !result.isDone()).toList());
    List<TotalCost> totals = new ArrayList<>();
    byLedger(results)
        .forEach(
            (ledger, plans) -> {
              List<Cost> costs = new ArrayList<>(charged(ledger));
              int earlier = costs.size();
              toCome
                  .getOrDefault(ledger, List.of())
                  .forEach(run -> costs.add(new Cost(run, ChargedRounds.first(run.rounds()))));
              totals.add(of(ledger, plans, costs, earlier));
            });
    return totals;
  }

  /**
   * Of everything on the ledgers of these runs, for each population: also of runs before the sweep,
   * which a choice may have looked at as well, and of rounds that were charged again.
   */
  static List<TotalCost> charged(List<RunResult> results) {
    List<TotalCost> totals = new ArrayList<>();
    byLedger(results)
        .forEach(
            (ledger, plans) -> {
              List<Cost> costs = charged(ledger);
              if (!costs.isEmpty()) {
                totals.add(of(ledger, plans, costs, costs.size()));
              }
            });
    return totals;
  }

  private static Map<Path, List<PlannedRun>> byLedger(List<RunResult> results) {
    Map<Path, List<PlannedRun>> plans = new LinkedHashMap<>();
    for (RunResult result : results) {
      if (result.plan().isPresent()) {
        PlannedTraining plan = result.plan().get();
        plans.computeIfAbsent(plan.ledger(), key -> new ArrayList<>()).add(plan.planned());
      }
    }
    return plans;
  }

  private static List<Cost> charged(Path ledger) {
    LedgerHistory history = history(ledger);
    return history.runs().entrySet().stream()
        .map(run -> new Cost(run.getValue(), history.charged(run.getKey())))
        .filter(cost -> cost.rounds.total() > 0)
        .toList();
  }

  /** What is on it; nothing where it is not there yet. */
  private static LedgerHistory history(Path ledger) {
    try {
      return Files.exists(ledger)
          ? LedgerHistory.read(ledger)
          : new LedgerHistory(List.of(), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
    }
  }

  private static TotalCost of(Path ledger, List<PlannedRun> plans, List<Cost> costs, int earlier) {
    List<Cost> bounded = costs.stream().filter(Cost::isBounded).toList();
    return new TotalCost(
        ledger,
        costs.size(),
        earlier,
        costs.size() - bounded.size(),
        words(ledger, plans, costs),
        bounded.isEmpty() ? "nothing" : words(ledger, plans, bounded));
  }

  /**
   * Under each relation and at each delta of the plans with noise: a bound under one of them says
   * nothing about another.
   */
  private static String words(Path ledger, List<PlannedRun> plans, List<Cost> costs) {
    List<PlannedRun> bounded =
        plans.stream().filter(run -> !(run.firstRound() instanceof DpEvent.NonPrivate)).toList();
    return (bounded.isEmpty() ? plans : bounded)
        .stream()
            .map(run -> words(ledger, run.relation(), run.delta(), costs))
            .distinct()
            .collect(Collectors.joining("; "));
  }

  private static String words(
      Path ledger, NeighbouringRelation relation, double delta, List<Cost> costs) {
    PrivacyAccountant all = new TightestAccountant(relation);
    try {
      for (Cost each : costs) {
        all = all.compose(each.run.cost(each.rounds), 1);
      }
      double epsilon = all.epsilon(delta);
      return Double.isInfinite(epsilon)
          ? "without bound"
              + history(ledger).unboundedInWords(relation, delta).map("; "::concat).orElse("")
          : "ε = %s at δ = %s, %s".formatted(Guarantee.displayed(epsilon), delta, relation.label());
    } catch (UnsupportedEventException e) {
      return "without a bound that is known: " + e.getMessage();
    }
  }
}
