package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A graph of random layers and joins on small images, all of which reach its output. */
final class RandomGraph {
  private static final int HEIGHT = 8;
  private static final int WIDTH = 12;
  private static final int CHANNELS = 2;
  private static final int CLASSES = 3;

  private final Random random;
  private final List<Part> parts = new ArrayList<>();
  private final GraphBuilder graph;
  private final boolean segments;

  /** A vertex and its shape; {@code scale} is by how much its images are smaller. */
  private static final class Part {
    final String name;
    final int channels;
    final int scale;
    boolean used;

    Part(String name, int channels, int scale) {
      this.name = name;
      this.channels = channels;
      this.scale = scale;
    }
  }

  RandomGraph(long seed) {
    this.random = new Random(seed);
    this.segments = seed % 2 == 0;
    this.graph = begin();
  }

  private static GraphBuilder begin() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(DataType.FLOAT)
        // Losses are sums over 96 pixels.
        .updater(new Sgd(0.02))
        .convolutionMode(ConvolutionMode.Same)
        .graphBuilder()
        .addInputs("in")
        .setInputTypes(InputType.convolutional(HEIGHT, WIDTH, CHANNELS));
  }

  /** Of a network that segments for even seeds, otherwise of a classifier. */
  ComputationGraphConfiguration configuration() {
    return segments ? segmentation() : classification();
  }

  ComputationGraphConfiguration segmentation() {
    addParts();
    List<String> ends = new ArrayList<>();
    for (Part part : List.copyOf(parts)) {
      if (!part.used) {
        ends.add(
            part.scale == 1
                ? part.name
                : add(new Upsampling2D.Builder(part.scale).build(), part.channels, 1, part));
      }
    }
    String all = ends.size() == 1 ? ends.get(0) : "all";
    if (ends.size() > 1) {
      graph.addVertex(all, new MergeVertex(), ends.toArray(String[]::new));
    }
    return graph
        .addLayer(
            "scores",
            new ConvolutionLayer.Builder(1, 1).nOut(CLASSES).activation(Activation.TANH).build(),
            all)
        .addLayer(
            "out",
            new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build(),
            "scores")
        .setOutputs("out")
        .build();
  }

  private ComputationGraphConfiguration classification() {
    addParts();
    List<String> ends = new ArrayList<>();
    for (Part part : List.copyOf(parts)) {
      if (part.used) {
        continue;
      }
      if (random.nextBoolean()) {
        ends.add(add(new GlobalPoolingLayer(PoolingType.AVG), part.channels, 0, part));
      } else {
        ends.add(
            add(new DenseLayer.Builder().nOut(5).activation(activation()).build(), 5, 0, part));
      }
    }
    return graph
        .addLayer(
            "out",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build(),
            ends.toArray(String[]::new))
        .setOutputs("out")
        .build();
  }

  private void addParts() {
    parts.add(new Part("in", CHANNELS, 1));
    addConvolution(parts.get(0));
    int count = 4 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      Part from = parts.get(random.nextInt(parts.size()));
      switch (random.nextInt(8)) {
        case 0, 1 -> addConvolution(from);
        case 2 -> {
          if (from.scale < 4) {
            add(
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(2, 2)
                    .stride(2, 2)
                    .convolutionMode(ConvolutionMode.Truncate)
                    .build(),
                from.channels,
                2 * from.scale,
                from);
          }
        }
        case 3 -> {
          if (from.scale > 1) {
            add(new Upsampling2D.Builder(2).build(), from.channels, from.scale / 2, from);
          }
        }
        case 4 -> add(new ActivationLayer(activation()), from.channels, from.scale, from);
        case 5 -> addPooling(from);
        case 6 -> addSpread(from);
        default -> addJoin(from);
      }
    }
  }

  /** Overlapping windows, whose number is that of the pixels ÷ stride. */
  private void addPooling(Part from) {
    int stride = from.scale < 4 ? 1 + random.nextInt(2) : 1;
    add(
        new SubsamplingLayer.Builder(
                random.nextBoolean()
                    ? SubsamplingLayer.PoolingType.AVG
                    : SubsamplingLayer.PoolingType.MAX)
            .kernelSize(3, 3)
            .stride(stride, stride)
            .build(),
        from.channels,
        from.scale * stride,
        from);
  }

  private void addSpread(Part from) {
    if (from.scale == 1) {
      int channels = 2 * from.channels;
      add(
          new DepthwiseConvolution2D.Builder(3, 3)
              .depthMultiplier(2)
              .activation(activation())
              .build(),
          channels,
          1,
          from);
      return;
    }
    int channels = 2 + random.nextInt(3);
    add(
        new Deconvolution2D.Builder(2, 2)
            .stride(2, 2)
            .nOut(channels)
            .activation(activation())
            .build(),
        channels,
        from.scale / 2,
        from);
  }

  private void addConvolution(Part from) {
    int kernel = 1 + 2 * random.nextInt(3);
    int stride = from.scale < 4 ? 1 + random.nextInt(2) : 1;
    int channels = 3 + random.nextInt(3);
    int dilation = stride == 1 ? 1 + random.nextInt(2) : 1;
    add(
        new ConvolutionLayer.Builder(kernel, kernel)
            .stride(stride, stride)
            .dilation(dilation, dilation)
            .nOut(channels)
            .hasBias(random.nextBoolean())
            .activation(activation())
            .build(),
        channels,
        from.scale * stride,
        from);
  }

  private void addJoin(Part from) {
    Part other = parts.get(random.nextInt(parts.size()));
    if (other.scale != from.scale) {
      return;
    }
    String name = "v" + parts.size();
    boolean sum = other.channels == from.channels && random.nextBoolean();
    graph.addVertex(
        name, sum ? new ElementWiseVertex(operation()) : new MergeVertex(), from.name, other.name);
    from.used = true;
    other.used = true;
    int channels = sum ? from.channels : from.channels + other.channels;
    parts.add(new Part(name, channels, from.scale));
  }

  private String add(Layer layer, int channels, int scale, Part from) {
    String name = "v" + parts.size();
    graph.addLayer(name, layer, from.name);
    from.used = true;
    parts.add(new Part(name, channels, scale));
    return name;
  }

  private ElementWiseVertex.Op operation() {
    ElementWiseVertex.Op[] all = ElementWiseVertex.Op.values();
    return random.nextBoolean() ? ElementWiseVertex.Op.Add : all[random.nextInt(all.length)];
  }

  private Activation activation() {
    Activation[] all = {
      Activation.IDENTITY,
      Activation.RELU,
      Activation.TANH,
      Activation.SIGMOID,
      Activation.LEAKYRELU,
      Activation.ELU,
      Activation.GELU,
      Activation.SWISH,
      Activation.SOFTPLUS
    };
    return all[random.nextInt(all.length)];
  }

  DataSet batch(int examples) {
    Nd4j.getRandom().setSeed(examples);
    INDArray images = Nd4j.rand(DataType.FLOAT, examples, CHANNELS, HEIGHT, WIDTH).subi(0.5);
    if (!segments) {
      return new DataSet(images, oneHot(examples, CLASSES));
    }
    INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES, HEIGHT, WIDTH);
    for (int i = 0; i < examples * HEIGHT * WIDTH; i++) {
      int pixel = i % (HEIGHT * WIDTH);
      labels.putScalar(
          new int[] {i / (HEIGHT * WIDTH), random.nextInt(CLASSES), pixel / WIDTH, pixel % WIDTH},
          1);
    }
    return new DataSet(images, labels);
  }

  static INDArray oneHot(int examples, int classes) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return labels;
  }
}
