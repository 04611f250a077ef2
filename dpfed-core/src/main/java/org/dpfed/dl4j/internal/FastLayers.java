package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * Replaces the layers of a network with the fast ones of this package. Layers with unsupported
 * settings are not replaced.
 */
public final class FastLayers {
  private FastLayers() {}

  /** Why the fast layers cannot be used here, in one line; empty when they can. */
  public static Optional<String> obstacle() {
    if (!Nd4j.getEnvironment().isCPU()) {
      return Optional.of("the ND4J backend keeps arrays on another device");
    }
    return Optional.empty();
  }

  /**
   * Replaces what can be replaced, in place. Parameters and gradients stay the network's own.
   *
   * @param model a freshly initialised network that no updater has been made for
   */
  public static void install(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      Layer[] layers = network.getLayers();
      for (int i = 0; i < layers.length; i++) {
        layers[i] = fastOr(layers[i], i > 0);
      }
    } else if (model instanceof ComputationGraph graph) {
      Layer[] layers = graph.getLayers();
      for (GraphVertex vertex : graph.getVertices()) {
        if (vertex instanceof LayerVertex holder) {
          Layer fast = fastOr(holder.getLayer(), true);
          for (int i = 0; i < layers.length; i++) {
            layers[i] = layers[i] == holder.getLayer() ? fast : layers[i];
          }
          holder.setLayer(fast);
        }
      }
    }
  }

  /**
   * Frees what the fast layers of a network hold outside the heap; the network's own is not
   * touched.
   */
  public static void close(Model model) {
    Layer[] layers =
        model instanceof MultiLayerNetwork network
            ? network.getLayers()
            : ((ComputationGraph) model).getLayers();
    for (Layer layer : layers) {
      if (layer instanceof FastLayer fast) {
        fast.kernel().close();
      }
    }
  }

  private static Layer fastOr(Layer layer, boolean needsInputGradient) {
    // The fast layers use their activations again in the backward pass.
    layer.allowInputModification(false);
    NeuralNetConfiguration conf = layer.conf();
    if (conf == null || conf.getLayer() == null || conf.getLayer().getIDropout() != null) {
      return layer;
    }
    Layer fast = fast(layer.getClass(), conf, needsInputGradient);
    if (fast == null) {
      return layer;
    }
    fast.setIndex(layer.getIndex());
    fast.setListeners(layer.getListeners());
    fast.setCacheMode(layer.conf().getCacheMode());
    if (layer.params() != null) {
      fast.setParamsViewArray(layer.params());
      fast.setParamTable(layer.paramTable());
    }
    if (layer.getGradientsViewArray() != null) {
      fast.setBackpropGradientsViewArray(layer.getGradientsViewArray());
    }
    return fast;
  }

  private static @org.jspecify.annotations.Nullable Layer fast(
      Class<?> type, NeuralNetConfiguration conf, boolean needsInputGradient) {
    if (type == SubsamplingLayer.class) {
      return FastMaxPoolingLayer.takes(
              (org.deeplearning4j.nn.conf.layers.SubsamplingLayer) conf.getLayer())
          ? new FastMaxPoolingLayer(conf)
          : null;
    }
    if (!(conf.getLayer() instanceof FeedForwardLayer layer) || !isPlain(layer)) {
      return null;
    }
    if (type == OutputLayer.class) {
      return layer.getActivationFn().getClass() == ActivationSoftmax.class
              && isCrossEntropy(((org.deeplearning4j.nn.conf.layers.OutputLayer) layer).getLossFn())
          ? new FastSoftmaxOutputLayer(conf, needsInputGradient)
          : null;
    }
    Optional<ActivationFunction> activation = ActivationFunction.of(layer.getActivationFn());
    if (activation.isEmpty() || activation.get().needsArguments()) {
      return null;
    }
    if (type == DenseLayer.class) {
      return ((org.deeplearning4j.nn.conf.layers.DenseLayer) layer).hasLayerNorm()
          ? null
          : new FastDenseLayer(conf, activation.get(), needsInputGradient);
    }
    return type == ConvolutionLayer.class
            && takes((org.deeplearning4j.nn.conf.layers.ConvolutionLayer) layer)
        ? new FastConvolutionLayer(conf, activation.get(), needsInputGradient)
        : null;
  }

  private static boolean isPlain(BaseLayer layer) {
    return layer.getWeightNoise() == null;
  }

  static boolean isCrossEntropy(ILossFunction loss) {
    return (loss.getClass() == LossMCXENT.class
            || loss.getClass() == LossNegativeLogLikelihood.class)
        && ((LossMCXENT) loss).getWeights() == null;
  }

  private static boolean takes(org.deeplearning4j.nn.conf.layers.ConvolutionLayer conf) {
    return conf.getCnn2dDataFormat() == CNN2DFormat.NCHW
        && Arrays.stream(conf.getDilation()).allMatch(dilation -> dilation == 1);
  }
}
