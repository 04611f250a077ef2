package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A graph of several inputs, such as an image and a row of clinical values, as a graph of one: a
 * row that holds each example's inputs one after another, in the graph's order of inputs and each
 * in 'c' order. A client's examples then are an ordinary {@code DataSet}.
 *
 * <p>The graph computes the same. In front of its vertices, others of DL4J's take the row apart.
 * The parameters of each layer keep their names and shapes; the order of the layers in the vector
 * of all parameters may be another.
 *
 * <p>Masks of features cannot be packed: series of all examples have one length.
 */
public final class PackedInputs {
  private static final String PACKED = "packed inputs";

  private final ComputationGraphConfiguration configuration;
  private final List<String> names;

  /** Of one example. */
  private final List<long[]> shapes;

  private PackedInputs(
      ComputationGraphConfiguration configuration, List<String> names, List<long[]> shapes) {
    this.configuration = configuration;
    this.names = names;
    this.shapes = shapes;
  }

  /**
   * Packs the inputs of a graph.
   *
   * @param configuration unchanged
   * @param types of its inputs, in its order; series with their number of steps
   * @throws IllegalArgumentException when there is not one type of known size for each input, when
   *     a vertex asks an input for its length, or an embedding takes an input
   */
  public static PackedInputs of(ComputationGraphConfiguration configuration, InputType... types) {
    ComputationGraphConfiguration packed = ConfigurationCopy.of(configuration);
    List<String> names = packed.getNetworkInputs();
    if (types.length != names.size()) {
      throw new IllegalArgumentException(
          "there must be one type for each of the inputs %s, were %d"
              .formatted(names, types.length));
    }
    Map<String, GraphVertex> vertices = new LinkedHashMap<>();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    List<long[]> shapes = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < types.length; i++) {
      String name = names.get(i);
      long[] shape = shape(name, types[i]);
      int to = Math.toIntExact(from + width(shape) - 1);
      SubsetVertex columns = new SubsetVertex(from, to);
      if (shape.length == 1) {
        put(name, columns, PACKED, vertices, inputs);
      } else {
        String row = "columns of " + name;
        put(row, columns, PACKED, vertices, inputs);
        put(name, new ReshapeVertex(withExamples(-1, shape)), row, vertices, inputs);
      }
      shapes.add(shape);
      from = to + 1;
    }
    inputs.putAll(packed.getVertexInputs());
    packed
        .getVertices()
        .forEach(
            (name, vertex) -> {
              if (inputs.getOrDefault(name, List.of()).stream().anyMatch(names::contains)) {
                requireNoEmbedding(name, vertex);
              }
              putNew(name, withoutInputs(name, vertex), vertices);
            });
    packed.setVertices(vertices);
    packed.setVertexInputs(inputs);
    packed.setNetworkInputs(new ArrayList<>(List.of(PACKED)));
    packed.setTopologicalOrder(null);
    packed.setTopologicalOrderStr(null);
    return new PackedInputs(packed, List.copyOf(names), shapes);
  }

  private static void put(
      String name,
      GraphVertex vertex,
      String input,
      Map<String, GraphVertex> vertices,
      Map<String, List<String>> inputs) {
    putNew(name, vertex, vertices);
    inputs.put(name, new ArrayList<>(List.of(input)));
  }

  private static void putNew(String name, GraphVertex vertex, Map<String, GraphVertex> vertices) {
    if (name.equals(PACKED) || vertices.put(name, vertex) != null) {
      throw new IllegalArgumentException(
          "the name '%s' is needed for packed inputs; give the graph's vertex or input another"
              .formatted(name));
    }
  }

  /** DL4J cannot go back from an embedding to a vertex before it. */
  private static void requireNoEmbedding(String name, GraphVertex vertex) {
    if (vertex instanceof LayerVertex holder
        && (holder.getLayerConf().getLayer() instanceof EmbeddingLayer
            || holder.getLayerConf().getLayer() instanceof EmbeddingSequenceLayer)) {
      throw new IllegalArgumentException(
          "layer '%s' is %s, which DL4J trains on an input as it is and not on a part of one; use a DenseLayer of one-hot rows, which computes the same as an EmbeddingLayer"
              .formatted(name, holder.getLayerConf().getLayer().getClass().getSimpleName()));
    }
  }

  /** Some vertices name an input, of whose mask or length they make use. */
  private static GraphVertex withoutInputs(String name, GraphVertex vertex) {
    if (vertex instanceof LastTimeStepVertex) {
      return new LastTimeStepVertex(PACKED);
    }
    if (vertex instanceof ReverseTimeSeriesVertex) {
      return new ReverseTimeSeriesVertex();
    }
    if (vertex instanceof DuplicateToTimeSeriesVertex duplicate) {
      throw new IllegalArgumentException(
          "vertex '%s' asks input '%s' for its number of steps, which a packed input does not tell; use a RepeatVector layer of that many"
              .formatted(name, duplicate.getInputName()));
    }
    return vertex;
  }

  private static long[] shape(String name, InputType type) {
    long[] withExamples = type.getShape(true);
    long[] shape = Arrays.copyOfRange(withExamples, 1, withExamples.length);
    if (Arrays.stream(shape).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "input '%s' must have a known size, was %s; give the number of steps of series"
              .formatted(name, type));
    }
    return shape;
  }

  private static long width(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static int[] withExamples(long examples, long[] shape) {
    return LongStream.concat(LongStream.of(examples), Arrays.stream(shape))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** The graph with one input, for {@link NetworkTemplate#of(ComputationGraphConfiguration)}. */
  public ComputationGraphConfiguration configuration() {
    return ConfigurationCopy.of(configuration);
  }

  /**
   * Packs examples.
   *
   * @param features one array for each input, in the graph's order, all with the same number of
   *     examples; unchanged
   * @return {@code [n, columns]} of {@code float}, a fresh array for the caller
   * @throws IllegalArgumentException when they do not have the shapes of the inputs
   */
  public INDArray pack(INDArray... features) {
    if (features.length != shapes.size()) {
      throw new IllegalArgumentException(
          "there must be one array for each of the inputs %s, were %d"
              .formatted(names, features.length));
    }
    long examples = features[0].size(0);
    long columns = shapes.stream().mapToLong(PackedInputs::width).sum();
    INDArray rows = Nd4j.create(DataType.FLOAT, new long[] {examples, columns}, 'c');
    long from = 0;
    for (int i = 0; i < features.length; i++) {
      long[] shape = shapes.get(i);
      long[] given = features[i].shape();
      if (given.length == 0 || !Arrays.equals(Arrays.copyOfRange(given, 1, given.length), shape)) {
        throw new IllegalArgumentException(
            "an example of input '%s' must have shape %s, had %s"
                .formatted(
                    names.get(i),
                    Arrays.toString(shape),
                    Arrays.toString(
                        Arrays.copyOfRange(given, Math.min(1, given.length), given.length))));
      }
      if (given[0] != examples) {
        throw new IllegalArgumentException(
            "input '%s' must have as many examples as input '%s'"
                .formatted(names.get(i), names.get(0)));
      }
      long to = from + width(shape);
      rows.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to))
          .assign(features[i].reshape('c', examples, to - from));
      from = to;
    }
    return rows;
  }
}
