package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.internal.LayerArithmetic.Stage;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of a whole network: DL4J's layers and vertices, in the order of computation, with
 * transpositions where rows become images or images rows. A list is a graph with one path.
 */
final class NetworkKernels implements AutoCloseable {
  private final KernelGraph graph = new KernelGraph();

  private final List<LayerKernel> kernels = new ArrayList<>();

  /** What dropout draws from. */
  private final StepRandom random = new StepRandom();

  /** The batch as images or series, once for all that take it so. */
  private final Map<Integer, Value> imagesOf = new HashMap<>();

  /** What all convolutions in tiles work in. */
  private @Nullable TiledConvolution tiles;

  private @Nullable OutputLoss loss;

  /** Of the output. */
  private Form outputForm = Form.BATCH;

  /** A value of the graph. */
  private record Value(int number, Form form) {}

  /** How a value lies in memory. */
  enum Form {
    /** As the batch came: rows or images, with the examples first. */
    BATCH,
    ROWS,
    IMAGES,
    /** Images of one column: {@code [features, steps, 1, n]}. */
    SERIES,
    /** What DL4J makes rows of the steps of series; here they stay where they are. */
    STEPS
  }

  private NetworkKernels() {}

  /** The kernels of a network. */
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

  StepRandom random() {
    return random;
  }

  OutputLoss loss() {
    return Objects.requireNonNull(loss);
  }

  /** Whether the network takes series, and otherwise rows or images. */
  boolean takesSeries() {
    return imagesOf.values().stream().anyMatch(batch -> batch.form() == Form.SERIES);
  }

  /** Whether the network's output is series, and otherwise rows or images. */
  boolean makesSeries() {
    return outputForm == Form.SERIES;
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
        values.put(name, join(name, conf, inputs));
      }
    }
    if (loss == null || last == null || last.number() != graph.size() - 1) {
      throw new NotFastException("vertices follow the output '%s'".formatted(output));
    }
  }

  private Value join(String name, ComputationGraphConfiguration conf, List<Value> inputs)
      throws NotFastException {
    var vertex = Objects.requireNonNull(conf.getVertices().get(name));
    if (vertex instanceof PreprocessorVertex before) {
      return preprocessed(name, before.getPreProcessor(), inputs.get(0));
    }
    if (vertex instanceof ReshapeVertex shape
        && keepsExamples(
            shape,
            conf.getVertices().get(conf.getVertexInputs().getOrDefault(name, List.of()).get(0)))
        && (inputs.get(0).form() == Form.BATCH || inputs.get(0).form() == Form.ROWS)) {
      return reshaped(shape.getNewShape(), inputs.get(0));
    }
    VertexArithmetic recipe = VertexArithmetic.of(name, vertex, commonForm(name, inputs));
    int[] numbers = new int[inputs.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = as(recipe.takes(), inputs.get(i), name).number();
    }
    return new Value(graph.add(recipe.kernel(), false, numbers), recipe.makes());
  }

  /**
   * Whether it makes one image or series of each row. DL4J leaves the number of examples open, so
   * this is only known where a subset says how long the rows are.
   */
  private static boolean keepsExamples(
      ReshapeVertex shape, org.deeplearning4j.nn.conf.graph.@Nullable GraphVertex before) {
    int[] sizes = shape.getNewShape();
    return before instanceof SubsetVertex subset
        && shape.getReshapeOrder() == 'c'
        && (sizes.length == 3 || sizes.length == 4)
        && sizes[0] == -1
        && Arrays.stream(sizes, 1, sizes.length).reduce(1, (a, b) -> a * b)
            == subset.getTo() - subset.getFrom() + 1;
  }

  private Value reshaped(int[] sizes, Value rows) {
    boolean areImages = sizes.length == 4;
    Transposition images = Transposition.toImages(sizes[1], sizes[2], areImages ? sizes[3] : 1);
    return new Value(
        graph.add(images, false, rows.number()), areImages ? Form.IMAGES : Form.SERIES);
  }

  private Value add(Layer layer, @Nullable InputPreProcessor before, Value input, boolean isOutput)
      throws NotFastException {
    String name = LayerArithmetic.nameOf(layer);
    Value value = before == null ? input : preprocessed(name, before, input);
    LayerArithmetic arithmetic = LayerArithmetic.of(layer, isOutput, value.form(), random);
    if (arithmetic.takes() != Form.BATCH) {
      value = as(arithmetic.takes(), value, name);
    }
    if (isOutput) {
      loss = arithmetic.loss();
      outputForm = value.form();
    }
    for (Stage stage : arithmetic.stages()) {
      kernels.add(stage.kernel());
      if (stage.kernel() instanceof TiledConvolutionKernel convolution) {
        tiles = convolution.share(tiles);
      }
      int number = graph.add(stage.kernel(), stage.isTrained(), value.number());
      value = new Value(number, value.form());
    }
    return arithmetic.makes() == Form.BATCH ? value : new Value(value.number(), arithmetic.makes());
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
        && (input.form() == Form.IMAGES || input.form() == Form.BATCH)) {
      return input.form() == Form.BATCH
          ? new Value(input.number(), Form.ROWS)
          : new Value(graph.add(Transposition.toRows(), false, input.number()), Form.ROWS);
    }
    if (before instanceof RnnToFeedForwardPreProcessor steps
        && steps.getRnnDataFormat() == RNNFormat.NCW) {
      // DL4J puts it behind global pooling too, where it does nothing.
      return input.form() == Form.ROWS
          ? input
          : new Value(as(Form.SERIES, input, name).number(), Form.STEPS);
    }
    if (before instanceof FeedForwardToRnnPreProcessor series
        && series.getRnnDataFormat() == RNNFormat.NCW
        && input.form() == Form.STEPS) {
      return new Value(input.number(), Form.SERIES);
    }
    throw new NotFastException(
        "'%s' has a %s before it".formatted(name, before.getClass().getSimpleName()));
  }

  /** That of all inputs but the batch, which can be turned into either. */
  private static Form commonForm(String name, List<Value> inputs) throws NotFastException {
    Form common = Form.BATCH;
    for (Value input : inputs) {
      if (input.form() != Form.BATCH && common != Form.BATCH && input.form() != common) {
        throw new NotFastException("vertex '%s' has inputs of different forms".formatted(name));
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
