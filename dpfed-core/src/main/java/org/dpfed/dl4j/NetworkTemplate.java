package org.dpfed.dl4j;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DL4J network for federated averaging: creates fresh networks, and holds the initial parameters
 * and which of them are trained and shared. Parameters that local training cannot change keep their
 * initial values: frozen layers, layers before a frozen one, and learning rates of 0. So do, in
 * released models, those of personal layers ({@link #withPersonal}).
 *
 * <p>Networks are created from copies of the configuration, so no two share the state that DL4J
 * keeps in it.
 */
public final class NetworkTemplate {
  private final Function<INDArray, Model> factory;
  private final INDArray initial;
  private final TrainedParts parts;
  private final boolean pretrained;
  private final List<String> notes;
  private final Serializable configuration;

  private NetworkTemplate(
      Function<INDArray, Model> factory,
      INDArray initial,
      TrainedParts parts,
      boolean pretrained,
      List<String> notes,
      Serializable configuration) {
    this.factory = factory;
    this.initial = initial;
    this.parts = parts;
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
    if (outputs != 1) {
      throw new IllegalArgumentException(
          "a graph needs one output, this one has %d; merge them inside the graph"
              .formatted(outputs));
    }
    if (inputs != 1) {
      throw new IllegalArgumentException(
          "a graph needs one input, this one has %d; org.dpfed.dl4j.PackedInputs makes it a graph whose input is a row of them all"
              .formatted(inputs));
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
    List<Parameter> trained = TrainedParts.trained(network);
    if (byName) {
      RefusedNetworks.check(network, trained);
    }
    TrainedParts parts = TrainedParts.of(network, Set.of());
    INDArray initial = detachedCopy(parameters);
    try (INDArray copied = detachedCopy(initial)) {
      requireSameOfCopies(parts.shared(), factory.apply(copied));
    }
    return new NetworkTemplate(
        factory,
        initial,
        parts,
        pretrained,
        RestartNotes.of(configuration, trained),
        configuration);
  }

  /**
   * Workers train what the configuration makes, which may be less frozen than the user's object.
   */
  private static void requireSameOfCopies(TrainableParameters expected, Model copy) {
    TrainableParameters found = TrainedParts.of(copy, Set.of()).shared();
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "a network made from this one's configuration trains %d parameters, this one trains %d; freeze layers in the configuration (TransferLearning does), not in the network object"
              .formatted(found.dimension(), expected.dimension()));
    }
  }

  /**
   * The same network with layers whose parameters stay with the client. They get neither delta nor
   * noise, and no model that is released holds any but their initial values.
   *
   * <p>Clients keep nothing from one round to the next: in every round each trains its personal
   * parameters anew from their initial values for {@link LocalTraining#personalSteps}, with the
   * shared ones held, and then the shared ones with the personal ones held (Singhal et al.,
   * <i>Federated Reconstruction</i>, NeurIPS 2021, without its division of a client's examples; the
   * order of steps is that of Collins et al., <i>Exploiting Shared Representations for Personalized
   * Federated Learning</i>, ICML 2021).
   *
   * @param layers names of layers or vertices, all of whose trained parameters become personal;
   *     they replace those named before
   * @throws IllegalArgumentException when one of them is not among {@link #trainedLayers}, when
   *     none is named, or when nothing is left to share
   */
  public NetworkTemplate withPersonal(String... layers) {
    if (layers.length == 0) {
      throw new IllegalArgumentException(
          "personal layers must be at least one of %s, were none"
              .formatted(String.join(", ", trainedLayers())));
    }
    try (INDArray copied = detachedCopy(initial)) {
      return new NetworkTemplate(
          factory,
          initial,
          TrainedParts.of(factory.apply(copied), Set.copyOf(List.of(layers))),
          pretrained,
          notes,
          configuration);
    }
  }

  /** Names of the layers and vertices with parameters that are trained, from input to output. */
  public List<String> trainedLayers() {
    return trainedLayers(owner -> true);
  }

  /**
   * Those of {@link #trainedLayers} that are of a type, such as all normalisation layers.
   *
   * @param type class of the layers' configuration
   */
  public List<String> trainedLayers(Class<? extends org.deeplearning4j.nn.conf.layers.Layer> type) {
    return trainedLayers(owner -> isOfType(owner, type));
  }

  private static boolean isOfType(Trainable owner, Class<?> type) {
    Layer layer = FixedParameters.layer(owner);
    return layer != null && type.isInstance(layer.conf().getLayer());
  }

  private List<String> trainedLayers(Predicate<Trainable> condition) {
    try (INDArray copied = detachedCopy(initial)) {
      return TrainedParts.trained(factory.apply(copied)).stream()
          .filter(parameter -> condition.test(parameter.owner()))
          .map(Parameter::ownerName)
          .distinct()
          .toList();
    }
  }

  /** Those of {@link #trainedLayers} that stay with the client; empty where all are shared. */
  public List<String> personalLayers() {
    return parts.personalLayers();
  }

  /** Number of parameters that stay with the client. */
  public long personalDimension() {
    return parts.personal().map(TrainableParameters::dimension).orElse(0L);
  }

  /**
   * @throws IllegalArgumentException when clients would train no personal layers, or for no steps
   */
  void requireFit(LocalTraining local) {
    boolean isPersonal = !personalLayers().isEmpty();
    if (isPersonal != local.personalSteps() > 0) {
      throw new IllegalArgumentException(
          isPersonal
              ? "personalSteps must be at least 1 for a network with personal layers, was 0; use LocalTraining.withPersonalSteps"
              : "personalSteps must be 0 for a network without personal layers, was %d; name some by NetworkTemplate.withPersonal"
                  .formatted(local.personalSteps()));
    }
  }

  /** Number of trained parameters that are shared: the length of a delta. */
  public long dimension() {
    return parts.shared().dimension();
  }

  /** Shared parameters of each layer or vertex that has any, in the order of the delta. */
  public int[] layerSizes() {
    return parts.layerSizes().stream().mapToInt(Integer::intValue).toArray();
  }

  /** The shared part of the initial parameters, shape {@code [d]}; a fresh array for the caller. */
  public INDArray initialParameters() {
    return parts.shared().gather(initial);
  }

  /**
   * A fresh network with these parameters: what a run gives its user, ready for DL4J's {@code
   * ModelSerializer}. All others have their initial values.
   *
   * @param parameters shape {@code [d]}, shared part; unchanged
   * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}, as the template was made
   *     from
   */
  public Model network(INDArray parameters) {
    INDArray all = detachedCopy(initial);
    parts.shared().scatter(parameters, all);
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
                factory.apply(detachedCopy(initial)), parts, layers == LayerImplementation.FAST));
  }

  /** All initial parameters, those that are not trained too. */
  float[] allInitialParameters() {
    float[] values = new float[Math.toIntExact(initial.length())];
    NativeFloats.read(initial, 0, values, values.length);
    return values;
  }

  /** Layers, those that are personal, and hashes of configuration and initial parameters. */
  String identity() {
    ByteBuffer parameters =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, Math.toIntExact(initial.length())));
    parameters.asFloatBuffer().put(allInitialParameters());
    return "network of layers %s%s, configuration %s, initial parameters %s"
        .formatted(
            parts.layerSizes(),
            personalLayers().isEmpty() ? "" : ", personal layers " + personalLayers(),
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

  /** What of a client's training starts anew in each round, a sentence each. */
  List<String> notes() {
    return personalLayers().isEmpty()
        ? notes
        : Stream.concat(notes.stream(), Stream.of(personalNote())).toList();
  }

  private String personalNote() {
    return "the parameters of %s stay with each client (%d, beside %d that are shared): every round trains them anew from their initial values, which the released model holds"
        .formatted(String.join(", ", personalLayers()), personalDimension(), dimension());
  }

  /**
   * Rank 1, outside any workspace: what both network classes keep as it is, without a reshaped
   * view.
   */
  private static INDArray detachedCopy(INDArray parameters) {
    return parameters.reshape(parameters.length()).detach().dup();
  }
}
