package org.dpfed.imaging.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Turns Keras' layers into the parts of a DL4J network, one after another. */
final class Translation {
  private final ModelConfig model;
  private final Losses losses;
  private final Map<String, Signal> signals = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();

  /** Whether a layer was passed that is trained, so that gradients must reach it. */
  private boolean trains;

  private Translation(ModelConfig model, Losses losses) {
    this.model = model;
    this.losses = losses;
    ModelConfig.Input input = model.input();
    signals.put(input.name(), new Signal(input.name(), input.type()));
  }

  /**
   * All parts of a network.
   *
   * @return inputs before the layers that take them, the layer with the loss last
   */
  static List<Part> of(ModelConfig model, Losses losses) throws KerasException {
    Translation translation = new Translation(model, losses);
    for (LayerConfig layer : model.layers()) {
      translation.add(layer);
    }
    if (!translation.trains) {
      throw new KerasException(
          "no layer with weights is trainable; set layer.trainable = True and save again");
    }
    return translation.parts;
  }

  private void add(LayerConfig layer) throws KerasException {
    List<Signal> inputs = layer.inputs().stream().map(signals::get).toList();
    boolean isLast = layer.name().equals(model.output());
    IActivation activation = Activations.of(layer);
    Signal signal;
    try {
      signal = signal(layer, inputs, isLast ? new ActivationIdentity() : activation);
    } catch (RuntimeException e) {
      throw layer.problem("its options do not fit its input: " + KerasFile.firstLine(e));
    }
    if (!isLast && activation instanceof ActivationSoftmax && signal.isImage()) {
      throw layer.problem("softmax of images is supported as the output only; use another");
    }
    signals.put(layer.name(), signal);
    if (isLast) {
      end(layer, signal, activation);
    }
  }

  private Signal signal(LayerConfig layer, List<Signal> inputs, IActivation activation)
      throws KerasException {
    Signal input = inputs.get(0);
    return switch (layer.kind()) {
      case "Dense" -> {
        Layer made = Layers.dense(layer, Inputs.vector(layer, inputs), activation);
        yield weighted(layer, input, made);
      }
      case "Conv2D" -> {
        Layer made = Layers.convolution(layer, Inputs.channels(layer, inputs), activation);
        yield weighted(layer, input, made);
      }
      case "Conv2DTranspose" -> {
        Layer made = Layers.transposed(layer, Inputs.channels(layer, inputs), activation);
        yield weighted(layer, input, made);
      }
      case "MaxPooling2D" ->
          image(layer, inputs, Layers.pooling(layer, SubsamplingLayer.PoolingType.MAX));
      case "AveragePooling2D" ->
          image(layer, inputs, Layers.pooling(layer, SubsamplingLayer.PoolingType.AVG));
      case "GlobalMaxPooling2D" -> image(layer, inputs, Layers.global(layer, PoolingType.MAX));
      case "GlobalAveragePooling2D" -> image(layer, inputs, Layers.global(layer, PoolingType.AVG));
      case "UpSampling2D" -> image(layer, inputs, Layers.upsampling(layer));
      case "ZeroPadding2D" -> image(layer, inputs, Layers.padding(layer));
      case "Cropping2D" -> image(layer, inputs, Layers.cropping(layer));
      case "Flatten" -> flattened(layer, inputs);
      case "Dropout" ->
          layer.number("rate", 0) == 0 ? input : same(layer, inputs, Layers.dropout(layer));
      case "Activation", "ReLU", "LeakyReLU", "Softmax" ->
          activation instanceof ActivationIdentity
              ? input
              : same(layer, inputs, new ActivationLayer(activation));
      case "Concatenate" -> joined(layer, inputs, Layers.concatenation(layer, input.isImage()));
      case "Add" -> merged(layer, inputs, ElementWiseVertex.Op.Add);
      case "Subtract" -> merged(layer, inputs, ElementWiseVertex.Op.Subtract);
      case "Multiply" -> merged(layer, inputs, ElementWiseVertex.Op.Product);
      case "Average" -> merged(layer, inputs, ElementWiseVertex.Op.Average);
      case "Maximum" -> merged(layer, inputs, ElementWiseVertex.Op.Max);
      default -> throw layer.problem(RefusedLayers.remedy(layer.kind()));
    };
  }

