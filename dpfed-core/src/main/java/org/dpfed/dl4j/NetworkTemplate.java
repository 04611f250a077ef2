package org.dpfed.dl4j;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DL4J network for federated averaging: creates fresh networks, and holds the initial parameters
 * and which of them are trained. Parameters that local training cannot change keep their initial
 * values: frozen layers, layers before a frozen one, and learning rates of 0.
 *
 * <p>Networks are created from copies of the configuration, so no two share the state that DL4J
 * keeps in it.
 */
public final class NetworkTemplate {
  private final Function<INDArray, Model> factory;
  private final INDArray initial;
  private final TrainableParameters trainable;
  private final int[] layerSizes;
  private final boolean pretrained;
  private final List<String> notes;
  private final Serializable configuration;

  private NetworkTemplate(
      Function<INDArray, Model> factory,
      INDArray initial,
      TrainableParameters trainable,
      int[] layerSizes,
      boolean pretrained,
      List<String> notes,
      Serializable configuration) {
    this.factory = factory;
    this.initial = initial;
    this.trainable = trainable;
    this.layerSizes = layerSizes.clone();
    this.pretrained = pretrained;
    this.notes = notes;
    this.configuration = configuration;
  }

  /**
   * A network whose initial parameters come from the configuration's seed.
   *
   * @throws IllegalArgumentException when the network cannot be trained under clipping and noise:
   *     it keeps statistics among its parameters, is not {@code float}, has SameDiff layers, or is
   *     not trained by gradient descent
   */
  public static NetworkTemplate of(MultiLayerConfiguration configuration) {
    return made(
        () -> {
          MultiLayerNetwork network = new MultiLayerNetwork(ConfigurationCopy.of(configuration));
          network.init();
          return of(network, true, false);
        });
  }

  /** As {@link #of(MultiLayerConfiguration)}, for a graph with one input and one output. */
  public static NetworkTemplate of(ComputationGraphConfiguration configuration) {
    return made(
        () -> {
          ComputationGraph network = new ComputationGraph(ConfigurationCopy.of(configuration));
          network.init();
          return of(network, true, false);
        });
  }

  /** A pretrained network: training starts from its parameters. It is copied, not kept. */
  public static NetworkTemplate of(MultiLayerNetwork pretrained) {
    return made(() -> of(pretrained, true, true));
  }

  /** As {@link #of(MultiLayerNetwork)}, for a graph with one input and one output. */
  public static NetworkTemplate of(ComputationGraph pretrained) {
    return made(() -> of(pretrained, true, true));
  }

