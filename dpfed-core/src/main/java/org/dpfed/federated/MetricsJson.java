package org.dpfed.federated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The metrics of finished rounds as JSON and back, without loss; infinite numbers as texts. */
final class MetricsJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private MetricsJson() {}

  static String write(List<RoundMetrics> rounds) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (RoundMetrics metrics : rounds) {
      ObjectNode node = all.addObject();
      node.put("seconds", text(metrics.seconds())).put("noise", text(metrics.noiseStddev()));
      node.put("meanNorm", text(metrics.meanNorm()));
      ArrayNode clipNorms = node.putArray("clipNorms");
      metrics.clipNorms().forEach(norm -> clipNorms.add(text(norm)));
      metrics.evaluation().ifPresent(e -> node.set("evaluation", written(e)));
      metrics.diagnostics().ifPresent(d -> node.set("diagnostics", written(d)));
    }
    return all.toString();
  }

  private static String text(double value) {
    return Double.toString(value);
  }

  private static ObjectNode written(ModelEvaluation evaluation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode metrics = node.put("examples", evaluation.examples()).putArray("metrics");
    for (ModelEvaluation.Metric metric : evaluation.metrics()) {
      ObjectNode one = metrics.addObject().put("name", metric.name());
      metric.value().ifPresent(value -> one.put("value", text(value)));
      one.put("absence", metric.absence());
    }
    return node;
  }

  private static ObjectNode written(RoundDiagnostics diagnostics) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode quantiles = node.putArray("deltaNormQuantiles");
    diagnostics.deltaNormQuantiles().forEach(norm -> quantiles.add(text(norm)));
    return node.put("cohortSize", diagnostics.cohortSize())
        .put("failed", diagnostics.failed())
        .put("nonFinite", diagnostics.nonFinite())
        .put("clipped", diagnostics.clipped())
        .put("meanDeltaNorm", text(diagnostics.meanDeltaNorm()))
        .put("meanTrainingLoss", text(diagnostics.meanTrainingLoss()));
  }

  /**
   * @throws IllegalArgumentException when that are no metrics
   */
  static List<RoundMetrics> read(String json) {
    try {
      List<RoundMetrics> rounds = new ArrayList<>();
      for (JsonNode node : JSON.readTree(json)) {
        List<Double> clipNorms = new ArrayList<>();
        node.path("clipNorms").forEach(norm -> clipNorms.add(number(norm)));
        rounds.add(
            new RoundMetrics(
                rounds.size() + 1,
                number(node.path("seconds")),
                number(node.path("noise")),
                clipNorms,
                number(node.path("meanNorm")),
                Optional.of(node.path("evaluation"))
                    .filter(JsonNode::isObject)
                    .map(MetricsJson::evaluation),
                Optional.of(node.path("diagnostics"))
                    .filter(JsonNode::isObject)
                    .map(MetricsJson::diagnostics)));
      }
      return rounds;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the checkpoint's metrics cannot be read", e);
    }
  }

  private static double number(JsonNode node) {
    return Double.parseDouble(node.asText());
  }

  private static ModelEvaluation evaluation(JsonNode node) {
    List<ModelEvaluation.Metric> metrics = new ArrayList<>();
    for (JsonNode one : node.path("metrics")) {
      String name = one.path("name").asText();
      metrics.add(
          one.has("value")
              ? ModelEvaluation.Metric.of(name, number(one.path("value")))
              : ModelEvaluation.Metric.absent(name, one.path("absence").asText()));
    }
    return new ModelEvaluation(node.path("examples").asInt(), metrics);
  }

  private static RoundDiagnostics diagnostics(JsonNode node) {
    List<Double> quantiles = new ArrayList<>();
    node.path("deltaNormQuantiles").forEach(norm -> quantiles.add(number(norm)));
    return new RoundDiagnostics(
        node.path("cohortSize").asInt(),
        node.path("failed").asInt(),
        node.path("nonFinite").asInt(),
        node.path("clipped").asInt(),
        number(node.path("meanDeltaNorm")),
        quantiles,
        number(node.path("meanTrainingLoss")));
  }
}
