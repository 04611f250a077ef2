package org.dpfed.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The output of a network.
 *
 * @param task what the outputs mean
 * @param axis along which the outputs for one label lie
 * @param hasLoss whether DL4J computes the loss along that axis; its layers that take the previous
 *     layer's outputs as they are look for pixels and time steps in the usual place alone
 * @param isImage whether each example has a label for each of its pixels or voxels
 */
record NetworkOutput(Task task, int axis, boolean hasLoss, boolean isImage) {
  /**
   * Reads the output layer's configuration.
   *
   * @throws IllegalArgumentException when the network has no output layer whose outputs can be
   *     judged
   */
  static NetworkOutput of(Model model) {
    Layer layer = outputLayer(model);
    if (layer == null || !(layer instanceof IOutputLayer)) {
      throw new IllegalArgumentException(
          "the network must end in an output layer with a loss function to be evaluated; add one, or"
              + " write a ModelEvaluator");
    }
    if (layer.conf().getLayer() instanceof BaseLayer layerConf) {
      ILossFunction loss = loss(layerConf);
      if (loss != null) {
        int axis = axis(layerConf);
        boolean isLossLayer =
            layerConf instanceof CnnLossLayer || layerConf instanceof RnnLossLayer;
        boolean isImage = layerConf instanceof CnnLossLayer || layerConf instanceof Cnn3DLossLayer;
        return new NetworkOutput(
            Task.of(layerConf, loss), axis, axis == 1 || !isLossLayer, isImage);
      }
    }
    throw new IllegalArgumentException(
        "output layer '%s' is %s, whose outputs have no evaluation here; write a ModelEvaluator"
            .formatted(
                layer.conf().getLayer().getLayerName(),
                layer.conf().getLayer().getClass().getSimpleName()));
  }

  /** The layer at the end, if it is one. */
  static @Nullable Layer outputLayer(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return network.getOutputLayer();
    }
    ComputationGraph graph = (ComputationGraph) model;
    return graph.getVertex(graph.getConfiguration().getNetworkOutputs().get(0)).getLayer();
  }

  private static @Nullable ILossFunction loss(BaseLayer layer) {
    if (layer instanceof BaseOutputLayer output && !(layer instanceof OCNNOutputLayer)) {
      return output.getLossFn();
    } else if (layer instanceof LossLayer output) {
      return output.getLossFn();
    } else if (layer instanceof RnnLossLayer output) {
      return output.getLossFn();
    } else if (layer instanceof CnnLossLayer output) {
      return output.getLossFn();
    } else if (layer instanceof Cnn3DLossLayer output) {
      return output.getLossFn();
    }
    return null;
  }

  private static int axis(BaseLayer layer) {
    if (layer instanceof RnnOutputLayer output) {
      return output.getRnnDataFormat() == RNNFormat.NWC ? 2 : 1;
    } else if (layer instanceof RnnLossLayer output) {
      return output.getRnnDataFormat() == RNNFormat.NWC ? 2 : 1;
    } else if (layer instanceof CnnLossLayer output) {
      return output.getFormat() == CNN2DFormat.NHWC ? 3 : 1;
    } else if (layer instanceof Cnn3DLossLayer output) {
      return output.getDataFormat() == Convolution3D.DataFormat.NDHWC ? 4 : 1;
    }
    return 1;
  }
}
