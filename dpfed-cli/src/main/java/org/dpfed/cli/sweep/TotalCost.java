package org.dpfed.cli.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.UnsupportedEventException;

/**
 * What all runs of a sweep over one population cost together, composed as one release of all their
 * models. Runs without noise have no bound, and neither has a total with one of them, so the rest
 * is stated beside it.
 *
 * @param ledger of the population
 * @param runs how many were charged
 * @param unbounded how many of them have no guarantee
 * @param all of all, in words
 * @param others of those with a guarantee, in words
 */
record TotalCost(Path ledger, int runs, int unbounded, String all, String others) {

  /** What a run was charged, or would be. */
  private record Charged(PlannedRun run, ChargedRounds rounds, boolean isPrivate) {}

  /** One for each population, of what was charged and, where that is unknown, is planned. */
  static List<TotalCost> of(List<RunResult> results) {
    Map<Path, List<Charged>> byLedger = new LinkedHashMap<>();
    for (RunResult result : results) {
      if (result.plan().isPresent() && result.charged().total() > 0) {
        PlannedRun run = result.plan().get().planned();
        byLedger
            .computeIfAbsent(result.plan().get().ledger(), key -> new ArrayList<>())
            .add(new Charged(run, result.charged(), result.plan().get().guarantee().isPrivate()));
      }
    }
    return byLedger.entrySet().stream().map(e -> of(e.getKey(), e.getValue())).toList();
  }

  private static TotalCost of(Path ledger, List<Charged> charged) {
    List<Charged> bounded = charged.stream().filter(Charged::isPrivate).toList();
    return new TotalCost(
        ledger,
        charged.size(),
        charged.size() - bounded.size(),
        words(charged),
        bounded.isEmpty() ? "nothing" : words(bounded));
  }

  /** At the largest delta and under the relation of the first run. */
  private static String words(List<Charged> charged) {
    PlannedRun first = charged.get(0).run;
    NeighbouringRelation relation = first.relation();
    double delta = charged.stream().mapToDouble(c -> c.run.delta()).max().orElseThrow();
    try {
      PrivacyAccountant all = new TightestAccountant(relation);
      for (Charged each : charged) {
        all = all.compose(each.run.cost(each.rounds), 1);
      }
      double epsilon = all.epsilon(delta);
      return Double.isInfinite(epsilon)
          ? "without bound"
          : "ε = %s at δ = %s, %s".formatted(Guarantee.displayed(epsilon), delta, relation.label());
    } catch (UnsupportedEventException e) {
      return "without a bound that is known: " + e.getMessage();
    }
  }
}
