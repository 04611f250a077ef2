package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.dpfed.dl4j.internal.LayerArithmetic.Stage;
import org.dpfed.dl4j.internal.NetworkKernels.Form;
import org.dpfed.dl4j.layers.KernelLayer;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;

/** The kernels of DL4J's layers of rows and images; those of series are {@link SeriesRecipes}. */
final class LayerRecipes {
  private static final int[] PIXELS = {2, 3};
  private static final int[] STEPS = {2};

  private final Layer layer;
  private final Form given;

  private LayerRecipes(Layer layer, Form given) {
    this.layer = layer;
    this.given = given;
  }

  /** The kernels of one class of layers. */
  @FunctionalInterface
  interface Recipe<C extends org.deeplearning4j.nn.conf.layers.Layer> {
    LayerArithmetic of(LayerRecipes layer, C conf) throws NotFastException;
  }

  /** A class of layers and its recipe. */
  private record Entry<C extends org.deeplearning4j.nn.conf.layers.Layer>(
      Class<C> type, Recipe<C> recipe) {
    LayerArithmetic of(LayerRecipes layer, org.deeplearning4j.nn.conf.layers.Layer conf)
        throws NotFastException {
      return recipe.of(layer, type.cast(conf));
    }
  }

  private static final Map<Class<?>, Entry<?>> RECIPES =
      index(
          new Entry<>(DenseLayer.class, LayerRecipes::dense),
          new Entry<>(ConvolutionLayer.class, LayerRecipes::convolution),
          new Entry<>(Convolution2D.class, LayerRecipes::convolution),
          new Entry<>(Deconvolution2D.class, LayerRecipes::transposed),
          new Entry<>(DepthwiseConvolution2D.class, LayerRecipes::depthwise),
          new Entry<>(SeparableConvolution2D.class, LayerRecipes::separable),
          new Entry<>(SubsamplingLayer.class, LayerRecipes::pooling),
          new Entry<>(Pooling2D.class, LayerRecipes::pooling),
          new Entry<>(GlobalPoolingLayer.class, LayerRecipes::globalPooling),
          new Entry<>(Upsampling2D.class, LayerRecipes::upsampling),
          new Entry<>(ZeroPaddingLayer.class, LayerRecipes::padding),
          new Entry<>(Cropping2D.class, LayerRecipes::cropping),
          new Entry<>(ActivationLayer.class, LayerRecipes::activation),
          new Entry<>(DropoutLayer.class, LayerRecipes::dropout));

  private static Map<Class<?>, Entry<?>> index(Entry<?>... entries) {
    Map<Class<?>, Entry<?>> all = new HashMap<>();
    for (Entry<?> entry : entries) {
      all.put(entry.type(), entry);
    }
    return all;
  }

  /** The classes of rows and images that there are recipes for. */
  static Set<Class<?>> known() {
    return RECIPES.keySet();
  }

  /**
   * What a layer computes that is not the output.
   *
   * @param given the form of what it gets
   */
  static LayerArithmetic of(Layer layer, org.deeplearning4j.nn.conf.layers.Layer conf, Form given)
      throws NotFastException {
    if (conf instanceof KernelLayer own) {
      return LayerArithmetic.of(
          Form.IMAGES, List.of(new Stage(own.kernel(layer), layer.numParams() > 0)));
    }
    LayerArithmetic series = SeriesRecipes.of(layer, conf);
    if (series != null) {
      return series;
    }
    Entry<?> entry = RECIPES.get(conf.getClass());
    if (entry == null) {
      throw new NotFastException(
          "layer '%s' is a %s, for which dpfed has no kernel"
              .formatted(LayerArithmetic.nameOf(layer), conf.getClass().getSimpleName()));
    }
    return entry.of(new LayerRecipes(layer, given), conf);
  }

  private void require(boolean condition, String otherwise) throws NotFastException {
    if (!condition) {
      throw LayerArithmetic.refusal(layer, otherwise);
    }
  }

  private void requireChannelsFirst(@Nullable CNN2DFormat format) throws NotFastException {
    require(format == null || format == CNN2DFormat.NCHW, "channels last");
  }

  /** A map with parameters and its activation: one kernel where it can compute both. */
  private List<Stage> activated(BaseLayer conf, Function<ActivationFunction, LayerKernel> map)
      throws NotFastException {
    return activated(layer, conf.getActivationFn(), map);
  }

  static List<Stage> activated(
      Layer layer, IActivation activation, Function<ActivationFunction, LayerKernel> map)
      throws NotFastException {
    ActivationFunction function = function(layer, activation);
    if (!function.needsArguments()) {
      return List.of(new Stage(map.apply(function), true));
    }
    return List.of(
        new Stage(map.apply(StandardFunction.IDENTITY), true),
        new Stage(new ActivationKernel(function), false));
  }

  /** The same for a kernel that cannot compute an activation. */
  private List<Stage> followed(BaseLayer conf, LayerKernel... map) throws NotFastException {
    ActivationFunction function = function(layer, conf.getActivationFn());
    List<Stage> stages = new ArrayList<>();
    for (LayerKernel kernel : map) {
      stages.add(new Stage(kernel, true));
    }
    if (function != StandardFunction.IDENTITY) {
      stages.add(new Stage(new ActivationKernel(function), false));
    }
    return stages;
  }

