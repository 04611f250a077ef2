package org.dpfed.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The model card {@value #FILE}, in Markdown with the front matter of Hugging Face. It goes with
 * the model, so it contains only what the guarantee covers: no metric on held-out data.
 */
public final class ModelCard {
  /** Name of the file in the directory of a run. */
  public static final String FILE = "model-card.md";

  /** Architectures that have layers of dpfed-imaging. */
  private static final Set<String> OF_IMAGES = Set.of("image-cnn", "residual", "unet");

  private final JsonNode report;
  private final GuaranteeText words;
  private final List<String> lines = new ArrayList<>();

  private ModelCard(JsonNode report) {
    this.report = report;
    this.words = new GuaranteeText(report);
  }

  /**
   * The card as Markdown.
   *
   * @param report as in report.json
   */
  public static String of(JsonNode report) {
    ModelCard card = new ModelCard(report);
    card.addFrontMatter();
    card.addModel();
    card.addPersonal();
    card.addGuarantee();
    card.addTraining();
    card.addUse();
    return String.join("\n", card.lines) + "\n";
  }

  private void addFrontMatter() {
    Map<String, Object> front = new LinkedHashMap<>();
    front.put("library_name", "deeplearning4j");
    List<String> tags = new ArrayList<>(List.of("deeplearning4j", "federated-learning", "dpfed"));
    if (words.isPrivate()) {
      tags.add("differential-privacy");
    }
    front.put("tags", tags);
    DumperOptions block = new DumperOptions();
    block.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    lines.add("---");
    lines.add(new Yaml(block).dump(front).stripTrailing());
    lines.add("---");
  }

  private void addModel() {
    lines.add("# " + escaped(ReportPage.name(report)));
    lines.add("");
    String architecture = report.at("/configuration/model/architecture").asText("custom");
    lines.add(
        "A Deeplearning4j network (%s, %s parameters), trained on %s clients by federated averaging with dpfed %s. Load `model.zip` with %s."
            .formatted(
                escaped(architecture),
                report.path("parameters").asText("an unknown number of"),
                report.at("/plan/population").asText("an unknown number of"),
                escaped(report.at("/versions/dpfed").asText()),
                OF_IMAGES.contains(architecture)
                    ? "`ModelFile.readGraph` and `ImageNetwork.SAVED_CLASSES` of dpfed-imaging"
                    : "`ModelSerializer`"));
  }

  /** What whoever loads the model must train first. */
  private void addPersonal() {
    JsonNode layers = report.at("/configuration/model/personal");
    if (!layers.isMissingNode()) {
      lines.add("");
      lines.add(
          "Personal layers (%s) hold their initial values: no client sent its own. Train them on data of the place where the model is used, with the other layers held."
              .formatted(escaped(layers.isTextual() ? layers.asText() : layers.toString())));
    }
  }

  private void addGuarantee() {
    heading("Privacy");
    lines.add("**%s** %s".formatted(escaped(words.headline()), escaped(words.meaning())));
    if (words.isPrivate()) {
      lines.add("");
      lines.add("- Who is protected: " + escaped(words.who()));
      lines.add("- From whom: " + escaped(words.against()));
      lines.add(
          "- Relation: %s; accountant: %s"
              .formatted(
                  escaped(report.at("/guarantee/relation").asText()),
                  escaped(report.at("/guarantee/accountant").asText())));
      lines.add("");
      lines.add("The guarantee assumes:");
      lines.add("");
      words.assumptions().forEach(assumption -> lines.add("- " + escaped(assumption)));
    }
    if (report.path("roundsChargedAgain").asInt() > 0) {
      lines.add("");
      lines.add(
          "%d rounds were charged again after a resume; ε counts them."
              .formatted(report.path("roundsChargedAgain").asInt()));
    }
    words.choice().ifPresent(choice -> lines.addAll(List.of("", "**" + escaped(choice) + "**")));
    JsonNode all = report.path("guaranteeOfAllRuns");
    if (all.isObject()) {
      lines.add("");
      lines.add(
          "All runs on the ledger of these clients "
              + escaped(words.asOf() + ": " + all.path("summary").asText()));
      words.reasonsForAllRuns().forEach(reason -> lines.addAll(List.of("", escaped(reason))));
    }
  }

  private void addTraining() {
    heading("Training");
    add("Data set", report.at("/configuration/data/set"));
    add("Rounds", report.path("roundsFinished"));
    add("Expected cohort", report.at("/plan/expectedCohortSize"));
    add("Clip norm", report.at("/plan/clipNorm"));
    add("Noise multiplier", report.at("/plan/noiseMultiplier"));
    add("Sampling", report.at("/plan/sampling/label"));
    add("Clipping", report.at("/plan/clipping/label"));
    add("Noise", report.at("/plan/noise/label"));
    add("Trust", report.at("/plan/trust/label"));
  }

  private void add(String name, JsonNode value) {
    if (!value.isMissingNode() && !value.isNull()) {
      lines.add(
          "- %s: %s"
              .formatted(
                  name, escaped(value.isNumber() ? ReportNumbers.shown(value) : value.asText())));
    }
  }

  private void addUse() {
    heading("Use and evaluation");
    lines.add(
        "Metrics on held-out data are in `report.json` and `report.html`, not here: no guarantee"
            + " covers the people in those data, and the guarantee above assumes that nobody learns"
            + " the metrics.");
    lines.add("");
    lines.add(
        "The settings do not say what the model is for, whom it fails, or under which licence it"
            + " may be used. Add that before you publish it.");
  }

  private void heading(String name) {
    lines.add("");
    lines.add("## " + name);
    lines.add("");
  }

  /** Text that Markdown and HTML take as text, on one line. */
  private static String escaped(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([\\\\`*_\\[\\]|#>!~])", "\\\\$1");
  }
}