  /** Says in a sentence that DL4J failed, of whose faults some come as a NullPointerException. */
  private static <T> T made(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "Deeplearning4j cannot train this network: it failed with %s; correct the configuration, or replace the layer or updater that fails"
              .formatted(e),
          e);
    }
  }

  /** Without the checks by name, to show that {@link NetworkGuard} does not rely on them. */
  static NetworkTemplate uncheckedByName(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(ConfigurationCopy.of(configuration));
    network.init();
    return of(network, false, false);
  }

  private static NetworkTemplate of(MultiLayerNetwork network, boolean byName, boolean pretrained) {
    MultiLayerConfiguration configuration =
        ConfigurationCopy.of(network.getLayerWiseConfigurations());
    FixedParameters.makeExact(configuration);
    return of(
        parameters -> {
          MultiLayerNetwork made = new MultiLayerNetwork(ConfigurationCopy.of(configuration));
          made.init(parameters, false);
          return made;
        },
        network,
        configuration,
        byName,
        pretrained);
  }

  private static NetworkTemplate of(ComputationGraph network, boolean byName, boolean pretrained) {
    ComputationGraphConfiguration configuration = ConfigurationCopy.of(network.getConfiguration());
    FixedParameters.makeExact(configuration);
    int inputs = configuration.getNetworkInputs().size();
    int outputs = configuration.getNetworkOutputs().size();
    if (inputs != 1 || outputs != 1) {
      throw new IllegalArgumentException(
          "a graph needs one input and one output, this one has %d and %d; merge them inside the graph"
              .formatted(inputs, outputs));
    }
    return of(
        parameters -> {
          ComputationGraph made = new ComputationGraph(ConfigurationCopy.of(configuration));
          made.init(parameters, false);
          return made;
        },
        network,
        configuration,
        byName,
        pretrained);
  }

  private static NetworkTemplate of(
      Function<INDArray, Model> factory,
      Model network,
      Serializable configuration,
      boolean byName,
      boolean pretrained) {
    INDArray parameters = network.params();
    if (parameters.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "parameters must be float, were %s; set dataType(DataType.FLOAT) in the configuration"
              .formatted(parameters.dataType()));
    }
    ParameterLayout layout = ParameterLayout.of(network);
    FixedParameters fixed = new FixedParameters(network);
    List<Parameter> trained =
        layout.parameters().stream().filter(each -> !fixed.contains(each)).toList();
    if (byName) {
      RefusedNetworks.check(network, trained);
    }
    TrainableParameters trainable = TrainableParameters.of(layout, fixed::contains);
    INDArray initial = detachedCopy(parameters);
    try (INDArray copied = detachedCopy(initial)) {
      requireSameOfCopies(trainable, factory.apply(copied));
    }
    return new NetworkTemplate(
        factory,
        initial,
        trainable,
        layerSizes(trained),
        pretrained,
        RestartNotes.of(configuration, trained),
        configuration);
  }

  /**
   * Workers train what the configuration makes, which may be less frozen than the user's object.
   */
  private static void requireSameOfCopies(TrainableParameters expected, Model copy) {
    TrainableParameters found =
        TrainableParameters.of(ParameterLayout.of(copy), new FixedParameters(copy)::contains);
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "a network made from this one's configuration trains %d parameters, this one trains %d; freeze layers in the configuration (TransferLearning does), not in the network object"
              .formatted(found.dimension(), expected.dimension()));
    }
  }

  /** Number of trained parameters: the length of a delta. */
  public long dimension() {
    return trainable.dimension();
  }

  /** Trained parameters of each layer or vertex that has any, in the order of the delta. */
  public int[] layerSizes() {
    return layerSizes.clone();
  }

  private static int[] layerSizes(List<Parameter> trained) {
    List<Integer> sizes = new ArrayList<>();
    @Nullable Trainable last = null;
    for (Parameter parameter : trained) {
      int size = Math.toIntExact(parameter.to() - parameter.from());
      if (parameter.owner() == last) {
        size += sizes.remove(sizes.size() - 1);
      }
      sizes.add(size);
      last = parameter.owner();
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The trained part of the initial parameters, shape {@code [d]}; a fresh array for the caller.
   */
  public INDArray initialParameters() {
    return trainable.gather(initial);
  }

  /**
   * A fresh network with these parameters: what a run gives its user, ready for DL4J's {@code
   * ModelSerializer}.
   *
   * @param parameters shape {@code [d]}, trained part; unchanged
   * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}, as the template was made
   *     from
   */
  public Model network(INDArray parameters) {
    INDArray all = detachedCopy(initial);
    trainable.scatter(parameters, all);
    return factory.apply(all);
  }

  /** Whether training starts from somebody's network and not from a seed. */
  boolean isPretrained() {
    return pretrained;
  }

  /** A network for one worker, with the layers named. */
  LocalNetwork localNetwork(LayerImplementation layers) {
    return made(
        () ->
            new LocalNetwork(
                factory.apply(detachedCopy(initial)),
                trainable,
                layers == LayerImplementation.FAST));
  }

  /** All initial parameters, those that are not trained too. */
  float[] allInitialParameters() {
    float[] values = new float[Math.toIntExact(initial.length())];
    NativeFloats.read(initial, 0, values, values.length);
    return values;
  }

  /** Layers, and hashes of configuration and initial parameters. */
  String identity() {
    ByteBuffer parameters =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, Math.toIntExact(initial.length())));
    parameters.asFloatBuffer().put(allInitialParameters());
    return "network of layers %s, configuration %s, initial parameters %s"
        .formatted(
            Arrays.toString(layerSizes),
            shortHash(text(configuration).getBytes(StandardCharsets.UTF_8)),
            shortHash(parameters.array()));
  }

  /** As DL4J writes it; of a configuration with classes of the user's own, just what it is. */
  private static String text(Serializable configuration) {
    try {
      return configuration instanceof MultiLayerConfiguration layers
          ? layers.toJson()
          : ((ComputationGraphConfiguration) configuration).toJson();
    } catch (RuntimeException e) {
      return configuration.getClass().getName();
    }
  }

  static String shortHash(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What of the configuration starts anew in each round, a sentence each. */
  List<String> notes() {
    return notes;
  }

  /**
   * Rank 1, outside any workspace: what both network classes keep as it is, without a reshaped
   * view.
   */
  private static INDArray detachedCopy(INDArray parameters) {
    return parameters.reshape(parameters.length()).detach().dup();
  }
}
