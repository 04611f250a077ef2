package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvReader;
import org.dpfed.data.LabelledData;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.ModelEvaluation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code dpfed evaluate}: metrics of a trained model on new rows with labels. */
@Command(
    name = "evaluate",
    description = {
      "Evaluate a model that 'dpfed train' has trained on new rows with labels.",
      "The guarantee covers the people who were trained on, not those in these rows."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:the model was evaluated", "2:what was asked for cannot be done"},
    sortOptions = false)
public final class EvaluateCommand implements Callable<Integer> {
  private static final String NOT_COVERED =
      "The guarantee of the run does not cover the people in these rows: whoever learns these numbers learns something of them.";

  private static final String SCALED =
      "Errors are of labels scaled to [-1, 1]: multiply mae by half the width of the label's range, and mse by the square of that.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private NewRows rows = new NewRows();

  @Option(names = "--json", description = "Print JSON, as in report.json.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    try (TrainedModel model = rows.model()) {
      PrintWriter err = spec.commandLine().getErr();
      model.note().ifPresent(note -> err.println("note: " + note));
      err.flush();
      ModelEvaluation evaluation = evaluate(model);
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? json(evaluation) : text(evaluation, model));
      out.flush();
    }
    return CommandLine.ExitCode.OK;
  }

  private ModelEvaluation evaluate(TrainedModel model) {
    NetworkTemplate template = NetworkTemplate.of(model.network());
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, labelled(model).toDataSet())) {
      return evaluator.evaluate(template.initialParameters());
    }
  }

  private LabelledData labelled(TrainedModel model) {
    try {
      return new CsvReader(rows.schema(model.schema()).forNewRows()).read(rows.file());
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static String text(ModelEvaluation evaluation, TrainedModel model) {
    List<String> lines = new ArrayList<>(List.of(SummaryTable.ofNewRows(evaluation)));
    if (model.schema().labelRange().isPresent()) {
      lines.add(SummaryTable.wrapped(SCALED));
    }
    lines.add(SummaryTable.wrapped(NOT_COVERED));
    return String.join("\n", lines);
  }

  private static String json(ModelEvaluation evaluation) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("notCoveredByGuarantee").set("evaluation", RunReport.evaluation(evaluation));
    return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
