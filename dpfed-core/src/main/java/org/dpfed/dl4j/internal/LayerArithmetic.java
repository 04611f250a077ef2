package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * What a layer of a network computes.
 *
 * @param takes what it takes; {@code BATCH} where it takes all
 * @param makes what it makes; {@code BATCH} where it keeps the form of what it gets
 * @param stages its kernels, each on the output of the one before; none where the layer is nothing
 *     but a loss
 * @param loss that of an output layer, otherwise null
 */
record LayerArithmetic(Form takes, Form makes, List<Stage> stages, @Nullable OutputLoss loss) {

  /** Layers of which DL4J ignores the dropout. */
  private static final Set<Class<?>> WITHOUT_DROPOUT =
      Set.of(
          ActivationLayer.class,
          SubsamplingLayer.class,
          Pooling2D.class,
          Subsampling1DLayer.class,
          Pooling1D.class,
          GlobalPoolingLayer.class,
          ZeroPaddingLayer.class,
          ZeroPadding1DLayer.class,
          Cropping2D.class,
          Cropping1D.class,
          CnnLossLayer.class);

  /** A kernel, and whether it has parameters. */
  record Stage(LayerKernel kernel, boolean isTrained) {}

  /**
   * That of a layer.
   *
   * @param isOutput whether it is the network's output
   * @param given the form of what it gets
   * @param random which dropout draws from
   */
  static LayerArithmetic of(Layer layer, boolean isOutput, Form given, StepRandom random)
      throws NotFastException {
    if (layer instanceof BaseWrapperLayer && !(layer instanceof LastTimeStepLayer)) {
      // Its configuration is that of the layer inside, which it may freeze or run backwards.
      throw new NotFastException(
          "layer '%s' is in a %s".formatted(nameOf(layer), layer.getClass().getSimpleName()));
    }
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    if (conf instanceof BaseLayer base && base.getWeightNoise() != null) {
      throw refusal(layer, "weight noise");
    }
    LayerArithmetic own =
        isOutput ? OutputRecipes.of(layer, conf) : LayerRecipes.of(layer, conf, given);
    IDropout dropout = conf.getIDropout();
    return dropout == null || WITHOUT_DROPOUT.contains(conf.getClass())
        ? own
        : own.behind(dropout, layer, random);
  }

  private LayerArithmetic behind(IDropout dropout, Layer layer, StepRandom random)
      throws NotFastException {
    DropoutKind known =
        DropoutKind.of(dropout)
            .orElseThrow(
                () ->
                    refusal(
                        layer,
                        "dropout of a kind (%s) or with a schedule"
                            .formatted(dropout.getClass().getSimpleName())));
    if (layer.conf().getLayer() instanceof Deconvolution2D) {
      throw refusal(layer, "dropout, whose mask DL4J forgets on the way back");
    }
    boolean ofChannels = known.isOfChannels();
    if (ofChannels && (takes == Form.ROWS || takes == Form.STEPS)) {
      throw refusal(layer, "dropout of channels");
    }
    List<Stage> all = new ArrayList<>();
    all.add(new Stage(new DropoutKernel(known, random), false));
    all.addAll(stages);
    return new LayerArithmetic(
        ofChannels && takes == Form.BATCH ? Form.IMAGES : takes, makes, all, loss);
  }

  /** Of a layer that keeps the form of what it takes. */
  static LayerArithmetic of(Form form, List<Stage> stages) {
    return new LayerArithmetic(form, Form.BATCH, stages, null);
  }

  /** Of a layer with one kernel and no parameters. */
  static LayerArithmetic of(Form form, LayerKernel kernel) {
    return of(form, List.of(new Stage(kernel, false)));
  }

  static NotFastException refusal(Layer layer, String what) {
    return new NotFastException(
        "layer '%s' is a %s with %s, for which dpfed has no kernel"
            .formatted(nameOf(layer), layer.conf().getLayer().getClass().getSimpleName(), what));
  }

  static String nameOf(Layer layer) {
    return layer.conf().getLayer().getLayerName();
  }
}
