package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;

/** The layers of a network's configuration, in the order in which examples pass through them. */
sealed interface NetworkPath {
  /** One layer and what comes before it. */
  record Stage(Optional<InputPreProcessor> before, Layer layer) {}

  /**
   * Where images or volumes become rows.
   *
   * @param sizes along each axis there, without the channels
   * @param builtFor the sizes that the network was built for
   */
  record Flattening(List<Long> sizes, List<Long> builtFor) {
    static Optional<Flattening> of(InputPreProcessor before, InputType type) {
      if (before instanceof CnnToFeedForwardPreProcessor flat
          && type instanceof InputType.InputTypeConvolutional images
          && flat.getInputHeight() > 0) {
        return Optional.of(
            new Flattening(
                List.of(images.getHeight(), images.getWidth()),
                List.of(flat.getInputHeight(), flat.getInputWidth())));
      }
      if (before instanceof Cnn3DToFeedForwardPreProcessor flat
          && type instanceof InputType.InputTypeConvolutional3D volumes
          && flat.getInputHeight() > 0) {
        return Optional.of(
            new Flattening(
                List.of(volumes.getDepth(), volumes.getHeight(), volumes.getWidth()),
                List.of(flat.getInputDepth(), flat.getInputHeight(), flat.getInputWidth())));
      }
      return Optional.empty();
    }

    boolean fits(int axis) {
      return sizes.get(axis).equals(builtFor.get(axis));
    }
  }

  static NetworkPath of(Model model) {
    return model instanceof ComputationGraph graph
        ? Graph.of(ConfigurationCopy.of(graph.getConfiguration()))
        : new Stack(((MultiLayerNetwork) model).getLayerWiseConfigurations());
  }

  /**
   * What a vertex takes of each example of the input.
   *
   * @param to the last column of rows, or channel of images or series, that it takes
   * @param path the way that it goes from there
   */
  record Slice(int to, NetworkPath path) {}

  /** Layers from the input on; in a graph, along the first branch. */
  List<Stage> stages();

  /** All slices of an input that nothing takes as a whole; otherwise empty. */
  List<Slice> slices();

  /** Numbers in an example that a vertex gives another shape before any layer has it. */
  OptionalLong reshaped();

  /**
   * What happens to examples of a type.
   *
   * @throws RuntimeException when a layer cannot take what comes to it
   */
  List<Flattening> flattenings(InputType input);

  /** Layers one after another. */
  record Stack(MultiLayerConfiguration configuration) implements NetworkPath {
    @Override
    public List<Stage> stages() {
      List<Stage> stages = new ArrayList<>();
      for (int i = 0; i < configuration.getConfs().size(); i++) {
        stages.add(
            new Stage(
                Optional.ofNullable(configuration.getInputPreProcess(i)),
                configuration.getConf(i).getLayer()));
      }
      return stages;
    }

    @Override
    public List<Slice> slices() {
      return List.of();
    }

    @Override
    public OptionalLong reshaped() {
      return OptionalLong.empty();
    }

    @Override
    public List<Flattening> flattenings(InputType input) {
      List<Flattening> found = new ArrayList<>();
      InputType type = input;
      List<Stage> stages = stages();
      for (int i = 0; i < stages.size(); i++) {
        Stage stage = stages.get(i);
        if (stage.before().isPresent()) {
          Flattening.of(stage.before().get(), type).ifPresent(found::add);
          type = stage.before().get().getOutputType(type);
        }
        type = stage.layer().getOutputType(i, type);
      }
      return found;
    }
  }

  /**
   * A graph with one input and one output.
   *
   * @param start name of the input or vertex that the path begins behind
   */
  record Graph(ComputationGraphConfiguration configuration, String start) implements NetworkPath {
    static Graph of(ComputationGraphConfiguration configuration) {
      return new Graph(configuration, configuration.getNetworkInputs().get(0));
    }

    @Override
    public List<Stage> stages() {
      List<Stage> stages = new ArrayList<>();
      Optional<InputPreProcessor> before = Optional.empty();
      for (GraphVertex vertex : vertices()) {
        if (before.isEmpty()) {
          before = Optional.ofNullable(preprocessor(vertex));
        }
        if (vertex instanceof LayerVertex holder) {
          stages.add(new Stage(before, holder.getLayerConf().getLayer()));
          before = Optional.empty();
        }
      }
      return stages;
    }

    private static @Nullable InputPreProcessor preprocessor(@Nullable GraphVertex vertex) {
      if (vertex instanceof PreprocessorVertex alone) {
        return alone.getPreProcessor();
      }
      return vertex instanceof LayerVertex holder ? holder.getPreProcessor() : null;
    }

    @Override
    public List<Slice> slices() {
      List<Slice> slices = new ArrayList<>();
      for (String name : consumers(start)) {
        if (!(configuration.getVertices().get(name) instanceof SubsetVertex subset)) {
          return List.of();
        }
        slices.add(new Slice(subset.getTo(), new Graph(configuration, name)));
      }
      return slices;
    }

    @Override
    public OptionalLong reshaped() {
      for (GraphVertex vertex : vertices()) {
        if (preprocessor(vertex) != null || vertex instanceof LayerVertex) {
          break;
        }
        if (vertex instanceof ReshapeVertex to) {
          int[] sizes = to.getNewShape();
          long numbers =
              Arrays.stream(sizes, 1, sizes.length).asLongStream().reduce(1, (a, b) -> a * b);
          return numbers > 0 ? OptionalLong.of(numbers) : OptionalLong.empty();
        }
      }
      return OptionalLong.empty();
    }

    /** Along the first branch; a slice of something is not its branch where others take all. */
    private List<GraphVertex> vertices() {
      List<GraphVertex> vertices = new ArrayList<>();
      Optional<String> next = consumer(start);
      while (next.isPresent()) {
        vertices.add(configuration.getVertices().get(next.get()));
        next = consumer(next.get());
      }
      return vertices;
    }

    private Optional<String> consumer(String name) {
      List<String> all = consumers(name);
      return all.stream()
          .filter(each -> !(configuration.getVertices().get(each) instanceof SubsetVertex))
          .findFirst()
          .or(() -> all.stream().findFirst());
    }

    private List<String> consumers(String name) {
      return configuration.getVertexInputs().entrySet().stream()
          .filter(entry -> entry.getValue().contains(name))
          .map(Map.Entry::getKey)
          .toList();
    }

    @Override
    public List<Flattening> flattenings(InputType input) {
      List<Flattening> found = new ArrayList<>();
      Map<String, InputType> types = configuration.getLayerActivationTypes(true, false, input);
      for (Map.Entry<String, List<String>> entry : configuration.getVertexInputs().entrySet()) {
        InputType type = types.get(entry.getValue().get(0));
        InputPreProcessor before = preprocessor(configuration.getVertices().get(entry.getKey()));
        if (type != null && before != null) {
          Flattening.of(before, type).ifPresent(found::add);
        }
      }
      return found;
    }
  }
}
