package org.dpfed.dl4j.internal;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.dpfed.dl4j.internal.LayerArithmetic.Stage;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** The kernels of DL4J's layers of series, {@code [features, steps, n]}. */
final class SeriesRecipes {
  /** The classes of layers of series that there are recipes for. */
  static final Set<Class<?>> KNOWN =
      Set.of(
          LSTM.class,
          SimpleRnn.class,
          Bidirectional.class,
          LastTimeStep.class,
          Subsampling1DLayer.class,
          Pooling1D.class,
          ZeroPadding1DLayer.class,
          Cropping1D.class);

  private SeriesRecipes() {}

  /** What a layer computes; null for a class that is not of series. */
  static @Nullable LayerArithmetic of(Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf)
      throws NotFastException {
    if (layer instanceof LastTimeStepLayer last) {
      return lastStep(last.getUnderlying());
    }
    LayerKernel recurrent = recurrent(layer, conf, false);
    if (recurrent != null) {
      return LayerArithmetic.of(Form.SERIES, List.of(new Stage(recurrent, true)));
    }
    Class<?> type = conf.getClass();
    if (type == Subsampling1DLayer.class || type == Pooling1D.class) {
      return LayerArithmetic.of(
          Form.SERIES, LayerRecipes.pooling(layer, (Subsampling1DLayer) conf, WindowAxis.POINT));
    }
    if (type == ZeroPadding1DLayer.class) {
      int[] pad = ((ZeroPadding1DLayer) conf).getPadding();
      return LayerArithmetic.of(Form.SERIES, new MarginKernel(pad[0], pad[1], 0, 0));
    }
    if (type == Cropping1D.class) {
      int[] cut = ((Cropping1D) conf).getCropping();
      return LayerArithmetic.of(Form.SERIES, new MarginKernel(-cut[0], -cut[1], 0, 0));
    }
    return null;
  }

  private static LayerArithmetic lastStep(Layer inside) throws NotFastException {
    if (inside instanceof BaseWrapperLayer) {
      throw LayerArithmetic.refusal(inside, "a wrapper around it");
    }
    org.deeplearning4j.nn.conf.layers.Layer conf = inside.conf().getLayer();
    boolean alone = conf.getClass() == LSTM.class;
    LayerKernel kernel = recurrent(inside, conf, alone);
    if (kernel == null) {
      throw LayerArithmetic.refusal(inside, "its last step taken");
    }
    List<Stage> stages =
        alone
            ? List.of(new Stage(kernel, true))
            : List.of(new Stage(kernel, true), new Stage(new LastStepKernel(), false));
    return new LayerArithmetic(Form.SERIES, Form.ROWS, stages, null);
  }

  /** The kernel of a recurrent layer, or null where it is not one of those known. */
  private static @Nullable LayerKernel recurrent(
      Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf, boolean lastStepOnly)
      throws NotFastException {
    if (conf.getClass() != Bidirectional.class) {
      return recurrent(new ParameterPart(layer, 0), conf, lastStepOnly);
    }
    Bidirectional both = (Bidirectional) conf;
    if (both.getFwd().getIDropout() != null) {
      throw LayerArithmetic.refusal(layer, "dropout inside");
    }
    LayerKernel onward = recurrent(new ParameterPart(layer, 0), both.getFwd(), false);
    LayerKernel back =
        recurrent(new ParameterPart(layer, layer.numParams() / 2), both.getBwd(), false);
    if (onward == null || back == null) {
      throw LayerArithmetic.refusal(layer, "a " + both.getFwd().getClass().getSimpleName());
    }
    return new BidirectionalKernel(onward, back, both.getMode());
  }

  private static @Nullable LayerKernel recurrent(
      ParameterPart parameters, org.deeplearning4j.nn.conf.layers.Layer conf, boolean lastStepOnly)
      throws NotFastException {
    Layer layer = parameters.layer();
    if (!(conf instanceof BaseRecurrentLayer recurrent)) {
      return null;
    }
    if (recurrent.getWeightNoise() != null) {
      throw LayerArithmetic.refusal(layer, "weight noise");
    }
    if (conf.getClass() == LSTM.class) {
      LSTM lstm = (LSTM) conf;
      requireFeaturesFirst(layer, lstm.getRnnDataFormat());
      if (lstm.getActivationFn().getClass() != ActivationTanH.class
          || lstm.getGateActivationFn().getClass() != ActivationSigmoid.class) {
        throw LayerArithmetic.refusal(layer, "other functions than tanh and sigmoid");
      }
      return new LstmKernel(parameters, lstm, lastStepOnly);
    }
    if (conf.getClass() == SimpleRnn.class) {
      SimpleRnn rnn = (SimpleRnn) conf;
      requireFeaturesFirst(layer, rnn.getRnnDataFormat());
      ActivationFunction function = LayerRecipes.function(layer, rnn.getActivationFn());
      if (rnn.hasLayerNorm() || function.needsArguments()) {
        throw LayerArithmetic.refusal(
            layer, rnn.hasLayerNorm() ? "layer normalisation" : "activation " + function);
      }
      return new SimpleRnnKernel(parameters, rnn, function);
    }
    return null;
  }

  private static void requireFeaturesFirst(Layer layer, @Nullable RNNFormat format)
      throws NotFastException {
    if (format == RNNFormat.NWC) {
      throw LayerArithmetic.refusal(layer, "features last");
    }
  }
}
