package org.dpfed.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Networks that are refused by name, with alternatives. Contains known cases only; {@link
 * NetworkGuard} finds others by training.
 */
final class RefusedNetworks {
  private RefusedNetworks() {}

  /**
   * @param trained the parameters that clients train
   * @throws IllegalArgumentException when the network is one of them
   */
  static void check(Model model, List<Parameter> trained) {
    OptimizationAlgorithm algorithm = model.conf().getOptimizationAlgo();
    if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      throw new IllegalArgumentException(
          "the optimization algorithm is %s, which keeps a search direction from one client to the next; set optimizationAlgo(STOCHASTIC_GRADIENT_DESCENT)"
              .formatted(algorithm));
    }
    if (model instanceof ComputationGraph graph) {
      graph.getConfiguration().getVertices().forEach(RefusedNetworks::checkVertex);
    } else {
      for (NeuralNetConfiguration each :
          ((MultiLayerNetwork) model).getLayerWiseConfigurations().getConfs()) {
        checkLayer(each.getLayer().getLayerName(), each.getLayer(), false);
      }
    }
    SoftmaxAxis.check(model);
    trained.stream()
        .filter(FixedParameters::isStatistic)
        .findFirst()
        .ifPresent(RefusedNetworks::refuseStatistic);
  }

  private static void checkVertex(
      String name, org.deeplearning4j.nn.conf.graph.GraphVertex vertex) {
    boolean frozen = false;
    var inside = vertex;
    while (inside instanceof FrozenVertex wrapper) {
      frozen = true;
      inside = wrapper.getUnderlying();
    }
    if (inside instanceof SameDiffVertex) {
      throw refusedSameDiff("vertex", name, inside);
    }
    if (inside instanceof LayerVertex holder) {
      checkLayer(name, holder.getLayerConf().getLayer(), frozen);
    }
  }

  private static void checkLayer(String name, Layer layer, boolean frozenAround) {
    if (layer instanceof FrozenLayer) {
      return;
    }
    boolean frozen = frozenAround;
    Layer inside = layer;
    while (inside instanceof BaseWrapperLayer wrapper) {
      frozen |= wrapper instanceof FrozenLayerWithBackprop;
      inside = wrapper.getUnderlying();
    }
    if (inside instanceof AbstractSameDiffLayer) {
      throw refusedSameDiff("layer", name, inside);
    }
    if (inside instanceof BatchNormalization && !frozen) {
      throw new IllegalArgumentException(
          ("layer '%s' is BatchNormalization: its running mean and variance are parameters, and would be"
                  + " clipped and noised with the weights. Use group normalisation"
                  + " (org.dpfed.imaging.layers.GroupNorm, of module dpfed-imaging), or for dense layers layer"
                  + " normalisation (hasLayerNorm(true)), or wrap the layer in FrozenLayer to keep pretrained"
                  + " statistics fixed")
              .formatted(name));
    }
    if (inside instanceof CenterLossOutputLayer && !frozen) {
      throw new IllegalArgumentException(
          ("layer '%s' is CenterLossOutputLayer: its class centres are averages of clients' activations kept"
                  + " among the parameters, and would be clipped and noised with the weights. Use OutputLayer")
              .formatted(name));
    }
  }

  private static IllegalArgumentException refusedSameDiff(
      String kind, String name, Object configuration) {
    return new IllegalArgumentException(
        "%s '%s' is %s, a SameDiff %s: DL4J 1.0.0-M2.1 computes gradients that are twice too large for all layers below it. Replace it by one that is not SameDiff's, or freeze it where nothing below it is trained"
            .formatted(kind, name, configuration.getClass().getSimpleName(), kind));
  }

  private static void refuseStatistic(Parameter parameter) {
    throw new IllegalArgumentException(
        "%s has the updater NoOp: the value added to it is a running statistic of clients' data instead of a gradient, or is not scaled by a learning rate. Freeze the layer, replace it, or give it an updater with a learning rate"
            .formatted(parameter.label()));
  }
}
