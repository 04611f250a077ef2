package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs that share the ledger of their population, its budget, and the commands that read it. */
final class LedgerCommandTest {
  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Both cost 3 alone; together they cost more than 3, and less than 6. */
  @Test
  void train_twice_secondSaysWhatBothCost() throws IOException {
    assertThat(train("a")).isZero();
    assertThat(train("b")).isZero();

    double first = report("a").at("/guaranteeOfAllRuns/epsilon").asDouble();
    assertThat(first).isEqualTo(report("a").at("/guarantee/epsilon").asDouble());
    assertThat(report("b").at("/guarantee/epsilon").asDouble()).isEqualTo(first);
    double both = report("b").at("/guaranteeOfAllRuns/epsilon").asDouble();
    assertThat(both).isGreaterThan(1.1 * first).isLessThan(2 * first);
    assertThat(out.toString()).contains("ε of all runs");

    JsonNode shown = json("show");
    assertThat(shown.path("runs")).hasSize(2);
    assertThat(shown.at("/runs/1/roundsSpent").asInt()).isEqualTo(3);
    assertThat(shown.at("/totals/0/relation").asText()).isEqualTo("add-or-remove-one");
    assertThat(shown.at("/totals/0/guarantee/epsilon").asDouble()).isEqualTo(both);
    assertThat(shown.at("/totals/1/guarantee/epsilon").asDouble()).isGreaterThan(both);
    assertThat(json("verify").path("records").asInt()).isEqualTo(11);
    assertThat(json("export")).hasSize(6);
    assertThat(json("export").at("/5/event/type").asText()).isEqualTo("PoissonSampled");
  }

  @Test
  void train_budgetOfTheLedger_endsTheSecondRunWithStatus3AndKeepsItsModel() throws IOException {
    assertThat(train("a")).isZero();
    double spent = report("a").at("/guarantee/epsilon").asDouble();
    double budget = 1.2 * spent;
    assertThat(train("b", "--max-epsilon", Double.toString(budget))).isEqualTo(3);

    JsonNode report = report("b");
    assertThat(report.path("status").asText()).isEqualTo("stopped by budget");
    int finished = report.path("roundsFinished").asInt();
    assertThat(finished).isBetween(1, 2);
    assertThat(report.path("roundsCharged").asInt()).isEqualTo(finished);
    assertThat(report.at("/guaranteeOfAllRuns/epsilon").asDouble()).isBetween(spent, budget);
    assertThat(report.path("budgetRefusal").asText())
        .startsWith("round %d would bring all runs".formatted(finished + 1));
    assertThat(runs.resolve("b/model.zip")).exists();
    assertThat(out.toString()).contains("stopped by budget after " + finished + " rounds");
  }

  /** The second run is private; the first makes what all runs cost unbounded, and is named. */
  @Test
  void train_afterARunWithoutNoise_everyTotalNamesThatRun() throws IOException {
    assertThat(train("a", "--noise-multiplier", "0", "--epsilon", "none")).isZero();
    assertThat(train("b", "--dry-run")).isZero();
    Path ledger = runs.resolve("ledgers/wdbc-patient.jsonl");
    String named =
        "run 1 (begun %s) of the ledger has no finite epsilon: no noise, or seeded noise"
            .formatted(
                LedgerHistory.read(ledger)
                    .unbounded(NeighbouringRelation.ADD_OR_REMOVE_ONE, 1e-4)
                    .get(0)
                    .time()
                    .truncatedTo(ChronoUnit.SECONDS));
    assertShown(named);
    assertThat(train("b")).isZero();
    assertShown(named);
    assertThat(report("b").at("/guarantee/isPrivate").asBoolean()).isTrue();
    assertThat(report("b").at("/guaranteeOfAllRuns/assumptions/0").asText())
        .isEqualTo("no bound: " + named);
    assertThat(Files.readString(runs.resolve("b/report.html"))).contains(named);
    assertThat(Files.readString(runs.resolve("b/model-card.md")))
        .contains("run 1 (begun")
        .contains("no finite epsilon");
    assertThat(json("show").at("/totals/0/unbounded").asText()).isEqualTo(named);
    out.getBuffer().setLength(0);
    assertThat(execute("ledger", "show", ledger.toString())).isZero();
    assertShown(named);
    assertThat(train("c", "--max-epsilon", "50")).isEqualTo(3);
    assertThat(report("c").path("budgetRefusal").asText()).endsWith(named);
  }

  private void assertShown(String text) {
    assertThat(out.toString().replaceAll("\\s+", " ")).contains(text);
    out.getBuffer().setLength(0);
  }

  @Test
  void train_ledgerOfAnotherUnit_isRefusedWithStatus2() {
    String shared = runs.resolve("shared.jsonl").toString();
    assertThat(train("a", "--ledger", shared)).isZero();
    assertThat(
            train(
                "b",
                "--ledger",
                shared,
                "--partition",
                "iid",
                "--examples-per-client",
                "5",
                "--unit",
                "none",
                "--cohort",
                "20",
                "--delta",
                "1e-3"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("the ledger of patient as the unit");
  }

  @Test
  void train_ledgerInUseOrDamaged_isRefusedBeforeAnythingIsWritten() throws IOException {
    Path ledger = runs.resolve("l.jsonl");
    try (LedgerFile held = LedgerFile.open(ledger)) {
      assertThat(held.history().records()).hasSize(1);
      assertThat(train("a", "--ledger", ledger.toString())).isEqualTo(2);
      assertThat(err.toString()).contains("in use by process " + ProcessHandle.current().pid());
    }
    Files.writeString(ledger, Files.readString(ledger).replace("\"format\":1", "\"format\":0"));
    assertThat(train("a", "--ledger", ledger.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("l.jsonl, record 1: it was changed");
    assertThat(runs.resolve("a")).doesNotExist();
    assertThat(execute("ledger", "verify", ledger.toString())).isEqualTo(2);
  }

  @Test
  void verify_headKeptElsewhere_showsThatRecordsWereCutOff() throws IOException {
    assertThat(train("a")).isZero();
    Path ledger = runs.resolve("ledgers/wdbc-patient.jsonl");
    String head = json("verify").path("head").asText();
    assertThat(execute("ledger", "verify", ledger.toString(), "--head", head)).isZero();
    String whole = Files.readString(ledger);
    Files.writeString(ledger, whole.substring(0, whole.lastIndexOf("{\"record\"")));
    assertThat(execute("ledger", "verify", ledger.toString())).isZero();
    assertThat(execute("ledger", "verify", ledger.toString(), "--head", head)).isEqualTo(2);
    assertThat(err.toString()).contains("records were cut off, or it is another ledger");
  }

  private JsonNode json(String command) throws IOException {
    out.getBuffer().setLength(0);
    Path ledger = runs.resolve("ledgers/wdbc-patient.jsonl");
    assertThat(execute("ledger", command, "--json", ledger.toString())).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(runs.resolve(name + "/report.json").toFile());
  }

  private int train(String name, String... more) {
    String[] arguments = new String[more.length + 7];
    String[] own = {"train", "--runs", runs.toString(), "--rounds", "3", "--name", name};
    System.arraycopy(own, 0, arguments, 0, own.length);
    System.arraycopy(more, 0, arguments, own.length, more.length);
    return execute(arguments);
  }

  private int execute(String... arguments) {
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }
}
