package org.dpfed.imaging.keras;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.activations.IActivation;

/** Makes DL4J's layers, channels first, of Keras' options; without dropout of their own. */
final class Layers {
  private static final Set<String> MODES = Set.of("same", "valid");

  private Layers() {}

  static Layer dense(LayerConfig layer, long in, IActivation activation) throws KerasException {
    return new DenseLayer.Builder()
        .nIn(in)
        .nOut(layer.positive("units"))
        .hasBias(layer.flag("use_bias", true))
        .activation(activation)
        .build();
  }

  static Layer convolution(LayerConfig layer, long in, IActivation activation)
      throws KerasException {
    layer.require("groups", Set.of("1"), "use a convolution without groups");
    return new ConvolutionLayer.Builder(layer.pair("kernel_size"))
        .stride(layer.pair("strides"))
        .dilation(layer.pair("dilation_rate"))
        .convolutionMode(mode(layer))
        .nIn(in)
        .nOut(layer.positive("filters"))
        .hasBias(layer.flag("use_bias", true))
        .activation(activation)
        .build();
  }

  static Layer transposed(LayerConfig layer, long in, IActivation activation)
      throws KerasException {
    int[] kernel = layer.pair("kernel_size");
    int[] strides = layer.pair("strides");
    if (kernel[0] < strides[0] || kernel[1] < strides[1]) {
      throw layer.problem("its strides must not be larger than its kernel");
    }
    layer.require("output_padding", Set.of("null"), "set it to None");
    layer.require("dilation_rate", Set.of(""), "set it to (1, 1)");
    return new Deconvolution2D.Builder(kernel)
        .stride(strides)
        .convolutionMode(mode(layer))
        .nIn(in)
        .nOut(layer.positive("filters"))
        .hasBias(layer.flag("use_bias", true))
        .activation(activation)
        .build();
  }

  static Layer pooling(LayerConfig layer, SubsamplingLayer.PoolingType type) throws KerasException {
    return new SubsamplingLayer.Builder(type)
        .kernelSize(layer.pair("pool_size"))
        .stride(layer.pair("strides"))
        .convolutionMode(mode(layer))
        .build();
  }

  static Layer global(LayerConfig layer, PoolingType type) throws KerasException {
    layer.require("keepdims", Set.of("false"), "set it to False");
    return new GlobalPoolingLayer(type);
  }

  static Layer upsampling(LayerConfig layer) throws KerasException {
    layer.require("interpolation", Set.of("nearest"), "use it, or Conv2DTranspose");
    return new Upsampling2D.Builder().size(layer.pair("size")).build();
  }

  static Layer padding(LayerConfig layer) throws KerasException {
    return new ZeroPaddingLayer.Builder(layer.borders("padding")).build();
  }

  static Layer cropping(LayerConfig layer) throws KerasException {
    return new Cropping2D.Builder(layer.borders("cropping")).build();
  }

  /** DL4J counts what is kept, Keras what is dropped. */
  static Layer dropout(LayerConfig layer) throws KerasException {
    double rate = layer.number("rate", 0);
    if (!(rate >= 0 && rate < 1)) {
      throw layer.problem("its rate must be at least 0 and below 1");
    }
    layer.require("noise_shape", Set.of("null"), "set it to None");
    return new DropoutLayer(1 - rate);
  }

  /** Along the channels of images, or one vector after another. */
  static GraphVertex concatenation(LayerConfig layer, boolean ofImages) throws KerasException {
    layer.require("axis", Set.of("-1", ofImages ? "3" : "1"), "join along the last axis");
    return new MergeVertex();
  }

  static GraphVertex elementWise(LayerConfig layer, List<Signal> inputs, ElementWiseVertex.Op op)
      throws KerasException {
    List<InputType> pieces = inputs.get(0).pieces();
    if (inputs.size() < 2 || inputs.stream().anyMatch(each -> !each.pieces().equals(pieces))) {
      throw layer.problem("expected two inputs or more of one shape, found others");
    }
    return new ElementWiseVertex(op);
  }

  private static ConvolutionMode mode(LayerConfig layer) throws KerasException {
    layer.require("padding", MODES, "choose one of them");
    return layer.word("padding", "valid").equals("same")
        ? ConvolutionMode.Same
        : ConvolutionMode.Truncate;
  }
}