  static ActivationFunction function(Layer layer, IActivation activation) throws NotFastException {
    return ActivationFunction.of(activation)
        .orElseThrow(() -> LayerArithmetic.refusal(layer, "activation " + activation));
  }

  private LayerArithmetic dense(DenseLayer conf) throws NotFastException {
    require(!conf.hasLayerNorm(), "layer normalisation");
    if (given == Form.STEPS) {
      return LayerArithmetic.of(Form.STEPS, followed(conf, new PointwiseKernel(layer, conf)));
    }
    return LayerArithmetic.of(
        Form.ROWS, activated(conf, function -> new DenseKernel(layer, function)));
  }

  private LayerArithmetic convolution(ConvolutionLayer conf) throws NotFastException {
    requireChannelsFirst(conf.getCnn2dDataFormat());
    return LayerArithmetic.of(
        Form.IMAGES, activated(conf, function -> TiledConvolutionKernel.over(layer, function)));
  }

  private LayerArithmetic transposed(Deconvolution2D conf) throws NotFastException {
    requireChannelsFirst(conf.getCnn2dDataFormat());
    return LayerArithmetic.of(
        Form.IMAGES, followed(conf, new TransposedConvolutionKernel(layer, conf)));
  }

  private LayerArithmetic depthwise(DepthwiseConvolution2D conf) throws NotFastException {
    requireChannelsFirst(conf.getCnn2dDataFormat());
    return LayerArithmetic.of(
        Form.IMAGES,
        followed(
            conf,
            new DepthwiseKernel(
                conf, conf.getDepthMultiplier(), new Weights(layer), conf.hasBias(), true)));
  }

  private LayerArithmetic separable(SeparableConvolution2D conf) throws NotFastException {
    requireChannelsFirst(conf.getCnn2dDataFormat());
    int multiples = conf.getDepthMultiplier();
    Weights byChannel =
        new Weights(layer, SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY);
    Weights byPixel =
        new Weights(layer, SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY);
    return LayerArithmetic.of(
        Form.IMAGES,
        followed(
            conf,
            new DepthwiseKernel(conf, multiples, byChannel, false, false),
            new ConvolutionKernel(
                WindowAxis.POINT,
                WindowAxis.POINT,
                (int) conf.getNIn() * multiples,
                (int) conf.getNOut(),
                byPixel,
                StandardFunction.IDENTITY)));
  }

  private LayerArithmetic pooling(SubsamplingLayer conf) throws NotFastException {
    requireChannelsFirst(conf.getCnn2dDataFormat());
    return LayerArithmetic.of(
        Form.IMAGES,
        FastMaxPoolingLayer.takes(conf)
            ? new MaxPoolingKernel(conf)
            : pooling(layer, conf, WindowAxis.of(1, conf)));
  }

  static LayerKernel pooling(Layer layer, SubsamplingLayer conf, WindowAxis across)
      throws NotFastException {
    PoolingType type =
        switch (conf.getPoolingType()) {
          case MAX -> PoolingType.MAX;
          case AVG -> PoolingType.AVG;
          case PNORM -> PoolingType.PNORM;
          default -> throw LayerArithmetic.refusal(layer, "pooling " + conf.getPoolingType());
        };
    return new PoolingKernel(
        WindowAxis.of(0, conf), across, type, conf.getPnorm(), conf.isAvgPoolIncludePadInDivisor());
  }

  private LayerArithmetic globalPooling(GlobalPoolingLayer conf) throws NotFastException {
    Form form = given == Form.SERIES ? Form.SERIES : Form.IMAGES;
    int[] all = form == Form.SERIES ? STEPS : PIXELS;
    int[] dimensions = conf.getPoolingDimensions();
    require(dimensions == null || Arrays.equals(dimensions, all), "dimensions of its own");
    require(conf.isCollapseDimensions(), "dimensions that it keeps");
    return new LayerArithmetic(
        form,
        Form.ROWS,
        List.of(new Stage(new GlobalPoolingKernel(conf.getPoolingType(), conf.getPnorm()), false)),
        null);
  }

  private LayerArithmetic upsampling(Upsampling2D conf) throws NotFastException {
    requireChannelsFirst(conf.getFormat());
    return LayerArithmetic.of(Form.IMAGES, new UpsamplingKernel(conf));
  }

  private LayerArithmetic padding(ZeroPaddingLayer conf) throws NotFastException {
    requireChannelsFirst(conf.getDataFormat());
    int[] pad = conf.getPadding();
    return LayerArithmetic.of(Form.IMAGES, new MarginKernel(pad[0], pad[1], pad[2], pad[3]));
  }

  private LayerArithmetic cropping(Cropping2D conf) throws NotFastException {
    requireChannelsFirst(conf.getDataFormat());
    int[] cut = conf.getCropping();
    return LayerArithmetic.of(Form.IMAGES, new MarginKernel(-cut[0], -cut[1], -cut[2], -cut[3]));
  }

  private LayerArithmetic activation(ActivationLayer conf) throws NotFastException {
    return LayerArithmetic.of(
        Form.BATCH, new ActivationKernel(function(layer, conf.getActivationFn())));
  }

  /** Its dropout is put before it. */
  private LayerArithmetic dropout(DropoutLayer conf) {
    return LayerArithmetic.of(Form.BATCH, List.of());
  }
}
