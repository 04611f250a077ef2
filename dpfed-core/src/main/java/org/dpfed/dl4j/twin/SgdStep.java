package org.dpfed.dl4j.twin;

import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A step of a network whose every parameter is trained by the same plain SGD, without
 * regularisation, gradient normalisation or constraints: DL4J computes the gradient, and one call
 * adds it to the parameters. DL4J's own way there goes through the updater, layer by layer.
 */
public final class SgdStep {
  private final MultiLayerNetwork network;
  private final Sgd sgd;
  private final Blas blas = new Blas();

  private SgdStep(MultiLayerNetwork network, Sgd sgd) {
    this.network = network;
    this.sgd = sgd;
  }

  /** The step for this network; empty when its configuration asks for more than plain SGD. */
  public static Optional<SgdStep> of(MultiLayerNetwork network) {
    NeuralNetConfiguration conf = network.conf();
    if (network.getLayerWiseConfigurations().getBackpropType() != BackpropType.Standard
        || conf.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT
        || conf.getStepFunction() != null
        || !conf.isMiniBatch()
        || !network.getListeners().isEmpty()) {
      return Optional.empty();
    }
    IUpdater common = null;
    for (Layer layer : network.getLayers()) {
      if (layer.numParams() == 0) {
        continue;
      }
      IUpdater own = plainUpdater(layer);
      if (own == null || (common != null && !common.equals(own))) {
        return Optional.empty();
      }
      common = own;
    }
    return common instanceof Sgd sgd ? Optional.of(new SgdStep(network, sgd)) : Optional.empty();
  }

  /** The updater of all of the layer's parameters, or null where it is not plain SGD. */
  private static @Nullable IUpdater plainUpdater(Layer layer) {
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    GradientNormalization normalization = conf.getGradientNormalization();
    boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
    boolean normalised = normalization != null && normalization != GradientNormalization.None;
    boolean constrained = conf.getConstraints() != null && !conf.getConstraints().isEmpty();
    if (frozen || normalised || constrained) {
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

  /** One step on one batch; the network's score is then that of the batch before the step. */
  public void take(DataSet batch) {
    network.setInput(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.setLayerMaskArrays(batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
    network.computeGradientAndScore();
    int iteration = network.getIterationCount();
    double rate = sgd.getLearningRate(iteration, network.getEpochCount());
    INDArray parameters = network.params();
    blas.add(
        (int) parameters.length(),
        (float) (-rate / batch.numExamples()),
        Dense.address(network.getGradientsViewArray()),
        Dense.address(parameters));
    network.setIterationCount(iteration + 1);
    network.clearLayerMaskArrays();
    network.clearLayersStates();
  }
}
