package org.dpfed.imaging.layers;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.dpfed.dl4j.layers.KernelLayer;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Group normalisation of images {@code [n, c, h, w]} (Wu and He, <i>Group Normalization</i>, ECCV
 * 2018): in each example, the channels of a group get mean 0 and variance 1 over all their pixels;
 * then each channel is multiplied by its own γ and gets its own β added.
 *
 * <p>It is the normalisation to use under differential privacy. No example affects another and it
 * keeps no running statistics, so it does the same in training as afterwards, and all its
 * parameters are trained by gradients. Batch normalisation lacks all three.
 *
 * <p>The parameters are {@code gamma}, which starts at 1, and {@code beta}, which starts at 0, of
 * one value for each channel. Neither L1, L2 nor weight decay applies to them. The activation is
 * identity or ReLU. A mask of features does not change what it computes.
 */
public final class GroupNorm extends FeedForwardLayer implements KernelLayer {
  private static final long serialVersionUID = 1L;

  private int groups;
  private double epsilon;

  /** For Deeplearning4j, which then sets all properties from JSON. */
  public GroupNorm() {
    this(1, Activation.IDENTITY);
  }

  /**
   * A layer whose updater is the network's, and whose ε is 10⁻⁵ as PyTorch has it.
   *
   * @param groups how many, a divisor of the number of channels; 1 normalises each example as a
   *     whole
   * @param activation IDENTITY or RELU
   */
  public GroupNorm(int groups, Activation activation) {
    this.groups = groups;
    this.epsilon = 1e-5;
    // Filled from the network's, where null; DL4J's own builders leave them so.
    setActivationFn(activation.getActivationFunction());
    setGradientNormalization(null);
    setGradientNormalizationThreshold(Double.NaN);
  }

  /** Number of groups, each of as many channels. */
  public int getGroups() {
    return groups;
  }

  /** For Deeplearning4j's JSON. */
  public void setGroups(int groups) {
    this.groups = groups;
  }

  /** What is added to the variance. */
  public double getEpsilon() {
    return epsilon;
  }

  /**
   * Sets what is added to the variance.
   *
   * @param epsilon positive
   */
  public void setEpsilon(double epsilon) {
    this.epsilon = epsilon;
  }

  /** Whether ReLU follows; otherwise nothing does. */
  boolean hasRelu() {
    return getActivationFn() instanceof ActivationReLU;
  }

  /**
   * The layer.
   *
   * @throws IllegalArgumentException when the groups do not divide the channels, the activation is
   *     another than identity or ReLU, or the network is not one of {@code float}
   */
  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    require(type);
    GroupNormLayer layer = new GroupNormLayer(conf, type);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initialize));
    return layer;
  }

  private void require(DataType type) {
    if (type != DataType.FLOAT) {
      throw refused("needs a network of dataType FLOAT, was " + type);
    }
    if (groups < 1 || nIn < 1 || nIn % groups != 0) {
      throw refused(
          "needs groups that divide the channels, had %d groups for %d channels"
              .formatted(groups, nIn));
    }
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw refused("needs a positive and finite epsilon, was " + epsilon);
    }
    boolean plain = getActivationFn() instanceof ActivationIdentity || hasRelu();
    if (!plain) {
      throw refused(
          "takes the activation IDENTITY or RELU, was %s; put an ActivationLayer behind it"
              .formatted(getActivationFn()));
    }
  }

  private IllegalArgumentException refused(String problem) {
    return new IllegalArgumentException(
        "layer '%s': GroupNorm %s".formatted(getLayerName(), problem));
  }

  @Override
  public LayerKernel kernel(Layer layer) {
    return new GroupNormStep(this, layer);
  }

  @Override
  public ParamInitializer initializer() {
    return GroupNormParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int layerIndex, @Nullable InputType input) {
    if (input instanceof InputType.InputTypeConvolutionalFlat flat) {
      return flat.getUnflattenedType();
    }
    boolean isImage =
        input instanceof InputType.InputTypeConvolutional image
            && image.getFormat() == CNN2DFormat.NCHW;
    if (input == null || !isImage) {
      throw refused("takes images in the format NCHW, got " + input);
    }
    return input;
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    if (nIn <= 0 || override) {
      InputType image = getOutputType(-1, input);
      nIn = ((InputType.InputTypeConvolutional) image).getChannels();
      nOut = nIn;
    }
  }

  @Override
  public @Nullable InputPreProcessor getPreProcessorForInputType(InputType input) {
    return input instanceof InputType.InputTypeConvolutionalFlat flat
        ? new FeedForwardToCnnPreProcessor(flat.getHeight(), flat.getWidth(), flat.getDepth())
        : null;
  }

  /** None: a pull towards 0 would take γ away from where it changes nothing. */
  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String name) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    long count = initializer().numParams(this);
    return new LayerMemoryReport.Builder(layerName, GroupNorm.class, input, input)
        .standardMemory(count, getIUpdater().stateSize(count))
        .workingMemory(0, 0, 0, 3 * input.arrayElementsPerExample())
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GroupNorm norm
        && super.equals(other)
        && groups == norm.groups
        && epsilon == norm.epsilon;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + groups) + Double.hashCode(epsilon);
  }
}
