package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
import org.dpfed.federated.NativeThreads;
import org.jspecify.annotations.Nullable;
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
      "Evaluate a model that 'dpfed train' has trained on new rows or images with labels.",
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

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "CSV file of the new images' labels, where the run has data.labels.")
  private @Nullable Path labels;

  @Option(
      names = "--masks",
      paramLabel = "DIRECTORY",
      description = "Directory of the new images' masks, where the run has data.masks.")
  private @Nullable Path masks;

  @Option(names = "--json", description = "Print JSON, as in report.json.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    boolean isScaled = false;
    ModelEvaluation evaluation;
    if (rows.areImages()) {
      try (TrainedImageModel model = rows.imageModel()) {
        LabelledData images = images(model);
        model.notes().forEach(this::note);
        evaluation = evaluate(model.template(), images);
      }
    } else {
      try (TrainedModel model = rows.model()) {
        model.note().ifPresent(this::note);
        evaluation = evaluate(NetworkTemplate.of(model.network()), labelled(model));
        isScaled = model.schema().labelRange().isPresent();
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? json(evaluation) : text(evaluation, isScaled));
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private void note(String note) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("note: " + note);
    err.flush();
  }

  private static ModelEvaluation evaluate(NetworkTemplate template, LabelledData data) {
    // As in a run: the last bits of a loss depend on the number of threads.
    try (NativeThreads restored = NativeThreads.onePerOperation();
        Dl4jEvaluator evaluator = new Dl4jEvaluator(template, data.toDataSet())) {
      return evaluator.evaluate(template.initialParameters());
    } catch (IllegalArgumentException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private LabelledData images(TrainedImageModel model) {
    Configuration images = rows.images(model);
    replace(images, "data.labels", "--labels", labels);
    replace(images, "data.masks", "--masks", masks);
    try {
      return NewImages.labelled(images);
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    } catch (IllegalArgumentException e) {
      throw images.refused(e);
    }
  }

  /** The labels of the training images are not those of others. */
  private static void replace(Configuration images, String key, String flag, @Nullable Path given) {
    if (images.has(key) != (given != null)) {
      throw new UsageException(
          given == null
              ? "%s is needed: the run has %s".formatted(flag, key)
              : "%s has no effect: the run has no %s".formatted(flag, key));
    }
    if (given != null) {
      images.withFlag(Settings.named(key), given.toString());
    }
  }

  private LabelledData labelled(TrainedModel model) {
    if (labels != null || masks != null) {
      throw new UsageException("--labels and --masks are for runs on images");
    }
    try {
      return new CsvReader(rows.schema(model.schema()).forNewRows()).read(rows.file());
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static String text(ModelEvaluation evaluation, boolean isScaled) {
    List<String> lines = new ArrayList<>(List.of(SummaryTable.ofNewRows(evaluation)));
    if (isScaled) {
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
