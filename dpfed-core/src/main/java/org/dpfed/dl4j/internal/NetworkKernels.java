package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of a whole network: DL4J's layers and vertices, in the order of computation, with
 * transpositions where rows become images or images rows. A list is a graph with one path.
 */
final class NetworkKernels implements AutoCloseable {
  private final KernelGraph graph = new KernelGraph();

  private final List<LayerKernel> kernels = new ArrayList<>();

  /** The batch as images or series, once for all that take it so. */
  private final Map<Integer, Value> imagesOf = new HashMap<>();

  /** What all convolutions in tiles work in. */
  private @Nullable TiledConvolution tiles;

  private @Nullable OutputLoss loss;

  /** A value of the graph. */
  private record Value(int number, Form form) {}

  /** How a value lies in memory. */
  enum Form {
    /** As the batch came: rows or images, with the examples first. */
    BATCH,
    ROWS,
    IMAGES,
    /** Images of one column: {@code [features, steps, 1, n]}. */
    SERIES
  }

  private NetworkKernels() {}

  /** The kernels of a network that has the layers of {@link FastLayers}. */
  static NetworkKernels of(Model model) throws NotFastException {
    NetworkKernels made = new NetworkKernels();
    if (model instanceof MultiLayerNetwork network) {
      made.addAll(network);
    } else if (model instanceof ComputationGraph network) {
      made.addAll(network);
    } else {
      throw new NotFastException("the network is a " + model.getClass().getSimpleName());
    }
    return made;
  }

  KernelGraph graph() {
    return graph;
  }

  OutputLoss loss() {
    return Objects.requireNonNull(loss);
  }

  /** Whether the network takes series, and otherwise rows or images. */
  boolean takesSeries() {
    return imagesOf.values().stream().anyMatch(batch -> batch.form() == Form.SERIES);
  }

  private void addAll(MultiLayerNetwork network) throws NotFastException {
    Value value = new Value(0, Form.BATCH);
    for (int i = 0; i < network.getnLayers(); i++) {
      InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
      value = add(network.getLayer(i), before, value, i == network.getnLayers() - 1);
    }
  }

  private void addAll(ComputationGraph network) throws NotFastException {
    ComputationGraphConfiguration conf = network.getConfiguration();
    if (conf.getNetworkInputs().size() != 1 || conf.getNetworkOutputs().size() != 1) {
      throw new NotFastException("the graph has several inputs or outputs");
    }
    String output = conf.getNetworkOutputs().get(0);
    Map<String, Value> values = new HashMap<>();
    Value last = null;
    for (int index : network.topologicalSortOrder()) {
      GraphVertex vertex = network.getVertices()[index];
      String name = vertex.getVertexName();
      List<Value> inputs = new ArrayList<>();
      for (String input : conf.getVertexInputs().getOrDefault(name, List.of())) {
        inputs.add(Objects.requireNonNull(values.get(input)));
      }
      boolean isOutput = name.equals(output);
      if (vertex instanceof InputVertex) {
        values.put(name, new Value(0, Form.BATCH));
      } else if (vertex instanceof LayerVertex holder && inputs.size() == 1) {
        Value made = add(holder.getLayer(), holder.getLayerPreProcessor(), inputs.get(0), isOutput);
        values.put(name, made);
        last = isOutput ? made : last;
      } else {
        values.put(name, join(name, Objects.requireNonNull(conf.getVertices().get(name)), inputs));
      }
    }
    if (loss == null || last == null || last.number() != graph.size() - 1) {
      throw new NotFastException("vertices follow the output '%s'".formatted(output));
    }
  }

