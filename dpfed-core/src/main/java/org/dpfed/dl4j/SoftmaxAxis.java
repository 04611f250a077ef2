package org.dpfed.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/**
 * Refuses softmax as the activation of convolutions whose channels are not the last axis. DL4J
 * applies softmax along the last axis whatever it is: the probabilities of a row of pixels would
 * add up to 1, instead of those of the classes of a pixel. An {@link ActivationLayer} is checked
 * where it follows such a convolution immediately.
 */
final class SoftmaxAxis {
  private SoftmaxAxis() {}

  /**
   * @throws IllegalArgumentException when the network has such a layer
   */
  static void check(Model model) {
    if (model instanceof ComputationGraph graph) {
      var vertices = graph.getConfiguration().getVertices();
      var inputs = graph.getConfiguration().getVertexInputs();
      vertices.forEach(
          (name, vertex) -> {
            List<String> before = inputs.getOrDefault(name, List.of());
            check(
                name, layer(vertex), before.isEmpty() ? null : layer(vertices.get(before.get(0))));
          });
    } else {
      Layer before = null;
      for (NeuralNetConfiguration each :
          ((MultiLayerNetwork) model).getLayerWiseConfigurations().getConfs()) {
        check(each.getLayer().getLayerName(), each.getLayer(), before);
        before = each.getLayer();
      }
    }
  }

  private static @Nullable Layer layer(@Nullable GraphVertex vertex) {
    return vertex instanceof LayerVertex holder ? holder.getLayerConf().getLayer() : null;
  }

  private static void check(String name, @Nullable Layer layer, @Nullable Layer before) {
    boolean own =
        layer instanceof ConvolutionLayer convolution
            && convolution.getActivationFn() instanceof ActivationSoftmax
            && hasChannelsFirst(convolution);
    boolean after =
        layer instanceof ActivationLayer activation
            && activation.getActivationFn() instanceof ActivationSoftmax
            && before instanceof ConvolutionLayer convolution
            && hasChannelsFirst(convolution);
    if (layer != null && (own || after)) {
      throw new IllegalArgumentException(
          "layer '%s' is %s with the activation softmax, which DL4J 1.0.0-M2.1 takes along the last axis: over the positions of a row, not over the channels. Use the activation identity, and at the end of the network CnnLossLayer (Cnn3DLossLayer, RnnLossLayer) with softmax, or the data format whose channels are last"
              .formatted(name, layer.getClass().getSimpleName()));
    }
  }

  /** Of a convolution in 1, 2 or 3 dimensions, or its transpose. */
  private static boolean hasChannelsFirst(ConvolutionLayer layer) {
    if (layer instanceof Convolution1DLayer convolution) {
      return convolution.getRnnDataFormat() != RNNFormat.NWC;
    } else if (layer instanceof Convolution3D convolution) {
      return convolution.getDataFormat() == Convolution3D.DataFormat.NCDHW;
    } else if (layer instanceof Deconvolution3D convolution) {
      return convolution.getDataFormat() == Convolution3D.DataFormat.NCDHW;
    }
    return layer.getCnn2dDataFormat() == CNN2DFormat.NCHW;
  }
}
