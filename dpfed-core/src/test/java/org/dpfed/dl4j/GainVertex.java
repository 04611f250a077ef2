package org.dpfed.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A user's own vertex: a gain for each of 8 features, as one of its parameters; or a faulty one.
 */
final class GainVertex extends GraphVertex {
  private static final int SIZE = 8;

  private final Fault fault;

  GainVertex(Fault fault) {
    this.fault = fault;
  }

  /** What is wrong with its account of its parameters. */
  enum Fault {
    NONE(""),
    HALF_THE_TABLE("'gain'"),
    ANOTHER_PLACE("'gain'"),
    EMPTY_TABLE("'gain'"),
    NO_CONFIGURATION("'gain'");

    final String inMessage;

    Fault(String inMessage) {
      this.inMessage = inMessage;
    }
  }

  @Override
  public GraphVertex clone() {
    return new GainVertex(fault);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GainVertex vertex && vertex.fault == fault;
  }

  @Override
  public int hashCode() {
    return fault.hashCode();
  }

  @Override
  public long numParams(boolean backprop) {
    return SIZE;
  }

  @Override
  public int minVertexInputs() {
    return 1;
  }

  @Override
  public int maxVertexInputs() {
    return 1;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    return inputs[0];
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputTypes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    if (initialize) {
      view.assign(1);
    }
    return new Trained(graph, name, index, view, type, fault);
  }

  // DL4J's own class leaves out the dots of a variable arity method.
  @SuppressWarnings("overrides")
  private static final class Trained extends BaseGraphVertex {
    private final INDArray gain;
    private final Fault fault;
    private INDArray gradient = Nd4j.empty(DataType.FLOAT);

    Trained(
        ComputationGraph graph, String name, int index, INDArray gain, DataType type, Fault fault) {
      super(graph, name, index, null, null, type);
      this.gain = gain;
      this.fault = fault;
    }

    @Override
    public boolean hasLayer() {
      return false;
    }

    @Override
    public @Nullable Layer getLayer() {
      return null;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr manager) {
      return manager.dup(ArrayType.ACTIVATIONS, inputs[0]).muliRowVector(gain);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr manager) {
      gradient.assign(epsilon.mul(inputs[0]).sum(0));
      Gradient gradients = new DefaultGradient();
      gradients.setGradientFor("g", gradient);
      INDArray below = manager.dup(ArrayType.ACTIVATION_GRAD, epsilon).muliRowVector(gain);
      return new Pair<>(gradients, new INDArray[] {below});
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
      gradient = view;
    }

    @Override
    public INDArray getGradientsViewArray() {
      return gradient;
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
        INDArray[] masks, MaskState state, int size) {
      return new Pair<>(masks == null ? null : masks[0], state);
    }

    @Override
    public Map<String, INDArray> paramTable(boolean backpropOnly) {
      return switch (fault) {
        case HALF_THE_TABLE -> Map.of("g", gain.get(NDArrayIndex.interval(0, SIZE / 2)));
        case ANOTHER_PLACE -> Map.of("g", gain.dup());
        case EMPTY_TABLE -> Map.of();
        default -> Map.of("g", gain);
      };
    }

    @Override
    public INDArray params() {
      return gain;
    }

    @Override
    public @Nullable TrainingConfig getConfig() {
      if (fault == Fault.NO_CONFIGURATION) {
        return null;
      }
      DenseLayer settings =
          new DenseLayer.Builder().name(vertexName).updater(new Sgd(0.1)).nIn(1).nOut(1).build();
      return settings;
    }

    @Override
    public String toString() {
      return "gain";
    }
  }
}
