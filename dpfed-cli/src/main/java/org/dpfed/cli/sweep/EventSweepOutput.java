package org.dpfed.cli.sweep;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.dpfed.cli.output.JsonEvents;
import picocli.CommandLine;

/**
 * Events of {@code dpfed sweep --json}: {@code plan}, a {@code run} for each that ends, and the
 * end. What {@code results.json} contains too has the same name and form.
 */
final class EventSweepOutput implements SweepOutput {
  private final JsonEvents events;
  private final QuietSweepOutput warnings;

  /**
   * @param err for warnings
   */
  EventSweepOutput(JsonEvents events, PrintWriter err) {
    this.events = events;
    this.warnings = new QuietSweepOutput(err);
  }

  @Override
  public void planned(List<RunResult> runs, int atOnce, boolean isDry) {
    warnings.planned(runs, atOnce, isDry);
    ObjectNode plan = object().put("sideBySide", atOnce);
    ArrayNode all = plan.putArray("runs");
    for (RunResult result : runs) {
      ObjectNode run = all.addObject().put("run", result.run().name());
      result.run().settings().forEach(run.putObject("settings")::put);
      result
          .plan()
          .ifPresent(
              planned -> {
                Results.put(run, "epsilon", OptionalDouble.of(planned.epsilon()));
                run.put("isPrivate", planned.isPrivate());
                run.put("noiseMultiplier", planned.noiseMultiplier());
                run.put("roundsPlanned", planned.planned().rounds());
              });
      result.problem().ifPresent(problem -> run.put("problem", problem));
    }
    ArrayNode ledgers = plan.putArray("ledgers");
    for (TotalCost total : TotalCost.planned(runs)) {
      ledgers
          .addObject()
          .put("ledger", total.ledger().toString())
          .put("runs", total.runs())
          .put("earlierRuns", total.earlier())
          .put("withoutGuarantee", total.unbounded())
          .put("all", total.all())
          .put("others", total.others());
    }
    events.write("plan", plan);
    if (isDry) {
      events.end(
          "finished", object().put("status", "dry run").put("exitStatus", CommandLine.ExitCode.OK));
    }
  }

  @Override
  public void began() {
    events.endsItself();
  }

  @Override
  public void ran(RunResult result, int ended, int runs, OptionalDouble secondsLeft) {
    warnings.ran(result, ended, runs, secondsLeft);
    ObjectNode run = Results.json(result, result.metrics());
    secondsLeft.ifPresent(
        seconds -> run.withObject("/notCoveredByGuarantee").put("secondsLeft", seconds));
    events.write("run", run);
  }

  @Override
  public void ended(Results results, Path directory, boolean isInterrupted) {
    String event = isInterrupted ? "stopped" : results.failed() > 0 ? "failed" : "finished";
    ObjectNode node = object().put("status", event);
    if (isInterrupted) {
      // The process ends by the signal, which is not known here.
      node.putNull("exitStatus");
    } else {
      node.put("exitStatus", results.exitStatus());
    }
    if (event.equals("failed")) {
      node.put(
          "message",
          "%d of %d runs failed; their events say why"
              .formatted(results.failed(), results.runs().size()));
    }
    node.put("runsPlanned", results.runs().size());
    node.put("runsDone", results.done());
    node.put("runsFailed", results.failed());
    events.end(event, node.put("directory", directory.toString()));
  }

  @Override
  public void failed(Throwable error) {
    events.fail(error, object());
  }

  @Override
  public void close() {
    events.close();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
