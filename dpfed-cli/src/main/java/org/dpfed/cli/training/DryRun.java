package org.dpfed.cli.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dpfed.accounting.Guarantee;
import org.dpfed.data.partition.Partition;
import org.dpfed.federated.PrivacyPlan;

/** Prints what a run would do: the data, the clients, the plan and its cost. Trains nothing. */
final class DryRun {
  private DryRun() {}

  static String describe(Experiment experiment) {
    PrivacyPlan plan = experiment.plan();
    Guarantee guarantee = plan.guarantee();
    Partition clients = experiment.clients();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("clients", text("%d, each one %s", clients.population(), clients.unit()));
    rows.put("training rows", text("%d", totalExamples(clients)));
    rows.put("held out", experiment.heldOut().describe());
    rows.put("architecture", experiment.configuration().text("model.architecture"));
    rows.put("parameters", text("%,d", experiment.network().dimension()));
    rows.put("rounds", text("%d", plan.rounds()));
    rows.putAll(PlanText.rows(plan, experiment.network().layerSizes().length));
    rows.put("accountant", guarantee.accountant());
    String table =
        rows.entrySet().stream()
            .map(row -> text("  %-20s%s", row.getKey(), row.getValue()))
            .collect(Collectors.joining("\n"));
    return String.join(
        "\n",
        guarantee.summary() + ofSums(plan),
        table + experiment.heldOut().warning().map("\n"::concat).orElse(""),
        assumptions(guarantee.assumptions()),
        "dry run: nothing was trained, charged or written");
  }

  /** With local trust, on a line of its own; empty where the sums promise no more. */
  private static String ofSums(PrivacyPlan plan) {
    return plan.guaranteeOfSumsAfter(plan.rounds())
        .map(sums -> "\nthe sums alone: " + sums.summary())
        .orElse("");
  }

  private static long totalExamples(Partition clients) {
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
