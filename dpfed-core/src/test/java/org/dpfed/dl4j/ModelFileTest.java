package org.dpfed.dl4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.fuzz.Envelope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A model that somebody else made neither runs code nor takes more memory than its size allows. */
final class ModelFileTest {
  private static final String CONFIGURATION = "configuration.json";
  private static final String PARAMETERS = "coefficients.bin";

  @TempDir private Path directory;
  private Path file = Path.of("");
  private MultiLayerNetwork saved = network();

  @BeforeEach
  void save() throws IOException {
    file = directory.resolve("model.zip");
    saved = network();
    ModelSerializer.writeModel(saved, file.toFile(), true);
    Danger.HAPPENED.set(false);
  }

  private static ComputationGraph graph(IActivation activation) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "left", new DenseLayer.Builder().nOut(3).activation(activation).build(), "in")
                .addLayer("right", new DenseLayer.Builder().nOut(3).build(), "in")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                .addVertex("both", new MergeVertex(), "sum", "in")
                .addLayer("out", new OutputLayer.Builder(LossFunction.MSE).nOut(2).build(), "both")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    graph.init();
    return graph;
  }

  @Test
  void readGraph_whatModelSerializerWrote_isTheSameNetwork() throws IOException {
    ComputationGraph graph = graph(new ActivationReLU());
    ModelSerializer.writeModel(graph, file.toFile(), true);
    ComputationGraph read = ModelFile.readGraph(file, Set.of());
    assertThat(read.params()).isEqualTo(graph.params());
    INDArray input = Nd4j.rand(5, 4);
    assertThat(read.output(input)[0]).isEqualTo(graph.output(input)[0]);
  }

  /** An activation of the user's own, which its caller trusts by name. */
  @Test
  void read_classThatTheCallerNames_isMadeAndNoOther() throws IOException {
    ModelSerializer.writeModel(graph(new Danger()), file.toFile(), true);
    Danger.HAPPENED.set(false);
    assertThatExceptionOfType(DamagedModelException.class)
        .isThrownBy(() -> ModelFile.readGraph(file, Set.of(ActivationReLU.class)))
        .withMessageContaining("names the class '" + Danger.class.getName() + "'");
    assertThat(Danger.HAPPENED).isFalse();
    ModelFile.readGraph(file, Set.of(Danger.class));
    assertThat(Danger.HAPPENED).isTrue();
    changeConfiguration(json -> json.replace(Danger.class.getName(), "java.util.ArrayList"));
    assertThatExceptionOfType(DamagedModelException.class)
        .isThrownBy(() -> ModelFile.readGraph(file, Set.of(Danger.class)))
        .withMessageContaining("names the class 'java.util.ArrayList'");
  }

  @Test
  void readGraph_ofAList_andTheOtherWayRound_areRefused() throws IOException {
    assertThatExceptionOfType(DamagedModelException.class)
        .isThrownBy(() -> ModelFile.readGraph(file, Set.of()));
    ModelSerializer.writeModel(graph(new ActivationReLU()), file.toFile(), true);
    assertRefused("");
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list(
                    new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(3)
                        .activation(new ActivationReLU())
                        .weightInit(new WeightInitDistribution(new NormalDistribution(0, 1)))
                        .build(),
                    new OutputLayer.Builder(LossFunction.MCXENT).nIn(3).nOut(2).build())
                .build());
    network.init();
    return network;
  }

  @Test
  void read_whatModelSerializerWrote_isTheSameNetwork() throws IOException {
    MultiLayerNetwork read = ModelFile.read(file);
    assertThat(read.params()).isEqualTo(saved.params());
    assertThat(read.getLayerWiseConfigurations()).isEqualTo(saved.getLayerWiseConfigurations());
    INDArray input = Nd4j.rand(5, 4);
    assertThat(read.output(input)).isEqualTo(saved.output(input));
  }

  @Test
  void read_missingFile_saysSo() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> ModelFile.read(directory.resolve("none.zip")));
  }

  /** No byte of the parameters can change unnoticed. */
  @Test
  void read_anyByteChanged_isRefusedOrTheSame() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 4;
      Files.write(file, changed);
      try {
        MultiLayerNetwork read = ModelFile.read(file);
        assertThat(read.params()).as("byte %d", i).isEqualTo(saved.params());
      } catch (DamagedModelException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 2);
  }

  /** Notes that an object of it was made, as code of an attacker would run. */
  public static final class Danger extends ActivationReLU
      implements Serializable, DataSetPreProcessor {
    private static final long serialVersionUID = 1L;
    static final AtomicBoolean HAPPENED = new AtomicBoolean();

    public Danger() {
      HAPPENED.set(true);
    }

    private void readObject(ObjectInputStream in) {
      HAPPENED.set(true);
    }

    @Override
    public void preProcess(org.nd4j.linalg.dataset.api.DataSet data) {
      HAPPENED.set(true);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preprocessor.bin", "normalizer.bin", "other"})
  void read_entryWithJavaObjects_isRefusedUnread(String name) throws IOException {
    Danger danger = new Danger();
    Danger.HAPPENED.set(false);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(danger);
    }
    Map<String, byte[]> entries = Envelope.unzip(Files.readAllBytes(file));
    entries.put(name, bytes.toByteArray());
    Files.write(file, Envelope.zip(entries));

    assertRefused("must hold the entries");
    assertThat(Danger.HAPPENED).isFalse();
    if (name.equals("preprocessor.bin")) {
      // What this guards against.
      ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
      assertThat(Danger.HAPPENED).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "org.nd4j.linalg.activations.impl.ActivationReLU",
    "org.deeplearning4j.nn.conf.distribution.NormalDistribution"
  })
  void read_classThatIsNotOfDl4j_isRefusedAndNotMade(String replaced) throws IOException {
    changeConfiguration(json -> json.replace(replaced, Danger.class.getName()));
    assertRefused("names the class '" + Danger.class.getName() + "'");
    assertThat(Danger.HAPPENED).isFalse();
    if (replaced.endsWith("ReLU")) {
      ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
      assertThat(Danger.HAPPENED).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.ArrayList",
        "org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer",
        "org.deeplearning4j.nn.conf.layers.DenseLayer<java.lang.Runtime>",
        "org.deeplearning4j.nn.confusing.Layer",
        "org.nd4j.linalg.activations",
        "[Lorg.deeplearning4j.nn.conf.layers.DenseLayer;",
        ""
      })
  void read_otherNamesOfClasses_areRefused(String name) throws IOException {
    changeConfiguration(json -> json.replace("org.deeplearning4j.nn.conf.layers.DenseLayer", name));
    assertRefused("names the class '" + name + "'");
  }

  /** One parser takes the first, another the last. */
  @Test
  void read_classNamedTwice_isRefused() throws IOException {
    changeConfiguration(
        json -> json.replaceFirst("\"@class\"", "\"@class\" : \"java.lang.Object\", \"@class\""));
    assertRefused("is no JSON");
  }

  @Test
  void read_deeplyNested_isRefusedWithoutOverflow() throws IOException {
    changeConfiguration(json -> "{\"a\":".repeat(100_000) + json + "}".repeat(100_000));
    assertRefused("is no JSON");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 22, 24, 1L << 31, 1L << 40, 1L << 62, Long.MAX_VALUE})
  void read_headerThatLies_isRefusedAndAllocatesNothing(long length) throws IOException {
    change(PARAMETERS, bytes -> parameters(8, length, 23));
    assertAllocates(1 << 21, () -> assertRefused("floats are announced"));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 9, 1L << 31, Long.MIN_VALUE})
  void read_shapeThatLies_isRefused(long numbers) throws IOException {
    change(PARAMETERS, bytes -> parameters(numbers, 23, 23));
    assertRefused("the shape must have at most 8 numbers");
  }

  private static byte[] parameters(long shape, long length, int values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF("MIXED_DATA_TYPES");
      out.writeLong(shape);
      out.writeUTF("LONG");
      out.write(new byte[8 * Long.BYTES]);
      out.writeUTF("MIXED_DATA_TYPES");
      out.writeLong(length);
      out.writeUTF("FLOAT");
      out.write(new byte[values * Float.BYTES]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * 4 × 3 + 3 weights and biases; the sizes that come instead have other products, also mod 2⁶⁴.
   */
  @ParameterizedTest
  @CsvSource({"4,5", "4,-4", "4,2147483647", "4,9223372036854775807", "4,4611686018427387908"})
  void read_sizesThatDoNotFit_areRefused(String size, String other) throws IOException {
    changeConfiguration(json -> json.replaceFirst("\"nin\" : " + size, "\"nin\" : " + other));
    assertRefused("");
  }

  @ParameterizedTest
  @ValueSource(strings = {CONFIGURATION, PARAMETERS})
  void read_entryThatExpandsTooFar_isRefused(String name) throws IOException {
    change(name, bytes -> new byte[1 << 26]);
    assertThat(Files.size(file)).isLessThan(1 << 17);
    assertAllocates(1L << 27, () -> assertRefused("must have at most"));
  }

  private interface Change {
    void run() throws IOException;
  }

  private static void assertAllocates(long most, Change change) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    change.run();
    assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
        .isLessThan(most);
  }

  private void assertRefused(String problem) {
    assertThatExceptionOfType(DamagedModelException.class)
        .isThrownBy(() -> ModelFile.read(file))
        .withMessageStartingWith(file.toString())
        .withMessageContaining(problem);
  }

  private void changeConfiguration(UnaryOperator<String> change) throws IOException {
    change(CONFIGURATION, bytes -> change.apply(new String(bytes, UTF_8)).getBytes(UTF_8));
  }

  private void change(String entry, UnaryOperator<byte[]> change) throws IOException {
    Map<String, byte[]> entries = Envelope.unzip(Files.readAllBytes(file));
    byte[] before = entries.getOrDefault(entry, new byte[0]);
    byte[] after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    entries.put(entry, after);
    Files.write(file, Envelope.zip(entries));
  }
}
