package org.dpfed.dl4j.internal;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Changes a network's parameters by the gradient of a batch: in one call where all have one plain
 * SGD updater, otherwise by the network's own updater, which knows its state, regularisation and
 * gradient normalisation.
 */
final class UpdateRule {
  private final Model model;
  private final Blas blas = new Blas();

  /** Null where the network's own updater is used. */
  private final @Nullable Sgd sgd;

  private final boolean isNormalised;
  private final boolean isRegularised;

  private UpdateRule(Model model, Layer[] layers) {
    this.model = model;
    boolean normalised = false;
    boolean regularised = false;
    for (Layer layer : layers) {
      normalised |= layer.numParams() > 0 && isNormalised(layer);
      regularised |= isRegularised(layer);
    }
    this.isNormalised = normalised;
    this.isRegularised = regularised;
    this.sgd = normalised || regularised ? null : commonSgd(layers);
  }

  /** The rule of a network that has a gradient. */
  static UpdateRule of(Model model) throws NotFastException {
    requireStandard(model);
    Layer[] layers = layers(model);
    for (Layer layer : layers) {
      var constraints = layer.conf().getLayer().getConstraints();
      if (constraints != null && !constraints.isEmpty()) {
        throw new NotFastException(
            "layer '%s' has constraints".formatted(layer.conf().getLayer().getLayerName()));
      }
    }
    return new UpdateRule(model, layers);
  }

  private static Layer[] layers(Model model) {
    return model instanceof MultiLayerNetwork network
        ? network.getLayers()
        : ((ComputationGraph) model).getLayers();
  }

  private static void requireStandard(Model model) throws NotFastException {
    NeuralNetConfiguration conf = model.conf();
    boolean truncated;
    boolean watched;
    if (model instanceof MultiLayerNetwork network) {
      truncated = network.getLayerWiseConfigurations().getBackpropType() != BackpropType.Standard;
      watched = !network.getListeners().isEmpty();
    } else {
      ComputationGraph graph = (ComputationGraph) model;
      truncated = graph.getConfiguration().getBackpropType() != BackpropType.Standard;
      watched = !graph.getListeners().isEmpty();
    }
    if (truncated) {
      throw new NotFastException("backpropagation is truncated");
    }
    if (watched) {
      throw new NotFastException("the network has listeners");
    }
    if (conf.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT
        || conf.getStepFunction() != null
        || !conf.isMiniBatch()) {
      throw new NotFastException("the network is not trained by means over batches and SGD");
    }
  }

  private static boolean isNormalised(Layer layer) {
    GradientNormalization normalization = layer.conf().getLayer().getGradientNormalization();
    return normalization != null && normalization != GradientNormalization.None;
  }

  private static boolean isRegularised(Layer layer) {
    for (String name : layer.paramTable().keySet()) {
      var regularization = layer.conf().getLayer().getRegularizationByParam(name);
      if (regularization != null && !regularization.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** The plain SGD that all parameters have, or null. */
  private static @Nullable Sgd commonSgd(Layer[] layers) {
    IUpdater common = null;
    for (Layer layer : layers) {
      for (String name : layer.paramTable().keySet()) {
        IUpdater own = layer.conf().getLayer().getUpdaterByParam(name);
        if (own == null || own.getClass() != Sgd.class || (common != null && !common.equals(own))) {
          return null;
        }
        common = own;
      }
    }
    return (Sgd) common;
  }

  /** What regularisation adds to the loss of the parameters as they are. */
  double regularisation() {
    if (!isRegularised) {
      return 0;
    }
    return model instanceof MultiLayerNetwork network
        ? network.calcRegularizationScore(true)
        : ((ComputationGraph) model).calcRegularizationScore(true);
  }

  /** Takes a step along the network's gradient, which is a sum over that many examples. */
  void apply(int examples) {
    int iteration = BaseOptimizer.getIterationCount(model);
    int epoch = BaseOptimizer.getEpochCount(model);
    INDArray gradients = model.getGradientsViewArray();
    float factor = -1;
    if (sgd != null) {
      factor = (float) (-sgd.getLearningRate(iteration, epoch) / examples);
    } else {
      update(gradients, iteration, epoch, examples);
    }
    INDArray parameters = model.params();
    blas.add(
        (int) parameters.length(),
        factor,
        NativeFloats.address(gradients),
        NativeFloats.address(parameters));
    BaseOptimizer.incrementIterationCount(model, 1);
  }

  private void update(INDArray gradients, int iteration, int epoch, int examples) {
    DefaultGradient gradient = new DefaultGradient(gradients);
    if (isNormalised) {
      Layer[] layers = layers(model);
      for (int i = 0; i < layers.length; i++) {
        // DL4J's updater knows layers of a list by their index, those of a graph by their name.
        String name =
            model instanceof MultiLayerNetwork
                ? String.valueOf(i)
                : layers[i].getConfig().getLayerName();
        addParts(layers[i], name, gradient);
      }
    }
    BaseMultiLayerUpdater<?> updater =
        model instanceof MultiLayerNetwork network
            ? (BaseMultiLayerUpdater<?>) network.getUpdater()
            : ((ComputationGraph) model).getUpdater();
    updater.update(gradient, iteration, epoch, examples, LayerWorkspaceMgr.noWorkspaces());
  }

  private static void addParts(Layer layer, String name, DefaultGradient gradient) {
    if (layer.numParams() > 0) {
      Map<String, INDArray> parts =
          layer
              .conf()
              .getLayer()
              .initializer()
              .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray());
      parts.forEach((key, part) -> gradient.setGradientFor(name + "_" + key, part));
    }
  }
}
