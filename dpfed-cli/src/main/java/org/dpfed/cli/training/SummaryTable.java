package org.dpfed.cli.training;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.dpfed.accounting.Guarantee;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingReport;

/** The table at the end of a run. */
final class SummaryTable {
  private SummaryTable() {}

  static String of(TrainingReport report) {
    Map<String, String> rows = new LinkedHashMap<>();
    report
        .evaluation()
        .ifPresent(
            evaluation -> {
              rows.put(
                  "test accuracy",
                  number("%.2f %% of %d", 100 * evaluation.accuracy(), evaluation.examples()));
              rows.put("test loss", number("%.4f", evaluation.loss()));
              evaluation.rocAuc().ifPresent(auc -> rows.put("AUC", number("%.4f", auc)));
            });
    PrivacyPlan plan = report.plan();
    Guarantee guarantee = report.guarantee();
    rows.put("ε", epsilon(report));
    rows.put("δ", Double.toString(guarantee.delta()));
    rows.put("relation", guarantee.relation().label());
    rows.put("unit of privacy", guarantee.unit() + number(", %d of them", plan.population()));
    rows.put("accountant", guarantee.accountant());
    rows.put(
        "clip norm",
        Double.isInfinite(plan.clipping().clipNorm())
            ? "none"
            : Double.toString(plan.clipping().clipNorm()));
    rows.put("noise multiplier", number("%.4f", plan.noiseMultiplier()));
    rows.put("release", plan.releaseMode().label());
    rows.put("expected cohort", number("%.4g", plan.expectedCohortSize()));
    rows.put("rounds", number("%d of %d", report.rounds().size(), plan.rounds()));
    rows.put("seconds", number("%.1f", report.seconds()));
    rows.put("clients per second", number("%.0f", report.clientsPerSecond()));
    rows.put("kernel", report.kernel().replaceFirst("^kernel ", ""));
    return rows.entrySet().stream()
        .map(row -> "  %-20s%s".formatted(row.getKey(), row.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String epsilon(TrainingReport report) {
    if (report.guarantee().isPrivate()) {
      return report.guarantee().displayedEpsilon();
    }
    return report.plan().isSecure() ? "no privacy" : "no privacy (seeded noise)";
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
