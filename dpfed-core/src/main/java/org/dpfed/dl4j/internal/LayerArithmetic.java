package org.dpfed.dl4j.internal;

import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.KernelLayer;
import org.dpfed.dl4j.layers.LayerKernel;
import org.dpfed.dl4j.layers.SoftmaxLoss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * What a layer of a network computes.
 *
 * @param takes what it takes; {@code BATCH} where it takes all and keeps their form
 * @param makesRows whether it makes rows, and otherwise what it takes
 * @param kernel null where the layer is nothing but a loss
 * @param loss that of an output layer, otherwise null
 */
record LayerArithmetic(
    Form takes, boolean makesRows, @Nullable LayerKernel kernel, @Nullable OutputLoss loss) {

  /**
   * That of a layer.
   *
   * @param isOutput whether it is the network's output
   */
  static LayerArithmetic of(Layer layer, boolean isOutput) throws NotFastException {
    if (layer instanceof BaseWrapperLayer && !(layer instanceof LastTimeStepLayer)) {
      // Its configuration is that of the layer inside, which it may freeze or run backwards.
      throw new NotFastException(
          "layer '%s' is in a %s".formatted(nameOf(layer), layer.getClass().getSimpleName()));
    }
    if (isOutput) {
      return output(layer);
    }
    if (layer instanceof FastLayer fast && !(layer instanceof FastSoftmaxOutputLayer)) {
      Form form = fast.takesImages() ? Form.IMAGES : Form.ROWS;
      return new LayerArithmetic(form, false, fast.newKernel(), null);
    }
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    if (conf.getIDropout() != null) {
      throw new NotFastException("layer '%s' has dropout".formatted(nameOf(layer)));
    }
    if (conf instanceof KernelLayer own) {
      return made(Form.IMAGES, own.kernel(layer));
    }
    if (conf.getClass() == ActivationLayer.class) {
      IActivation function = ((ActivationLayer) conf).getActivationFn();
      ActivationFunction known = ActivationFunction.of(function).orElse(null);
      if (known != null) {
        return made(Form.BATCH, new ActivationKernel(known));
      }
    }
    if (layer instanceof LastTimeStepLayer last && isKnownLstm(last.getUnderlying())) {
      LstmKernel kernel = new LstmKernel(last.getUnderlying(), (LSTM) conf, true);
      return new LayerArithmetic(Form.SERIES, true, kernel, null);
    }
    if (isKnownLstm(layer)) {
      return made(Form.SERIES, new LstmKernel(layer, (LSTM) conf, false));
    }
    if (conf.getClass() == Upsampling2D.class
        && ((Upsampling2D) conf).getFormat() == CNN2DFormat.NCHW) {
      return made(Form.IMAGES, new UpsamplingKernel((Upsampling2D) conf));
    }
    if (conf.getClass() == GlobalPoolingLayer.class && isMeanOfPixels((GlobalPoolingLayer) conf)) {
      return new LayerArithmetic(Form.IMAGES, true, new GlobalAverageKernel(), null);
    }
    throw unknown(layer);
  }

  private static boolean isKnownLstm(Layer layer) {
    return layer.getClass() == org.deeplearning4j.nn.layers.recurrent.LSTM.class
        && layer.conf().getLayer() instanceof LSTM conf
        && conf.getActivationFn().getClass() == ActivationTanH.class
        && conf.getGateActivationFn().getClass() == ActivationSigmoid.class
        && conf.getRnnDataFormat() != RNNFormat.NWC
        && conf.getWeightNoise() == null;
  }

  private static LayerArithmetic made(Form form, LayerKernel kernel) {
    return new LayerArithmetic(form, false, kernel, null);
  }

  private static boolean isMeanOfPixels(GlobalPoolingLayer conf) {
    int[] dimensions = conf.getPoolingDimensions();
    return conf.getPoolingType() == PoolingType.AVG
        && conf.isCollapseDimensions()
        && (dimensions == null || Arrays.equals(dimensions, new int[] {2, 3}));
  }

  private static LayerArithmetic output(Layer layer) throws NotFastException {
    if (layer instanceof FastSoftmaxOutputLayer fast) {
      return new LayerArithmetic(Form.ROWS, false, fast.newKernel(), new OutputLoss(false, null));
    }
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    if (conf.getIDropout() != null) {
      throw new NotFastException("layer '%s' has dropout".formatted(nameOf(layer)));
    }
    if (conf.getClass() == OutputLayer.class) {
      OutputLayer output = (OutputLayer) conf;
      if (isSoftmax(output.getActivationFn())
          && output.getLossFn() instanceof SoftmaxLoss own
          && output.getWeightNoise() == null) {
        DenseKernel map = new DenseKernel(layer, ActivationFunction.IDENTITY);
        return new LayerArithmetic(Form.ROWS, false, map, new OutputLoss(false, own));
      }
    }
    if (conf.getClass() == RnnOutputLayer.class) {
      RnnOutputLayer output = (RnnOutputLayer) conf;
      if (isSoftmax(output.getActivationFn())
          && FastLayers.isCrossEntropy(output.getLossFn())
          && output.getRnnDataFormat() != RNNFormat.NWC
          && output.getWeightNoise() == null) {
        return new LayerArithmetic(
            Form.SERIES, false, new PointwiseKernel(layer, output), new OutputLoss(true, null));
      }
    }
    if (conf.getClass() == CnnLossLayer.class) {
      CnnLossLayer output = (CnnLossLayer) conf;
      ILossFunction loss = output.getLossFn();
      SoftmaxLoss own = loss instanceof SoftmaxLoss custom ? custom : null;
      if (isSoftmax(output.getActivationFn())
          && output.getFormat() == CNN2DFormat.NCHW
          && (own != null || FastLayers.isCrossEntropy(loss))) {
        return new LayerArithmetic(Form.IMAGES, false, null, new OutputLoss(true, own));
      }
    }
    throw unknown(layer);
  }

  private static boolean isSoftmax(IActivation function) {
    return function.getClass() == ActivationSoftmax.class;
  }

  private static NotFastException unknown(Layer layer) {
    return new NotFastException(
        "layer '%s' is a %s with settings that dpfed has no kernel for"
            .formatted(nameOf(layer), layer.conf().getLayer().getClass().getSimpleName()));
  }

  static String nameOf(Layer layer) {
    return layer.conf().getLayer().getLayerName();
  }
}
