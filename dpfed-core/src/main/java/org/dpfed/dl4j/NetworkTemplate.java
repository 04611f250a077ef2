package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DL4J network as federated averaging sees it: a way to make fresh networks, the parameters they
 * start from, and which of those are trained. Frozen layers keep their initial parameters.
 *
 * <p>Networks are made from clones of the configuration, so no two share the state that DL4J keeps
 * in it.
 */
public final class NetworkTemplate {
  private final Function<INDArray, Model> factory;
  private final INDArray initial;
  private final TrainableParameters trainable;

  private NetworkTemplate(
      Function<INDArray, Model> factory, INDArray initial, TrainableParameters trainable) {
    this.factory = factory;
    this.initial = initial;
    this.trainable = trainable;
  }

  /**
   * A network whose initial parameters come from the configuration's seed.
   *
   * @throws IllegalArgumentException when the network cannot be trained under clipping and noise:
   *     it keeps statistics among its parameters, or is not {@code float}
   */
  public static NetworkTemplate of(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
    network.init();
    return of(network);
  }

  /** As {@link #of(MultiLayerConfiguration)}, for a graph with one input and one output. */
  public static NetworkTemplate of(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration.clone());
    network.init();
    return of(network);
  }

  /** A pretrained network: training starts from its parameters. It is copied, not kept. */
  public static NetworkTemplate of(MultiLayerNetwork pretrained) {
    MultiLayerConfiguration configuration = pretrained.getLayerWiseConfigurations().clone();
    return of(
        parameters -> {
          MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
          network.init(parameters, false);
          return network;
        },
        pretrained.params(),
        TrainableParameters.of(Arrays.asList(pretrained.getLayers())));
  }

  /** As {@link #of(MultiLayerNetwork)}, for a graph with one input and one output. */
  public static NetworkTemplate of(ComputationGraph pretrained) {
    ComputationGraphConfiguration configuration = pretrained.getConfiguration().clone();
    int inputs = configuration.getNetworkInputs().size();
    int outputs = configuration.getNetworkOutputs().size();
    if (inputs != 1 || outputs != 1) {
      throw new IllegalArgumentException(
          "a graph needs one input and one output, this one has %d and %d; merge them inside the graph"
              .formatted(inputs, outputs));
    }
    return of(
        parameters -> {
          ComputationGraph network = new ComputationGraph(configuration.clone());
          network.init(parameters, false);
          return network;
        },
        pretrained.params(),
        TrainableParameters.of(layersInParameterOrder(pretrained)));
  }

  private static NetworkTemplate of(
      Function<INDArray, Model> factory, INDArray parameters, TrainableParameters trainable) {
    if (parameters.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "parameters must be float, were %s; set dataType(DataType.FLOAT) in the configuration"
              .formatted(parameters.dataType()));
    }
    return new NetworkTemplate(factory, detachedCopy(parameters), trainable);
  }

  private static List<Layer> layersInParameterOrder(ComputationGraph graph) {
    List<Layer> layers = new ArrayList<>();
    GraphVertex[] vertices = graph.getVertices();
    for (int index : graph.topologicalSortOrder()) {
      if (vertices[index].hasLayer()) {
        layers.add(vertices[index].getLayer());
      }
    }
    return layers;
  }

  /** Number of trained parameters: the length of a delta. */
  public long dimension() {
    return trainable.dimension();
  }

  /**
   * The trained part of the initial parameters, shape {@code [d]}; a fresh array for the caller.
   */
  public INDArray initialParameters() {
    return trainable.gather(initial);
  }

  /**
   * A fresh network with these parameters: what a run gives its user, ready for DL4J's {@code
   * ModelSerializer}.
   *
   * @param parameters shape {@code [d]}, trained part; unchanged
   * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}, as the template was made
   *     from
   */
  public Model network(INDArray parameters) {
    INDArray all = detachedCopy(initial);
    trainable.scatter(parameters, all);
    return factory.apply(all);
  }

  /** A network for one worker, with the layers named. */
  LocalNetwork localNetwork(LayerImplementation layers) {
    return new LocalNetwork(
        factory.apply(detachedCopy(initial)), trainable, layers == LayerImplementation.FAST);
  }

  /**
   * Rank 1, outside any workspace: what both network classes keep as it is, without a reshaped
   * view.
   */
  private static INDArray detachedCopy(INDArray parameters) {
    return parameters.reshape(parameters.length()).detach().dup();
  }
}
