package org.dpfed.dl4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * Reads DL4J's configuration of a network from JSON, in which DL4J names the class of each layer,
 * function and updater, and makes an object of any class that it finds there. Only DL4J's own and
 * those that the caller names are let through, before DL4J sees the text.
 */
final class ModelConfiguration {
  /** Where DL4J looks for the name of a class. */
  private static final List<String> CLASS_FIELDS = List.of("@class", "type");

  /**
   * Not object detection, whose boxes in an old format name the size and the offset of an array.
   */
  private static final Pattern ALLOWED =
      Pattern.compile(
          "(?!.*\\.objdetect\\.)org\\.(deeplearning4j\\.nn\\.(conf|weights)"
              + "|nd4j\\.linalg\\.(activations|lossfunctions|learning|schedule))"
              + "(\\.[A-Za-z_$][\\w$]*)+");

  /** Wrappers of wrappers of layers do not come near it; DL4J's parser has no bound of its own. */
  private static final int DEEPEST = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ModelConfiguration() {}

  /**
   * @param others classes that may be made besides DL4J's
   * @throws IllegalArgumentException when it is none, or names another class; the message continues
   *     the name of the place where it stood
   */
  static MultiLayerConfiguration read(byte[] json, Set<Class<?>> others) {
    MultiLayerConfiguration configuration = read(json, others, MultiLayerConfiguration::fromJson);
    if (configuration.getConfs() == null || configuration.getConfs().isEmpty()) {
      throw new IllegalArgumentException("is no configuration of a network: it has no layers");
    }
    return configuration;
  }

  /** As {@link #read}, of a graph. */
  static ComputationGraphConfiguration readGraph(byte[] json, Set<Class<?>> others) {
    ComputationGraphConfiguration configuration =
        read(json, others, ComputationGraphConfiguration::fromJson);
    if (configuration.getVertices() == null || configuration.getVertices().isEmpty()) {
      throw new IllegalArgumentException("is no configuration of a graph: it has no vertices");
    }
    return configuration;
  }

  private static <T> T read(byte[] json, Set<Class<?>> others, Function<String, T> reader) {
    JsonNode tree = tree(json);
    requireKnownClasses(
        tree, others.stream().map(Class::getName).collect(Collectors.toUnmodifiableSet()));
    try {
      // What was checked and not what was read, so that both parsers see the same.
      return reader.apply(tree.toString());
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalArgumentException("is no configuration of a network: " + e.getMessage(), e);
    }
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("is no JSON: " + e.getMessage(), e);
    }
  }

  private static void requireKnownClasses(JsonNode node, Set<String> others) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getValue().asText();
      if (CLASS_FIELDS.contains(field.getKey())
          && !ALLOWED.matcher(name).matches()
          && !others.contains(name)) {
        throw new IllegalArgumentException(
            "names the class %s: only DL4J's own are made from a file, and those that ModelFile is told to make. If a layer is yours and you trust the file, load it with DL4J's ModelSerializer"
                .formatted(printable(name)));
      }
    }
    node.forEach(each -> requireKnownClasses(each, others));
  }

  private static String printable(String text) {
    String start = text.length() <= 80 ? text : text.substring(0, 80) + "…";
    return "'" + start.replaceAll("\\p{C}", "?") + "'";
  }
}
