package org.dpfed.dl4j.internal;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.dpfed.dl4j.internal.LayerArithmetic.Stage;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.LayerKernel;
import org.dpfed.dl4j.layers.SoftmaxLoss;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** The kernels and losses of DL4J's output layers. */
final class OutputRecipes {
  /** The classes of output layers that there are recipes for. */
  static final Set<Class<?>> KNOWN =
      Set.of(OutputLayer.class, RnnOutputLayer.class, CnnLossLayer.class);

  private OutputRecipes() {}

  /** What the network's output computes. */
  static LayerArithmetic of(Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf)
      throws NotFastException {
    if (conf.getClass() == OutputLayer.class) {
      OutputLayer output = (OutputLayer) conf;
      OutputLoss loss = loss(output.getActivationFn(), output.getLossFn(), false);
      return output(Form.ROWS, new DenseKernel(layer, StandardFunction.IDENTITY), loss);
    }
    if (conf.getClass() == RnnOutputLayer.class) {
      RnnOutputLayer output = (RnnOutputLayer) conf;
      if (output.getRnnDataFormat() == RNNFormat.NWC) {
        throw LayerArithmetic.refusal(layer, "features last");
      }
      OutputLoss loss = loss(output.getActivationFn(), output.getLossFn(), true);
      return output(Form.SERIES, new PointwiseKernel(layer, output), loss);
    }
    if (conf.getClass() == CnnLossLayer.class) {
      CnnLossLayer output = (CnnLossLayer) conf;
      if (output.getFormat() != CNN2DFormat.NCHW) {
        throw LayerArithmetic.refusal(layer, "channels last");
      }
      OutputLoss loss = loss(output.getActivationFn(), output.getLossFn(), true);
      return new LayerArithmetic(Form.IMAGES, Form.BATCH, List.of(), loss);
    }
    throw new NotFastException(
        "layer '%s' is a %s, for which dpfed has no kernel as an output"
            .formatted(LayerArithmetic.nameOf(layer), conf.getClass().getSimpleName()));
  }

  private static LayerArithmetic output(Form form, LayerKernel kernel, OutputLoss loss) {
    return new LayerArithmetic(form, Form.BATCH, List.of(new Stage(kernel, true)), loss);
  }

  private static OutputLoss loss(IActivation activation, ILossFunction loss, boolean ofImages) {
    if (activation.getClass() == ActivationSoftmax.class) {
      if (loss instanceof SoftmaxLoss own) {
        return OutputLoss.softmax(ofImages, own);
      }
      if (FastLayers.isCrossEntropy(loss)) {
        return OutputLoss.softmax(ofImages, null);
      }
    }
    return OutputLoss.dl4j(ofImages, new Dl4jLoss(loss, activation));
  }
}
