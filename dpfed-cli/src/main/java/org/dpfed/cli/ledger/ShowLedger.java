package org.dpfed.cli.ledger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.UnsupportedEventException;
import org.dpfed.cli.GuaranteeJson;
import org.dpfed.cli.UsageException;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.ledger.LedgerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dpfed ledger show}: the runs of a ledger, and what all of them cost together. */
@Command(
    name = "show",
    description = {
      "The runs of a ledger, and what everything charged to it costs together, under each relation",
      "that has a bound for it. Seeded and noiseless runs have none."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the ledger was shown", "2:it is damaged or cannot be read"},
    sortOptions = false)
final class ShowLedger implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private LedgerArgument ledger = new LedgerArgument();

  @Option(
      names = "--delta",
      paramLabel = "VALUE",
      description = "Delta of the totals, in (0, 1). Default: the smallest delta of the runs.")
  private @Nullable Double delta;

  /**
   * The total under one relation, or why there is none.
   *
   * @param unbounded the runs because of which there is none, in words; empty where it is finite
   */
  private record Total(
      NeighbouringRelation relation,
      Optional<Guarantee> guarantee,
      String refusal,
      Optional<String> unbounded) {}

  @Override
  public Integer call() {
    LedgerHistory history = ledger.read();
    List<Total> totals = history.runs().isEmpty() ? List.of() : totals(history);
    spec.commandLine()
        .getOut()
        .println(ledger.isJson() ? json(history, totals) : text(history, totals));
    return CommandLine.ExitCode.OK;
  }

  private List<Total> totals(LedgerHistory history) {
    double at =
        delta == null
            ? history.runs().values().stream().mapToDouble(PlannedRun::delta).min().orElseThrow()
            : delta;
    if (!(at > 0 && at < 1)) {
      throw new UsageException("--delta must be in (0, 1), was " + at);
    }
    List<Total> totals = new ArrayList<>();
    for (NeighbouringRelation relation : NeighbouringRelation.values()) {
      Optional<Guarantee> guarantee = Optional.empty();
      String refusal = "";
      try {
        guarantee = Optional.of(history.guarantee(relation, at));
      } catch (UnsupportedEventException e) {
        refusal = String.valueOf(e.getMessage());
      }
      boolean isBounded = guarantee.filter(Guarantee::isPrivate).isPresent();
      totals.add(
          new Total(
              relation,
              guarantee,
              refusal,
              isBounded ? Optional.empty() : history.unboundedInWords(relation, at)));
    }
    return totals;
  }

  private String text(LedgerHistory history, List<Total> totals) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d records, %d runs"
            .formatted(ledger.file(), history.records().size(), history.runs().size()));
    for (LedgerRecord record : history.records()) {
      if (record instanceof LedgerRecord.Begun begun) {
        lines.add(
            "  run %-4d %s  %d of %d rounds spent, %d × %s, planned %s"
                .formatted(
                    begun.run(),
                    begun.time(),
                    history.spentRounds(begun.run()),
                    history.runs().getOrDefault(begun.run(), begun.plan()).rounds(),
                    begun.plan().population(),
                    begun.plan().unit(),
                    begun.plan().relation()));
      } else if (record instanceof LedgerRecord.Resumed resumed) {
        lines.add(
            "  run %-4d %s  resumed after round %d"
                .formatted(resumed.run(), resumed.time(), resumed.round()));
      } else if (record instanceof LedgerRecord.Torn torn) {
        lines.add(
            torn.runs().isEmpty()
                ? "  record %d is torn and was no charge".formatted(torn.number())
                : "  record %d is torn and counts as a round of run %s"
                    .formatted(torn.number(), runs(torn)));
      }
    }
    long notes = history.records().stream().filter(LedgerRecord.Noted.class::isInstance).count();
    if (notes > 0) {
      lines.add("  %d evaluations on held-out data, which no total covers".formatted(notes));
    }
    totals.forEach(total -> lines.add(text(total)));
    return String.join(System.lineSeparator(), lines);
  }

  private static String runs(LedgerRecord.Torn torn) {
    return torn.runs().stream().map(String::valueOf).collect(Collectors.joining(", of run "));
  }

  private static String text(Total total) {
    return String.format(
        Locale.ROOT,
        "all runs, %s: %s%s",
        total.relation().label(),
        total.guarantee().map(Guarantee::summary).orElseGet(() -> "no bound: " + total.refusal()),
        total.unbounded().map("; "::concat).orElse(""));
  }

  private static String json(LedgerHistory history, List<Total> totals) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("records", history.records().size()).put("head", history.head());
    ArrayNode runs = root.putArray("runs");
    for (LedgerRecord record : history.records()) {
      if (record instanceof LedgerRecord.Begun begun) {
        ObjectNode run = runs.addObject();
        run.put("run", begun.run()).put("time", begun.time().toString());
        run.put("unit", begun.plan().unit()).put("population", begun.plan().population());
        run.put("relation", begun.plan().relation().label()).put("delta", begun.plan().delta());
        run.put("roundsPlanned", history.runs().getOrDefault(begun.run(), begun.plan()).rounds());
        run.put("roundsSpent", history.spentRounds(begun.run()));
      }
    }
    ArrayNode all = root.putArray("totals");
    for (Total total : totals) {
      ObjectNode node = all.addObject().put("relation", total.relation().label());
      total
          .guarantee()
          .ifPresentOrElse(
              guarantee -> node.set("guarantee", GuaranteeJson.of(guarantee)),
              () -> node.put("refusal", total.refusal()));
      total.unbounded().ifPresent(named -> node.put("unbounded", named));
    }
    return root.toString();
  }
}