  private Value join(
      String name, org.deeplearning4j.nn.conf.graph.GraphVertex vertex, List<Value> inputs)
      throws NotFastException {
    List<Value> parts = new ArrayList<>();
    Form form = commonForm(name, inputs);
    for (Value input : inputs) {
      parts.add(as(form, input, name));
    }
    int[] numbers = parts.stream().mapToInt(Value::number).toArray();
    if (form == Form.SERIES) {
      throw new NotFastException("vertex '%s' joins series".formatted(name));
    }
    if (vertex.getClass() == ElementWiseVertex.class
        && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add) {
      return new Value(graph.add(new SumKernel(), false, numbers), form);
    }
    if (vertex.getClass() == MergeVertex.class
        && ((MergeVertex) vertex).getMergeAxis() == MergeVertex.DEFAULT_MERGE_DIM) {
      return new Value(graph.add(new MergeKernel(form == Form.IMAGES), false, numbers), form);
    }
    throw new NotFastException(
        "vertex '%s' is a %s".formatted(name, vertex.getClass().getSimpleName()));
  }

  private Value add(Layer layer, @Nullable InputPreProcessor before, Value input, boolean isOutput)
      throws NotFastException {
    LayerArithmetic arithmetic = LayerArithmetic.of(layer, isOutput);
    String name = LayerArithmetic.nameOf(layer);
    Value value = before == null ? input : preprocessed(name, before, input);
    if (arithmetic.takes() != Form.BATCH) {
      value = as(arithmetic.takes(), value, name);
    }
    loss = isOutput ? arithmetic.loss() : loss;
    LayerKernel kernel = arithmetic.kernel();
    if (kernel == null) {
      return value;
    }
    kernels.add(kernel);
    if (kernel instanceof TiledConvolutionKernel convolution) {
      tiles = convolution.share(tiles);
    }
    Form form = arithmetic.makesRows() ? Form.ROWS : value.form();
    return new Value(graph.add(kernel, layer.numParams() > 0, value.number()), form);
  }

  private Value preprocessed(String name, InputPreProcessor before, Value input)
      throws NotFastException {
    if (before instanceof FeedForwardToCnnPreProcessor shape && input.form() != Form.IMAGES) {
      Transposition images =
          Transposition.toImages(
              (int) shape.getNumChannels(),
              (int) shape.getInputHeight(),
              (int) shape.getInputWidth());
      return new Value(graph.add(images, false, input.number()), Form.IMAGES);
    }
    if (before instanceof CnnToFeedForwardPreProcessor flat
        && flat.getFormat() == CNN2DFormat.NCHW
        && input.form() != Form.ROWS) {
      return input.form() == Form.BATCH
          ? new Value(input.number(), Form.ROWS)
          : new Value(graph.add(Transposition.toRows(), false, input.number()), Form.ROWS);
    }
    throw new NotFastException(
        "layer '%s' has a %s before it".formatted(name, before.getClass().getSimpleName()));
  }

  /** That of all inputs but the batch, which can be turned into either. */
  private static Form commonForm(String name, List<Value> inputs) throws NotFastException {
    Form common = Form.BATCH;
    for (Value input : inputs) {
      if (input.form() != Form.BATCH && common != Form.BATCH && input.form() != common) {
        throw new NotFastException("vertex '%s' has rows and images for inputs".formatted(name));
      }
      common = input.form() == Form.BATCH ? common : input.form();
    }
    return common;
  }

  /** A value in another form, for the layer or vertex of that name. */
  private Value as(Form form, Value value, String name) throws NotFastException {
    if (value.form() == form) {
      return value;
    }
    if (value.form() != Form.BATCH) {
      throw new NotFastException(
          "'%s' takes %s and gets %s"
              .formatted(
                  name,
                  form.toString().toLowerCase(Locale.ROOT),
                  value.form().toString().toLowerCase(Locale.ROOT)));
    }
    if (form == Form.ROWS) {
      return new Value(value.number(), Form.ROWS);
    }
    return imagesOf.computeIfAbsent(
        value.number(),
        number -> new Value(graph.add(Transposition.toImages(), false, number), form));
  }

  /** Frees memory outside the heap. */
  @Override
  public void close() {
    kernels.forEach(LayerKernel::close);
  }
}
