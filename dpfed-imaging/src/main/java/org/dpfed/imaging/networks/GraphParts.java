package org.dpfed.imaging.networks;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.weights.WeightInit;
import org.dpfed.imaging.layers.GroupNorm;
import org.dpfed.imaging.losses.ImageLoss;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Adds the parts that networks are made of to a graph; each method returns the name of the part.
 */
final class GraphParts {
  static final String INPUT = "image";
  private static final int GROUPS = 4;

  private final GraphBuilder graph;

  /**
   * @throws IllegalArgumentException when the seed is 0, or images are not channels first
   */
  GraphParts(InputType.InputTypeConvolutional image, IUpdater updater, long seed) {
    if (seed == 0) {
      throw new IllegalArgumentException(
          "seed must not be 0, which ND4J takes for no seed; choose another");
    }
    if (image.getFormat() != CNN2DFormat.NCHW) {
      throw new IllegalArgumentException(
          "images must be in the format NCHW, were in " + image.getFormat());
    }
    this.graph =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(DataType.FLOAT)
            .updater(updater.clone())
            .weightInit(WeightInit.RELU)
            .convolutionMode(ConvolutionMode.Same)
            .graphBuilder()
            .addInputs(INPUT)
            .setInputTypes(image);
  }

  static void requireWidth(int width) {
    if (width < GROUPS || width % GROUPS != 0) {
      throw new IllegalArgumentException(
          "width must be a multiple of %d, the number of groups, was %d".formatted(GROUPS, width));
    }
  }

  /** How often the shorter side is halved until 8 pixels or fewer are left. */
  static int halvings(InputType.InputTypeConvolutional image) {
    int count = 0;
    for (long side = Math.min(image.getHeight(), image.getWidth()); side > 8; side /= 2) {
      count++;
    }
    return count;
  }

  /** Channels after that many halvings: doubled each time, at most four times the first. */
  static int channels(int width, int halvings) {
    return width << Math.min(halvings, 2);
  }

  private String add(String name, Layer layer, String input) {
    graph.addLayer(name, layer, input);
    return name;
  }

  /** A convolution with group normalisation, and ReLU if wanted. */
  String convolution(
      String name, int channels, int kernel, int stride, boolean relu, String input) {
    add(
        name,
        new ConvolutionLayer.Builder(kernel, kernel)
            .stride(stride, stride)
            .nOut(channels)
            .hasBias(false)
            .activation(Activation.IDENTITY)
            .build(),
        input);
    return add(
        name + "-norm", new GroupNorm(GROUPS, relu ? Activation.RELU : Activation.IDENTITY), name);
  }

  /** 3×3 with ReLU. */
  String convolution(String name, int channels, String input) {
    return convolution(name, channels, 3, 1, true, input);
  }

  /** Largest of 2×2. */
  String pooling(String name, String input) {
    return add(
        name,
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(2, 2)
            .stride(2, 2)
            .convolutionMode(ConvolutionMode.Truncate)
            .build(),
        input);
  }

  /** Each pixel four times. */
  String upsampling(String name, String input) {
    return add(name, new Upsampling2D.Builder(2).build(), input);
  }

  String merge(String name, String first, String second) {
    graph.addVertex(name, new MergeVertex(), first, second);
    return name;
  }

  String sumWithRelu(String name, String first, String second) {
    graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), first, second);
    return add(name + "-relu", new ActivationLayer(Activation.RELU), name);
  }

  /** Mean over the pixels of each channel, and softmax on a linear map of these. */
  ComputationGraphConfiguration classifier(int classes, ImageLoss loss, String input) {
    require(classes, loss, 1);
    String mean = add("mean", new GlobalPoolingLayer(PoolingType.AVG), input);
    return end(
        new OutputLayer.Builder(loss)
            .nOut(classes)
            .weightInit(WeightInit.XAVIER)
            .activation(Activation.SOFTMAX)
            .build(),
        mean);
  }

  /** Softmax on a linear map of the channels of each pixel. */
  ComputationGraphConfiguration segmentation(
      int classes, ImageLoss loss, int pixels, String input) {
    require(classes, loss, pixels);
    String scores =
        add(
            "scores",
            new ConvolutionLayer.Builder(1, 1)
                .nOut(classes)
                .weightInit(WeightInit.XAVIER)
                .activation(Activation.IDENTITY)
                .build(),
            input);
    return end(new CnnLossLayer.Builder(loss).activation(Activation.SOFTMAX).build(), scores);
  }

  private ComputationGraphConfiguration end(Layer output, String input) {
    return graph.addLayer("output", output, input).setOutputs("output").build();
  }

  private static void require(int classes, ImageLoss loss, int pixels) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be at least 2, were " + classes);
    }
    if (loss.pixels() != pixels) {
      throw new IllegalArgumentException(
          "loss must be for images of %d pixels, the network's output, was for %d"
              .formatted(pixels, loss.pixels()));
    }
    if (!loss.classWeights().isEmpty() && loss.classWeights().size() != classes) {
      throw new IllegalArgumentException(
          "loss must have a weight for each of %d classes, had %d"
              .formatted(classes, loss.classWeights().size()));
    }
  }
}
