package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

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
        ? new Graph(ConfigurationCopy.of(graph.getConfiguration()))
        : new Stack(((MultiLayerNetwork) model).getLayerWiseConfigurations());
  }

  /** Layers from the input on; in a graph, along the first branch. */
  List<Stage> stages();

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

  /** A graph with one input and one output. */
  record Graph(ComputationGraphConfiguration configuration) implements NetworkPath {
    @Override
    public List<Stage> stages() {
      List<Stage> stages = new ArrayList<>();
      String at = configuration.getNetworkInputs().get(0);
      for (Optional<String> next = consumer(at); next.isPresent(); next = consumer(next.get())) {
        GraphVertex vertex = configuration.getVertices().get(next.get());
        if (vertex instanceof LayerVertex holder) {
          stages.add(
              new Stage(
                  Optional.ofNullable(holder.getPreProcessor()), holder.getLayerConf().getLayer()));
        }
      }
      return stages;
    }

    private Optional<String> consumer(String name) {
      return configuration.getVertexInputs().entrySet().stream()
          .filter(entry -> entry.getValue().contains(name))
          .map(Map.Entry::getKey)
          .findFirst();
    }

    @Override
    public List<Flattening> flattenings(InputType input) {
      List<Flattening> found = new ArrayList<>();
      Map<String, InputType> types = configuration.getLayerActivationTypes(true, false, input);
      for (Map.Entry<String, List<String>> entry : configuration.getVertexInputs().entrySet()) {
        InputType type = types.get(entry.getValue().get(0));
        if (type != null
            && configuration.getVertices().get(entry.getKey()) instanceof LayerVertex holder
            && holder.getPreProcessor() != null) {
          Flattening.of(holder.getPreProcessor(), type).ifPresent(found::add);
        }
      }
      return found;
    }
  }
}
