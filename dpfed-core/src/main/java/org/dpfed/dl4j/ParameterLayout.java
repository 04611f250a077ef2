package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a network in the order of its flat vector, which they fill exactly.
 *
 * @param parameters ascending, without gaps
 * @param total length of the vector
 */
record ParameterLayout(List<Parameter> parameters, long total) {

  /**
   * Reads the layout of an initialised network and checks it: where layers and vertices say that
   * their parameters are is where deltas are read and global parameters are written.
   *
   * @throws IllegalArgumentException when the parameters do not fill the vector in order; the
   *     message names the layer or vertex
   */
  static ParameterLayout of(Model model) {
    List<Parameter> parameters = new ArrayList<>();
    INDArray all = model.params();
    long position = 0;
    for (Owner owner : owners(model)) {
      long start = position;
      for (Map.Entry<String, INDArray> entry : byOffset(owner.trainable().paramTable(false))) {
        INDArray values = entry.getValue();
        if (values.offset() - all.offset() != position) {
          throw refused(
              owner,
              "parameter %s is at position %d of the network's parameters, expected at %d"
                  .formatted(entry.getKey(), values.offset() - all.offset(), position));
        }
        long end = position + values.length();
        parameters.add(
            new Parameter(owner.trainable(), owner.name(), entry.getKey(), position, end));
        position = end;
      }
      requireWholeView(owner, position - start);
    }
    if (position != all.length()) {
      throw new IllegalArgumentException(
          "the network has %d parameters, its layers and vertices account for %d; a layer or vertex has parameters that are not in its paramTable"
              .formatted(all.length(), position));
    }
    return new ParameterLayout(List.copyOf(parameters), position);
  }

  /** As they lie in memory: some layers list their parameters in another order. */
  private static List<Map.Entry<String, INDArray>> byOffset(@Nullable Map<String, INDArray> table) {
    return table == null
        ? List.of()
        : table.entrySet().stream()
            .sorted(Comparator.comparingLong(entry -> entry.getValue().offset()))
            .toList();
  }

  private static void requireWholeView(Owner owner, long counted) {
    INDArray view = owner.trainable().params();
    if (view != null && view.length() != counted) {
      throw refused(
          owner,
          "it was given %d parameters and its paramTable has %d".formatted(view.length(), counted));
    }
    if (counted > 0 && owner.trainable().getConfig() == null) {
      throw refused(owner, "it has parameters and no training configuration (getConfig)");
    }
  }

  private static IllegalArgumentException refused(Owner owner, String reason) {
    return new IllegalArgumentException(
        "layer or vertex '%s' cannot be trained here: %s; correct its class or replace it"
            .formatted(owner.name(), reason));
  }

  /** In the order in which DL4J hands out the flat vector. */
  private static List<Owner> owners(Model model) {
    if (model instanceof ComputationGraph graph) {
      GraphVertex[] vertices = graph.getVertices();
      return Arrays.stream(graph.topologicalSortOrder())
          .mapToObj(index -> new Owner(vertices[index], vertices[index].getVertexName()))
          .toList();
    }
    List<Owner> owners = new ArrayList<>();
    for (Layer layer : ((MultiLayerNetwork) model).getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      owners.add(new Owner(layer, name == null ? "layer" + owners.size() : name));
    }
    return owners;
  }

  /** The parameter at a position of the vector. */
  Parameter at(long position) {
    return parameters.stream()
        .filter(parameter -> position >= parameter.from() && position < parameter.to())
        .findFirst()
        .orElseThrow();
  }

  private record Owner(Trainable trainable, String name) {}
}
