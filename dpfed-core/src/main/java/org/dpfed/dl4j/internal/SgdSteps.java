package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Training steps for a network that has only fast layers and one plain SGD updater, without
 * regularisation, gradient normalisation or constraints. Data passes from kernel to kernel in Java
 * arrays, then one call adds the flat gradient to the parameters. DL4J's own step creates dozens of
 * arrays, all of which the garbage collector must trace.
 */
public final class SgdSteps {
  private final MultiLayerNetwork network;
  private final Sgd sgd;
  private final List<LayerKernel> kernels;
  private final SoftmaxKernel last;
  private final Blas blas = new Blas();

  private SgdSteps(
      MultiLayerNetwork network, Sgd sgd, List<LayerKernel> kernels, SoftmaxKernel last) {
    this.network = network;
    this.sgd = sgd;
    this.kernels = kernels;
    this.last = last;
  }

  /**
   * The steps of a network with fast layers; empty when it has other layers too, or when its
   * configuration asks for more than plain SGD.
   */
  public static Optional<SgdSteps> of(MultiLayerNetwork network) {
    List<LayerKernel> kernels = kernels(network);
    Sgd sgd = plainSgd(network);
    if (sgd == null
        || kernels.isEmpty()
        || !(kernels.get(kernels.size() - 1) instanceof SoftmaxKernel last)) {
      return Optional.empty();
    }
    if (network.getGradientsViewArray() == null) {
      network.initGradientsView();
    }
    return Optional.of(new SgdSteps(network, sgd, kernels, last));
  }

  /** What happens to a batch on its way through the network; empty where only DL4J knows. */
  private static List<LayerKernel> kernels(MultiLayerNetwork network) {
    List<LayerKernel> kernels = new ArrayList<>();
    boolean areImages = false;
    for (int i = 0; i < network.getnLayers(); i++) {
      if (!(network.getLayer(i) instanceof FastLayer fast)) {
        return List.of();
      }
      InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
      if (before instanceof FeedForwardToCnnPreProcessor images && !areImages) {
        kernels.add(
            Transposition.toImages(
                (int) images.getNumChannels(),
                (int) images.getInputHeight(),
                (int) images.getInputWidth()));
        areImages = true;
      } else if (before instanceof CnnToFeedForwardPreProcessor rows
          && rows.getFormat() == CNN2DFormat.NCHW
          && areImages) {
        kernels.add(Transposition.toRows());
        areImages = false;
      } else if (before == null && i == 0 && fast.takesImages()) {
        kernels.add(Transposition.toImages());
        areImages = true;
      } else if (before != null) {
        return List.of();
      }
      if (areImages != fast.takesImages()) {
        return List.of();
      }
      kernels.add(fast.kernel());
    }
    return kernels;
  }

  private static @Nullable Sgd plainSgd(MultiLayerNetwork network) {
    NeuralNetConfiguration conf = network.conf();
    if (network.getLayerWiseConfigurations().getBackpropType() != BackpropType.Standard
        || conf.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT
        || conf.getStepFunction() != null
        || !conf.isMiniBatch()
        || !network.getListeners().isEmpty()) {
      return null;
    }
    IUpdater common = null;
    for (Layer layer : network.getLayers()) {
      if (layer.numParams() == 0) {
        continue;
      }
      IUpdater own = plainUpdater(layer);
      if (own == null || (common != null && !common.equals(own))) {
        return null;
      }
      common = own;
    }
    return common instanceof Sgd sgd ? sgd : null;
  }

  /** The updater of all of the layer's parameters, or null where it is not plain SGD. */
  private static @Nullable IUpdater plainUpdater(Layer layer) {
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    GradientNormalization normalization = conf.getGradientNormalization();
    boolean normalised = normalization != null && normalization != GradientNormalization.None;
    boolean constrained = conf.getConstraints() != null && !conf.getConstraints().isEmpty();
    if (normalised || constrained) {
      return null;
    }
    IUpdater common = null;
    for (String name : layer.paramTable().keySet()) {
      IUpdater own = conf.getUpdaterByParam(name);
      var regularization = conf.getRegularizationByParam(name);
      if (own == null
          || own.getClass() != Sgd.class
          || (regularization != null && !regularization.isEmpty())
          || (common != null && !common.equals(own))) {
        return null;
      }
      common = own;
    }
    return common;
  }

  /**
   * One step on one batch.
   *
   * @param features in 'c' order, at least as long as {@code shape} says; unchanged
   * @param shape of the features, {@code [n, features]} or {@code [n, c, h, w]}
   * @param labels in 'c' order; unchanged
   * @param labelsShape {@code [n, classes]}
   * @return the mean loss of the batch before the step
   */
  public double take(float[] features, long[] shape, float[] labels, long[] labelsShape) {
    BatchShape batchShape = BatchShape.of(shape);
    float[] values = features;
    for (LayerKernel kernel : kernels) {
      BatchShape next = kernel.outputOf(batchShape);
      values = kernel.forward(values, batchShape);
      batchShape = next;
    }
    if (!BatchShape.of(labelsShape).equals(batchShape)) {
      throw new IllegalArgumentException(
          "labels must have shape [%d, %d] for this batch, had %s"
              .formatted(
                  batchShape.examples(), batchShape.features(), Arrays.toString(labelsShape)));
    }
    double loss = last.loss(labels) / batchShape.examples();
    float[] gradient = last.lossGradient();
    for (int i = kernels.size() - 1; i >= 0; i--) {
      gradient = kernels.get(i).backward(gradient);
    }
    int iteration = network.getIterationCount();
    double rate = sgd.getLearningRate(iteration, network.getEpochCount());
    INDArray parameters = network.params();
    blas.add(
        (int) parameters.length(),
        (float) (-rate / batchShape.examples()),
        NativeFloats.address(network.getGradientsViewArray()),
        NativeFloats.address(parameters));
    network.setIterationCount(iteration + 1);
    return loss;
  }
}
