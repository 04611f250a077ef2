package org.dpfed.imaging.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What a file says of the network: layers after their inputs, one input, one output. JSON becomes a
 * tree and nothing else, so that a file names no class to make.
 *
 * @param sequential whether it is Keras' {@code Sequential}, a list of layers
 * @param input name and shape of the input
 * @param layers without the input
 * @param output name of the last layer
 */
record ModelConfig(boolean sequential, Input input, List<LayerConfig> layers, String output) {
  static final String SAVE_WITH_KERAS_2 =
      "save it by Keras 2: with the package tf_keras, or with TF_USE_LEGACY_KERAS=1 in the environment, as model.save('name.h5')";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param name of its layer
   * @param type {@code [n, channels, height, width]} or {@code [n, size]}
   */
  record Input(String name, InputType type) {}

  /**
   * @param version of Keras; null where the file has none
   * @param model attribute {@code model_config}
   */
  static ModelConfig of(Optional<String> version, Optional<String> model) throws KerasException {
    requireKeras2(version);
    JsonNode tree =
        json(
            model.orElseThrow(
                () ->
                    new KerasException(
                        "it has no model_config: it holds weights only; save the whole model with model.save('name.h5')")));
    String kind = LayerConfig.checkedName(tree.path("class_name"), "a class of the model");
    JsonNode config = tree.path("config");
    return switch (kind) {
      case "Sequential" -> sequential(config.isArray() ? config : config.path("layers"));
      case "Functional", "Model" -> functional(config);
      default ->
          throw new KerasException(
              "expected a Sequential or functional model, found class %s".formatted(kind));
    };
  }

  private static void requireKeras2(Optional<String> version) throws KerasException {
    String number = version.orElse("");
    if (!number.matches("\\d{1,3}\\..{0,40}")) {
      throw new KerasException("expected a model of Keras 2, found no keras_version");
    }
    if (!number.startsWith("2.")) {
      throw new KerasException(
          "expected a model of Keras 2, found one of Keras %s; %s"
              .formatted(number.substring(0, number.indexOf('.')), SAVE_WITH_KERAS_2));
    }
  }

  static JsonNode json(String text) throws KerasException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new KerasException("expected JSON in its configuration, found something else");
    }
  }

  private static ModelConfig sequential(JsonNode nodes) throws KerasException {
    List<LayerConfig> layers = new ArrayList<>();
    Input input = null;
    String last = "";
    for (JsonNode node : nodes) {
      LayerConfig layer = layer(node, last.isEmpty() ? List.of() : List.of(last));
      if (input == null) {
        boolean isInput = layer.kind().equals("InputLayer");
        input = input(layer, isInput ? layer.name() : layer.name() + "_input");
        last = input.name();
        layer = layer(node, List.of(last));
        if (isInput) {
          continue;
        }
      }
      layers.add(layer);
      last = layer.name();
    }
    return checked(true, input == null ? List.of() : List.of(input), layers, last);
  }

  private static ModelConfig functional(JsonNode config) throws KerasException {
    List<LayerConfig> layers = new ArrayList<>();
    List<Input> inputs = new ArrayList<>();
    for (JsonNode node : config.path("layers")) {
      LayerConfig layer = layer(node, List.of());
      JsonNode calls = node.path("inbound_nodes");
      if (layer.kind().equals("InputLayer")) {
        inputs.add(input(layer, layer.name()));
        continue;
      }
      if (calls.size() != 1) {
        throw layer.problem("it is used %d times; use it once".formatted(calls.size()));
      }
      layers.add(layer(node, inputs(layer, calls.get(0))));
    }
    JsonNode outputs = config.path("output_layers");
    if (outputs.size() != 1) {
      throw new KerasException(
          "a model needs one output, this one has %d; merge them in the model"
              .formatted(outputs.size()));
    }
    String output = LayerConfig.checkedName(outputs.path(0).path(0), "a name of the output");
    return checked(false, inputs, layers, output);
  }

  private static List<String> inputs(LayerConfig layer, JsonNode call) throws KerasException {
    List<String> names = new ArrayList<>();
    for (JsonNode from : call) {
      if (from.path(1).asInt() != 0 || from.path(2).asInt() != 0 || !from.path(3).isEmpty()) {
        throw layer.problem("it is called with more than the outputs of layers; leave that out");
      }
      names.add(LayerConfig.checkedName(from.path(0), "a name of a layer"));
    }
    return names;
  }

  private static LayerConfig layer(JsonNode node, List<String> inputs) throws KerasException {
    JsonNode options = node.path("config");
    return new LayerConfig(
        LayerConfig.checkedName(node.path("class_name"), "a class of a layer"),
        LayerConfig.checkedName(options.path("name"), "a name of a layer"),
        options,
        inputs);
  }

  private static Input input(LayerConfig layer, String name) throws KerasException {
    JsonNode shape = layer.options().path("batch_input_shape");
    long[] sizes = new long[Math.max(0, shape.size() - 1)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.get(i + 1).isInt() ? shape.get(i + 1).intValue() : 0;
      if (sizes[i] < 1) {
        throw layer.problem(
            "its input has no fixed shape; make the model with Input(shape=...) of whole numbers");
      }
    }
    return switch (sizes.length) {
      case 1 -> new Input(name, InputType.feedForward(sizes[0]));
      case 3 ->
          new Input(
              name,
              new InputType.InputTypeConvolutional(sizes[0], sizes[1], sizes[2], CNN2DFormat.NCHW));
      default ->
          throw layer.problem(
              "expected an input of 1 or 3 dimensions (features, or height, width and channels), found %d; give the first layer an Input(shape=...)"
                  .formatted(sizes.length));
    };
  }

  private static ModelConfig checked(
      boolean sequential, List<Input> inputs, List<LayerConfig> layers, String output)
      throws KerasException {
    if (inputs.size() != 1 || layers.isEmpty()) {
      throw new KerasException(
          "a model needs one input and a layer, this one has %d inputs and %d layers"
              .formatted(inputs.size(), layers.size()));
    }
    Set<String> seen = new HashSet<>(Set.of(inputs.get(0).name()));
    for (LayerConfig layer : layers) {
      if (layer.inputs().contains(output)) {
        throw layer.problem("it comes after the output '%s'; leave it out".formatted(output));
      }
      if (layer.inputs().isEmpty() || !seen.containsAll(layer.inputs())) {
        throw layer.problem("expected it after the layers that are its inputs");
      }
      if (!seen.add(layer.name())) {
        throw layer.problem("there are two layers of this name");
      }
    }
    if (!output.equals(layers.get(layers.size() - 1).name()) && !seen.contains(output)) {
      throw new KerasException("expected layer '%s', the output, found none".formatted(output));
    }
    return new ModelConfig(sequential, inputs.get(0), List.copyOf(layers), output);
  }
}
