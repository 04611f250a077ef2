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
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;
import org.nd4j.linalg.lossfunctions.impl.LossWasserstein;

/** The kernels and losses of DL4J's output layers. */
final class OutputRecipes {
  /** The classes of output layers that there are recipes for. */
  static final Set<Class<?>> KNOWN =
      Set.of(OutputLayer.class, RnnOutputLayer.class, CnnLossLayer.class);

  /**
   * DL4J's losses of rows by themselves, with labels that have the shape of the outputs. Labels of
   * {@code LossSparseMCXENT} and {@code LossMixtureDensity} have others, {@code LossFMeasure} and
   * {@code LossMultiLabel} are of more than a row, and a user's own loss may be of any kind.
   */
  private static final Set<Class<?>> OF_LABELS_LIKE_OUTPUTS =
      Set.of(
          LossBinaryXENT.class,
          LossCosineProximity.class,
          LossHinge.class,
          LossKLD.class,
          LossL1.class,
          LossL2.class,
          LossMAE.class,
          LossMAPE.class,
          LossMCXENT.class,
          LossMSE.class,
          LossMSLE.class,
          LossNegativeLogLikelihood.class,
          LossPoisson.class,
          LossSquaredHinge.class,
          LossWasserstein.class);

  private OutputRecipes() {}

  /** What the network's output computes. */
  static LayerArithmetic of(Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf)
      throws NotFastException {
    if (conf.getClass() == OutputLayer.class) {
      OutputLayer output = (OutputLayer) conf;
      OutputLoss loss = loss(layer, output.getActivationFn(), output.getLossFn(), false);
      return output(Form.ROWS, new DenseKernel(layer, StandardFunction.IDENTITY), loss);
    }
    if (conf.getClass() == RnnOutputLayer.class) {
      RnnOutputLayer output = (RnnOutputLayer) conf;
      if (output.getRnnDataFormat() == RNNFormat.NWC) {
        throw LayerArithmetic.refusal(layer, "features last");
      }
      OutputLoss loss = loss(layer, output.getActivationFn(), output.getLossFn(), true);
      return output(Form.SERIES, new PointwiseKernel(layer, output), loss);
    }
    if (conf.getClass() == CnnLossLayer.class) {
      CnnLossLayer output = (CnnLossLayer) conf;
      if (output.getFormat() != CNN2DFormat.NCHW) {
        throw LayerArithmetic.refusal(layer, "channels last");
      }
      OutputLoss loss = loss(layer, output.getActivationFn(), output.getLossFn(), true);
      return new LayerArithmetic(Form.IMAGES, Form.BATCH, List.of(), loss);
    }
    throw new NotFastException(
        "layer '%s' is a %s, for which dpfed has no kernel as an output"
            .formatted(LayerArithmetic.nameOf(layer), conf.getClass().getSimpleName()));
  }

  private static LayerArithmetic output(Form form, LayerKernel kernel, OutputLoss loss) {
    return new LayerArithmetic(form, Form.BATCH, List.of(new Stage(kernel, true)), loss);
  }

  private static OutputLoss loss(
      Layer layer, IActivation activation, ILossFunction loss, boolean ofImages)
      throws NotFastException {
    if (activation.getClass() == ActivationSoftmax.class) {
      if (loss instanceof SoftmaxLoss own) {
        return OutputLoss.softmax(ofImages, own);
      }
      if (FastLayers.isCrossEntropy(loss)) {
        return OutputLoss.softmax(ofImages, null);
      }
    }
    if (!OF_LABELS_LIKE_OUTPUTS.contains(loss.getClass())) {
      throw LayerArithmetic.refusal(layer, "the loss " + loss.getClass().getSimpleName());
    }
    return OutputLoss.dl4j(ofImages, new Dl4jLoss(loss, activation));
  }
}
