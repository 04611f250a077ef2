package org.dpfed.dl4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads a network from the zip file that DL4J's {@code ModelSerializer} writes, when somebody else
 * may have made the file.
 *
 * <p>{@code ModelSerializer} itself is for files that one trusts: it deserializes the Java objects
 * of an entry {@code preprocessor.bin}, makes objects of the classes that the configuration names,
 * and allocates what a header claims. This reader never deserializes Java objects, makes objects of
 * DL4J's own classes and of those that its caller names, and allocates memory in proportion to the
 * file.
 */
public final class ModelFile {
  private static final String CONFIGURATION = "configuration.json";
  private static final String PARAMETERS = "coefficients.bin";
  private static final String UPDATER = "updaterState.bin";
  private static final List<String> ENTRIES = List.of(CONFIGURATION, PARAMETERS, UPDATER);

  /** How far an entry may expand, besides {@link #ALWAYS_ALLOWED}; noisy parameters hardly do. */
  private static final int MOST_EXPANSION = 200;

  private static final int ALWAYS_ALLOWED = 1 << 20;

  private final String file;

  private ModelFile(String file) {
    this.file = file;
  }

  /**
   * The network in a file, without the state of its updater.
   *
   * @param file as {@code ModelSerializer} writes it from a {@code MultiLayerNetwork} of floats
   * @return a network for the caller, who closes it
   * @throws DamagedModelException when the file is damaged, of another kind, or contains Java
   *     objects or classes that are not DL4J's
   * @throws java.nio.file.NoSuchFileException when there is no such file
   */
  public static MultiLayerNetwork read(Path file) throws IOException {
    return read(file, Set.of());
  }

  /**
   * As {@link #read(Path)}, of a network that also has layers, losses or activations that are not
   * DL4J's.
   *
   * @param others the classes of these, by which the caller promises that an object of each may be
   *     made of whatever a file says; for example {@code ImageNetwork.SAVED_CLASSES} of
   *     dpfed-imaging
   */
  public static MultiLayerNetwork read(Path file, Set<Class<?>> others) throws IOException {
    ModelFile model = new ModelFile(file.toString());
    Content content = model.content(file);
    return model.made(
        content,
        () -> ModelConfiguration.read(content.json(), others),
        (configuration, vector) -> {
          requireLength(
              configuration.getConfs().stream()
                  .map(layer -> layer.getLayer().initializer().numParams(layer)),
              content.parameters().length);
          MultiLayerNetwork network = new MultiLayerNetwork(configuration);
          network.init(vector, false);
          requireWithinBounds(network.paramTable());
          return network;
        });
  }

  /**
   * As {@link #read(Path, Set)}, of a file that {@code ModelSerializer} wrote from a {@code
   * ComputationGraph} of floats.
   */
  public static ComputationGraph readGraph(Path file, Set<Class<?>> others) throws IOException {
    ModelFile model = new ModelFile(file.toString());
    Content content = model.content(file);
    return model.made(
        content,
        () -> ModelConfiguration.readGraph(content.json(), others),
        (configuration, vector) -> {
          requireLength(
              configuration.getVertices().values().stream().map(vertex -> vertex.numParams(true)),
              content.parameters().length);
          ComputationGraph network = new ComputationGraph(configuration);
          network.init(vector, false);
          requireWithinBounds(network.paramTable());
          return network;
        });
  }

  /** The two entries that are read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(byte[] json, float[] parameters) {}

  private Content content(Path path) throws IOException {
    long size = Files.size(path);
    try (ZipFile zip = new ZipFile(path.toFile())) {
      Map<String, ZipEntry> entries = entries(zip);
      return new Content(
          content(zip, entries, CONFIGURATION, size),
          ParameterFormat.read(content(zip, entries, PARAMETERS, size)));
    } catch (DamagedModelException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      // ZipFile throws the second for names that are not in UTF-8.
      throw damaged("is no whole zip file with the parameters of a network: " + e.getMessage(), e);
    }
  }

  private Map<String, ZipEntry> entries(ZipFile zip) throws DamagedModelException {
    Map<String, ZipEntry> entries = new HashMap<>();
    Enumeration<? extends ZipEntry> all = zip.entries();
    while (all.hasMoreElements()) {
      ZipEntry entry = all.nextElement();
      if (!ENTRIES.contains(entry.getName())) {
        throw new DamagedModelException(
            file,
            "must hold the entries %s only, holds another; one with Java objects (preprocessor.bin, normalizer.bin) runs code of whoever made the file, load a file that you trust with DL4J's ModelSerializer"
                .formatted(String.join(", ", ENTRIES)));
      } else if (entries.put(entry.getName(), entry) != null) {
        throw new DamagedModelException(file, "holds entry " + entry.getName() + " twice");
      }
    }
    return entries;
  }

  private byte[] content(ZipFile zip, Map<String, ZipEntry> entries, String name, long fileSize)
      throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw new DamagedModelException(file, "has no entry " + name);
    }
    int most = (int) Math.min(ALWAYS_ALLOWED + MOST_EXPANSION * fileSize, Integer.MAX_VALUE - 16);
    try (InputStream stream = zip.getInputStream(entry)) {
      byte[] content = stream.readNBytes(most);
      if (stream.read() >= 0) {
        throw new DamagedModelException(
            file,
            "entry %s must have at most %d bytes, %d times the file's and %d more, has more"
                .formatted(name, most, MOST_EXPANSION, ALWAYS_ALLOWED));
      }
      // ZipFile leaves this to its caller.
      CRC32 checksum = new CRC32();
      checksum.update(content);
      if (content.length != entry.getSize() || checksum.getValue() != entry.getCrc()) {
        throw new DamagedModelException(file, "entry " + name + " does not match its checksum");
      }
      return content;
    }
  }

  private <C, N> N made(Content content, Supplier<C> reader, BiFunction<C, INDArray, N> maker)
      throws DamagedModelException {
    C configuration;
    try {
      configuration = reader.get();
    } catch (IllegalArgumentException e) {
      throw damaged("entry " + CONFIGURATION + " " + e.getMessage(), e);
    }
    INDArray vector = Nd4j.create(content.parameters(), 1, content.parameters().length);
    try {
      return maker.apply(configuration, vector);
    } catch (RuntimeException | LinkageError e) {
      // Whatever DL4J throws on a configuration that does not hold together.
      vector.close();
      throw damaged("its configuration and parameters make no network: " + e.getMessage(), e);
    }
  }

  private static void requireLength(Stream<Long> ofLayers, int parameters) {
    long total = 0;
    for (long length : (Iterable<Long>) ofLayers::iterator) {
      if (length < 0 || length > parameters) {
        throw new IllegalArgumentException(
            "a layer has %d parameters, all have %d".formatted(length, parameters));
      }
      total += length;
    }
    if (total != parameters) {
      throw new IllegalArgumentException(
          "the layers have %d parameters, the file has %d".formatted(total, parameters));
    }
  }

  /** Sizes whose product overflows would lead native code out of the array. */
  private static void requireWithinBounds(Map<String, INDArray> parameters) {
    for (INDArray array : parameters.values()) {
      long length = 1;
      for (long size : array.shape()) {
        length = Math.multiplyExact(length, size);
      }
      if (length != array.length() || length < 1) {
        throw new IllegalArgumentException("a parameter's shape exceeds its values");
      }
    }
  }

  private DamagedModelException damaged(String problem, Throwable cause) {
    return new DamagedModelException(file, problem, cause);
  }
}
