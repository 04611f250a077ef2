package org.dpfed.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.dpfed.accounting.Guarantee;

/**
 * The guarantee of a report in plain words.
 *
 * @param report as in report.json
 */
record GuaranteeText(JsonNode report) {
  boolean isPrivate() {
    return guarantee().path("isPrivate").asBoolean() && guarantee().path("epsilon").isNumber();
  }

  double epsilon() {
    return guarantee().path("epsilon").asDouble();
  }

  double delta() {
    return guarantee().path("delta").asDouble();
  }

  String unit() {
    return guarantee().path("unit").asText("client");
  }

  private JsonNode guarantee() {
    return report.path("guarantee");
  }

  /** The guarantee in a few words. */
  String headline() {
    return isPrivate()
        ? "(ε = %s, δ = %s)-differential privacy for one %s."
            .formatted(Guarantee.displayed(epsilon()), Double.toString(delta()), unit())
        : "No privacy.";
  }

  /** What it means, or why there is none. */
  String meaning() {
    if (isPrivate()) {
      return "%s changes the probability of whatever anyone concludes from the released models to at most e^ε = %s times what it was, plus δ."
          .formatted(difference(), roundedUp(Math.exp(epsilon())));
    }
    return reason()
        + " The models can reveal any record that they were trained on. Do not release them as"
        + " private.";
  }

  private String reason() {
    if (!report.path("isSecure").asBoolean(true)) {
      return "Sampling and noise came from a seed, and whoever knows the seed can take the noise"
          + " away.";
    }
    return report.at("/plan/noiseMultiplier").asDouble(Double.NaN) == 0
        ? "No noise was added."
        : "The privacy loss of one %s has no bound.".formatted(unit());
  }

  /** In what the two populations differ that nobody can tell apart. */
  private String difference() {
    return switch (guarantee().path("relation").asText()) {
      case "replace-one" -> "Exchanging the data of one %s for any other".formatted(unit());
      case "zero-out" -> "Leaving out what one %s contributes".formatted(unit());
      default -> "Whether or not one %s took part".formatted(unit());
    };
  }

  /** What nobody can tell of someone. */
  String secret() {
    return switch (guarantee().path("relation").asText()) {
      case "replace-one" -> "whose data of two persons were used";
      case "zero-out" -> "whose contribution was used, knowing who was asked";
      default -> "who took part";
    };
  }

  /** Who is protected. */
  String who() {
    return "Each %s, %s of them, with all data of its client. That is the unit of privacy: a person whose data are spread over several clients is not protected as a whole."
        .formatted(unit(), report.at("/plan/population").asText("an unknown number"));
  }

  /** Why ε is not that of a model that was chosen out of a sweep; empty where it was none. */
  Optional<String> choice() {
    return report.path("isOneOfSweep").asBoolean()
        ? Optional.of(
            "This run is one of a sweep. If its model was chosen by what was measured on clients' data, the choice depends on all runs and costs what all of them cost: summary.md of the sweep states it.")
        : Optional.empty();
  }

  /** Until when the charges of all runs are counted. */
  String asOf() {
    return "when this was written (%s)".formatted(report.path("time").asText("time unknown"));
  }

  /** From whom. */
  String against() {
    return switch (report.at("/plan/trust/label").asText()) {
      case "local" ->
          "Everyone, the server included: each client adds noise before it sends anything.";
      case "central" ->
          "Everyone who sees the released models, whatever else they know or compute. Not the"
              + " server: it sees the update of each client before the noise, and is trusted.";
      default -> "Those whom the assumptions below name.";
    };
  }

  /**
   * Of the members whom an attacker looks for, the largest share that can be found: from the two
   * inequalities of (ε, δ), one for the accused and one for those who are not.
   *
   * @param falsePositiveRate the share of outsiders whom the attacker accuses wrongly
   */
  double largestTruePositiveRate(double falsePositiveRate) {
    double byAccused = Math.exp(epsilon()) * falsePositiveRate + delta();
    double byOthers = 1 - Math.exp(-epsilon()) * (1 - delta() - falsePositiveRate);
    return Math.min(1, Math.min(byAccused, byOthers));
  }

  /** What must be true of the run. */
  List<String> assumptions() {
    return StreamSupport.stream(guarantee().path("assumptions").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  /** Why all runs on the ledger have no bound, where they have none and the report knows. */
  List<String> reasonsForAllRuns() {
    return StreamSupport.stream(report.at("/guaranteeOfAllRuns/assumptions").spliterator(), false)
        .map(JsonNode::asText)
        .filter(sentence -> sentence.startsWith("no bound"))
        .toList();
  }

  /** What the guarantee says nothing about. */
  List<String> notCovered() {
    List<String> all = new ArrayList<>();
    all.add(
        "Everything on this page that is marked “not covered”: metrics, curves of them, and"
            + " durations. Showing it to others can reveal something about the people in the"
            + " data.");
    all.add("The people in the held-out data, whom the metrics were measured on.");
    all.add(
        "What the model teaches about everyone: that smoking causes cancer holds for a smoker who"
            + " took no part.");
    all.add(
        "Decisions that were made after looking at the data without noise, such as the choice of"
            + " this run among several, unless all of them are on the ledger.");
    if (report.findValue("meanTrainingLoss") != null) {
      all.add("The diagnostics of each round, which this run has recorded without noise.");
    }
    return all;
  }

  /** Rounded up to three significant digits or more. */
  private static String roundedUp(double factor) {
    if (factor >= 1e6) {
      return String.format(Locale.ROOT, "%.1E", factor * 1.05);
    }
    double unit = Math.pow(10, Math.floor(Math.log10(factor)) - 3);
    return ReportNumbers.shown(Math.ceil(factor / unit) * unit);
  }

  /** A share in percent, rounded up to a tenth. */
  static String percentRoundedUp(double share) {
    return String.format(Locale.ROOT, "%.1f %%", Math.min(100, Math.ceil(share * 1000) / 10));
  }
}
