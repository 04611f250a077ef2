package org.dpfed.models;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A named network: a function from the shape of one example and the number of outputs to a
 * Deeplearning4j configuration.
 *
 * <p>All architectures have {@code float} parameters and zero initial biases, and use no
 * regularisation, dropout or batch normalisation. They end in softmax with cross-entropy for
 * classification, or, with one output, in a linear unit with squared error for regression. Initial
 * weights are Xavier (Glorot), or He for ReLU layers. Images are flat, {@code [n, channels · height
 * · width]} with {@link InputType#convolutionalFlat}, or {@code [n, channels, height, width]} with
 * {@link InputType#convolutional(long, long, long)}.
 */
public sealed interface Architecture {
  /** The name that a configuration file uses, such as {@code tanh-cnn}. */
  String name();

  /**
   * The configuration, ready for {@code MultiLayerNetwork.init()}.
   *
   * @param input shape of one example
   * @param outputs number of classes, at least 2, or 1 for a regression
   * @param updater the optimiser of local training; cloned
   * @param seed of the initial weights, not 0: ND4J takes that for no seed
   * @throws IllegalArgumentException when this architecture cannot take {@code input}; the message
   *     says what it needs
   */
  MultiLayerConfiguration configuration(InputType input, int outputs, IUpdater updater, long seed);

  /**
   * As {@link #configuration(InputType, int, IUpdater, long)} with plain SGD.
   *
   * @param learningRate of the client's SGD, positive
   */
  default MultiLayerConfiguration configuration(
      InputType input, int outputs, double learningRate, long seed) {
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learningRate must be positive and finite, was " + learningRate);
    }
    return configuration(input, outputs, new Sgd(learningRate), seed);
  }

  /** All names that {@link #named} takes. */
  static List<String> names() {
    return known().stream().map(Architecture::name).toList();
  }

  /**
   * The architecture of that name, an {@link Mlp} with one hidden layer of 16 units.
   *
   * @throws IllegalArgumentException when there is none; the message lists the names
   */
  static Architecture named(String name) {
    return known().stream()
        .filter(architecture -> architecture.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "architecture must be one of "
                        + String.join(", ", names())
                        + ", was '"
                        + name
                        + "'"));
  }

  private static List<Architecture> known() {
    return List.of(new Logistic(), new Mlp(List.of(16)), new TanhCnn(), new LeNet());
  }

  /** Logistic regression: one softmax layer on the flattened example. Takes any shape. */
  record Logistic() implements Architecture {
    @Override
    public String name() {
      return "logistic";
    }

    @Override
    public MultiLayerConfiguration configuration(
        InputType input, int outputs, IUpdater updater, long seed) {
      return network(updater, seed, WeightInit.XAVIER)
          .layer(output(outputs))
          .setInputType(input)
          .build();
    }
  }

  /**
   * A multi-layer perceptron with tanh units on the flattened example. Takes any shape.
   *
   * @param hiddenSizes units of each hidden layer, from input to output; at least one layer
   */
  record Mlp(List<Integer> hiddenSizes) implements Architecture {
    public Mlp {
      hiddenSizes = List.copyOf(hiddenSizes);
      if (hiddenSizes.isEmpty()) {
        throw new IllegalArgumentException(
            "hiddenSizes must name at least one layer, was []; without one it is 'logistic'");
      }
      if (hiddenSizes.stream().anyMatch(size -> size < 1)) {
        throw new IllegalArgumentException("hiddenSizes must be at least 1, were " + hiddenSizes);
      }
    }

    @Override
    public String name() {
      return "mlp";
    }

    @Override
    public MultiLayerConfiguration configuration(
        InputType input, int outputs, IUpdater updater, long seed) {
      NeuralNetConfiguration.ListBuilder network = network(updater, seed, WeightInit.XAVIER);
      hiddenSizes.forEach(size -> network.layer(dense(size, Activation.TANH)));
      return network.layer(output(outputs)).setInputType(input).build();
    }
  }

  /**
   * The convolutional network with bounded activations of Papernot, Thakurta, Song, Chien and
   * Erlingsson, <i>Tempered Sigmoid Activations for Deep Learning with Differential Privacy</i>
   * (AAAI 2021), for 28×28 grey images: 26,010 parameters with 10 classes. Under clipping and noise
   * tanh keeps activations and deltas short where ReLU lets them grow.
   */
  record TanhCnn() implements Architecture {
    @Override
    public String name() {
      return "tanh-cnn";
    }

    @Override
    public MultiLayerConfiguration configuration(
        InputType input, int outputs, IUpdater updater, long seed) {
      requireGrey28(name(), input);
      return network(updater, seed, WeightInit.XAVIER)
          .layer(
              new ConvolutionLayer.Builder(8, 8)
                  .stride(2, 2)
                  .nOut(16)
                  .convolutionMode(ConvolutionMode.Same)
                  .activation(Activation.TANH)
                  .build())
          .layer(maxPooling(1))
          .layer(
              new ConvolutionLayer.Builder(4, 4)
                  .stride(2, 2)
                  .nOut(32)
                  .activation(Activation.TANH)
                  .build())
          .layer(maxPooling(1))
          .layer(dense(32, Activation.TANH))
          .layer(output(outputs))
          .setInputType(input)
          .build();
    }
  }

  /**
   * The convolutional network that McMahan, Moore, Ramage, Hampson and Agüera y Arcas,
   * <i>Communication-Efficient Learning of Deep Networks from Decentralized Data</i> (AISTATS 2017,
   * section 3) use on digits, without padding: 582,026 parameters for 28×28 grey images with 10
   * classes.
   */
  record LeNet() implements Architecture {
    @Override
    public String name() {
      return "lenet";
    }

    @Override
    public MultiLayerConfiguration configuration(
        InputType input, int outputs, IUpdater updater, long seed) {
      requireGrey28(name(), input);
      return network(updater, seed, WeightInit.RELU)
          .layer(new ConvolutionLayer.Builder(5, 5).nOut(32).activation(Activation.RELU).build())
          .layer(maxPooling(2))
          .layer(new ConvolutionLayer.Builder(5, 5).nOut(64).activation(Activation.RELU).build())
          .layer(maxPooling(2))
          .layer(dense(512, Activation.RELU))
          .layer(output(outputs))
          .setInputType(input)
          .build();
    }
  }

  private static NeuralNetConfiguration.ListBuilder network(
      IUpdater updater, long seed, WeightInit weightInit) {
    if (seed == 0) {
      throw new IllegalArgumentException(
          "seed must not be 0, which ND4J takes for no seed; choose another");
    }
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .dataType(DataType.FLOAT)
        .updater(updater.clone())
        .weightInit(weightInit)
        .convolutionMode(ConvolutionMode.Truncate)
        .list();
  }

  private static DenseLayer dense(int units, Activation activation) {
    return new DenseLayer.Builder().nOut(units).activation(activation).build();
  }

  private static SubsamplingLayer maxPooling(int stride) {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(2, 2)
        .stride(stride, stride)
        .build();
  }

  private static OutputLayer output(int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException(
          "outputs must be at least 1, was %d; one for each class, or 1 for a regression"
              .formatted(outputs));
    }
    boolean regression = outputs == 1;
    return new OutputLayer.Builder(regression ? LossFunction.MSE : LossFunction.MCXENT)
        .nOut(outputs)
        .activation(regression ? Activation.IDENTITY : Activation.SOFTMAX)
        .build();
  }

  private static void requireGrey28(String name, InputType input) {
    boolean image =
        input.getType() == InputType.Type.CNN || input.getType() == InputType.Type.CNNFlat;
    if (!image || !Arrays.equals(input.getShape(), new long[] {1, 28, 28})) {
      throw new IllegalArgumentException(
          name
              + " needs grey images of 28×28, input type convolutionalFlat(28, 28, 1) or"
              + " convolutional(28, 28, 1), was "
              + input
              + "; 'logistic' and 'mlp' take any shape");
    }
  }
}
