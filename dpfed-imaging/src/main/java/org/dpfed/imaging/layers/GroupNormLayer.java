package org.dpfed.imaging.layers;

import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A {@link GroupNorm} in a network: copies between ND4J's arrays and a {@link GroupNormKernel}. */
final class GroupNormLayer extends BaseLayer<GroupNorm> {
  private static final long serialVersionUID = 1L;

  private final transient GroupNormKernel kernel;
  private final transient float[] gamma;
  private final transient float[] beta;
  private transient float[] x = {};
  private transient float[] y = {};
  private transient float[] gradientRoom = {};

  /** Whether {@link #x} and {@link #y} are those of the batch that goes back next. */
  private transient boolean pending;

  GroupNormLayer(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    if (!Nd4j.getEnvironment().isCPU()) {
      throw new IllegalStateException(
          "GroupNorm computes in main memory, and the ND4J backend keeps arrays on another device; use nd4j-native");
    }
    GroupNorm norm = layerConf();
    int channels = Math.toIntExact(norm.getNIn());
    this.kernel =
        new GroupNormKernel(channels, norm.getGroups(), norm.getEpsilon(), norm.hasRelu());
    this.gamma = new float[channels];
    this.beta = new float[channels];
  }

  @Override
  public Type type() {
    return Type.NORMALIZATION;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    forward();
    pending = training;
    return array(y, ArrayType.ACTIVATIONS, workspaces);
  }

  private void forward() {
    if (input.rank() != 4 || input.size(1) != gamma.length) {
      throw new IllegalArgumentException(
          "%s takes images [n, %d, h, w], got %s"
              .formatted(layerId(), gamma.length, Arrays.toString(input.shape())));
    }
    int length = Math.toIntExact(input.length());
    x = x.length < length ? new float[length] : x;
    y = y.length < length ? new float[length] : y;
    NativeFloats.readAll(input, x);
    NativeFloats.read(getParam(GroupNormParameters.GAMMA), 0, gamma, gamma.length);
    NativeFloats.read(getParam(GroupNormParameters.BETA), 0, beta, beta.length);
    int examples = (int) input.size(0);
    kernel.prepare(examples, length / examples / gamma.length, false);
    kernel.forward(x, gamma, beta, y);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    if (!pending) {
      forward();
    }
    pending = false;
    int length = Math.toIntExact(epsilon.length());
    gradientRoom = gradientRoom.length < length ? new float[length] : gradientRoom;
    NativeFloats.readAll(epsilon, gradientRoom);
    float[] gammaGradient = new float[gamma.length];
    float[] betaGradient = new float[beta.length];
    kernel.backward(x, y, gamma, gradientRoom, gradientRoom, gammaGradient, betaGradient);
    Gradient gradient = new DefaultGradient();
    keep(gradient, GroupNormParameters.GAMMA, gammaGradient);
    keep(gradient, GroupNormParameters.BETA, betaGradient);
    INDArray atInput = array(gradientRoom, ArrayType.ACTIVATION_GRAD, workspaces);
    return new Pair<>(gradient, backpropDropOutIfPresent(atInput));
  }

  private void keep(Gradient gradient, String name, float[] values) {
    INDArray view = Objects.requireNonNull(gradientViews.get(name));
    NativeFloats.writeAll(values, view);
    gradient.setGradientFor(name, view);
  }

  private INDArray array(float[] values, ArrayType use, LayerWorkspaceMgr workspaces) {
    INDArray array = workspaces.createUninitialized(use, DataType.FLOAT, input.shape(), 'c');
    NativeFloats.writeAll(values, array);
    return array;
  }
}