  /** The output and the loss: one layer where a dense layer is trained, otherwise two. */
  private void end(LayerConfig layer, Signal signal, IActivation activation) throws KerasException {
    if (signal.isReordered()) {
      throw layer.problem("a flattened image is supported before a Dense layer only; add one");
    }
    var loss = losses.of(activation, signal.type());
    Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    if (last != null
        && last.layer() instanceof DenseLayer dense
        && last.name().equals(layer.name())) {
      Layer output =
          new OutputLayer.Builder(loss)
              .nIn(dense.getNIn())
              .nOut(dense.getNOut())
              .hasBias(layer.flag("use_bias", true))
              .activation(activation)
              .build();
      parts.set(parts.size() - 1, named(last.name(), last.inputs(), output, last.kernel()));
      return;
    }
    Layer output =
        signal.isImage()
            ? new CnnLossLayer.Builder(loss).activation(activation).build()
            : new LossLayer.Builder(loss).activation(activation).build();
    parts.add(named(layer.name() + "_loss", List.of(signal.from()), output, null));
  }

  private Signal weighted(LayerConfig layer, Signal input, Layer made) throws KerasException {
    FeedForwardLayer weighted = (FeedForwardLayer) made;
    long in = weighted.getNIn();
    long out = weighted.getNOut();
    boolean isTransposed = layer.kind().equals("Conv2DTranspose");
    List<Long> shape = List.of(in, out);
    if (input.isImage()) {
      int[] size = layer.pair("kernel_size");
      long before = isTransposed ? out : in;
      shape = List.of((long) size[0], (long) size[1], before, in + out - before);
    }
    long biases = layer.flag("use_bias", true) ? out : 0;
    Layer kept = made;
    if (layer.isTrainable()) {
      layer.requirePlainWeights();
      trains = true;
    } else {
      made.setLayerName(layer.name());
      kept = trains ? new FrozenLayerWithBackprop(made) : new FrozenLayer(made);
    }
    parts.add(
        named(
            layer.name(),
            List.of(input.from()),
            kept,
            new Kernel(layer.name(), shape, biases, input.pieces())));
    return new Signal(layer.name(), made.getOutputType(0, input.type()));
  }

  /** A layer of images without weights. */
  private Signal image(LayerConfig layer, List<Signal> inputs, Layer made) throws KerasException {
    Inputs.channels(layer, inputs);
    Signal input = inputs.get(0);
    InputType type = made.getOutputType(0, input.type());
    if (type.arrayElementsPerExample() < 1) {
      throw layer.problem("nothing is left of the image before it");
    }
    parts.add(named(layer.name(), List.of(input.from()), made, null));
    return new Signal(layer.name(), type);
  }

  /** A layer that changes each value by itself, or that does not depend on their order. */
  private Signal same(LayerConfig layer, List<Signal> inputs, Layer made) throws KerasException {
    Signal input = Inputs.single(layer, inputs);
    parts.add(named(layer.name(), List.of(input.from()), made, null));
    return new Signal(layer.name(), input.type(), input.pieces());
  }

  private Signal flattened(LayerConfig layer, List<Signal> inputs) throws KerasException {
    Signal input = Inputs.single(layer, inputs);
    layer.requireChannelsLast();
    if (!(input.type() instanceof InputType.InputTypeConvolutional image)) {
      return input;
    }
    var vertex =
        new PreprocessorVertex(
            new CnnToFeedForwardPreProcessor(
                image.getHeight(), image.getWidth(), image.getChannels()));
    parts.add(new Part(layer.name(), List.of(input.from()), null, vertex, null));
    return new Signal(
        layer.name(), InputType.feedForward(image.arrayElementsPerExample()), List.of(image));
  }

  private Signal joined(LayerConfig layer, List<Signal> inputs, GraphVertex vertex)
      throws KerasException {
    if (inputs.stream().map(Signal::isImage).distinct().count() != 1) {
      throw layer.problem("expected images or vectors, found both");
    }
    InputType type = vertex(layer, inputs, vertex);
    return inputs.get(0).isImage()
        ? new Signal(layer.name(), type)
        : new Signal(
            layer.name(), type, inputs.stream().flatMap(each -> each.pieces().stream()).toList());
  }

  private Signal merged(LayerConfig layer, List<Signal> inputs, ElementWiseVertex.Op op)
      throws KerasException {
    InputType type = vertex(layer, inputs, Layers.elementWise(layer, inputs, op));
    return new Signal(layer.name(), type, inputs.get(0).pieces());
  }

  private InputType vertex(LayerConfig layer, List<Signal> inputs, GraphVertex vertex) {
    List<String> names = inputs.stream().map(Signal::from).toList();
    parts.add(new Part(layer.name(), names, null, vertex, null));
    return vertex.getOutputType(0, inputs.stream().map(Signal::type).toArray(InputType[]::new));
  }

  private static Part named(
      String name, List<String> inputs, Layer layer, @Nullable Kernel kernel) {
    layer.setLayerName(name);
    return new Part(name, inputs, layer, null, kernel);
  }
}
