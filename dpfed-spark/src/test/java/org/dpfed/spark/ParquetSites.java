package org.dpfed.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.SiteFactory;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Made-up patients with one to nine visits, in memory and in Parquet files. */
public final class ParquetSites implements SiteFactory {
  static final int POPULATION = 60;
  static final List<String> COLUMNS = List.of("weight", "age", "pulse", "smokes", "ill");
  static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message visits {
            required int64 patient;
            required int32 age;
            optional double weight;
            required float pulse;
            required boolean smokes;
            required int64 ill;
            required binary ward (UTF8);
          }
          """);

  private static final int ROWS_OF_A_GROUP = 70;
  private static final int ROWS_OF_A_PAGE = 10;

  /**
   * @param settings {@code memory}, or a file and the one that follows it, with a comma between
   *     them
   */
  @Override
  public Site open(String settings) {
    MultiLayerConfiguration network =
        new NeuralNetConfiguration.Builder()
            .seed(11)
            .dataType(DataType.FLOAT)
            .updater(new Sgd(0.1))
            .activation(Activation.TANH)
            .list(
                new DenseLayer.Builder().nOut(8).build(),
                new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.feedForward(4))
            .build();
    return new Site(
        new Dl4jClientTrainer(NetworkTemplate.of(network), new LocalTraining(2, 4)),
        settings.equals("memory")
            ? new Visits()
            : clients(List.of(settings.split(",", -1)).stream().map(Path::of).toList()));
  }

  static ParquetClients clients(List<Path> files) {
    try {
      return ParquetClients.open("patient", files, "patient", COLUMNS, ParquetSites::examples);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DataSet examples(float[][] rows) {
    float[][] features = new float[rows.length][4];
    float[][] labels = new float[rows.length][2];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, features[i], 0, 4);
      labels[i][(int) rows[i][4]] = 1;
    }
    return new org.nd4j.linalg.dataset.DataSet(
        Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
  }

  /** What the visits of a patient are, in the order of the columns. */
  static float[][] rows(int patient) {
    SplittableRandom random = new SplittableRandom(patient);
    float[][] rows = new float[1 + patient % 9][COLUMNS.size()];
    for (float[] row : rows) {
      row[0] = random.nextInt(-100, 100) / 64f;
      row[1] = random.nextInt(100);
      row[2] = (float) random.nextDouble(-1, 1);
      row[3] = random.nextInt(2);
      row[4] = patient % 2;
    }
    return rows;
  }

  static Group group(MessageType schema, long patient, float[] row) {
    Group group = new SimpleGroup(schema);
    group.add("age", (int) row[1]);
    group.add("weight", (double) row[0]);
    group.add("pulse", row[2]);
    group.add("smokes", row[3] == 1);
    group.add("ill", (long) row[4]);
    group.add("patient", patient);
    group.add("ward", "ward of " + patient);
    return group;
  }

  /** Writes patients with their visits, some of whom lie in two row groups. */
  static void write(Path file, int from, int to, CompressionCodecName codec) throws IOException {
    try (ParquetWriter<Group> writer = writer(file, SCHEMA, codec)) {
      for (int patient = from; patient < to; patient++) {
        for (float[] row : rows(patient)) {
          writer.write(group(SCHEMA, patient, row));
        }
      }
    }
  }

  static ParquetWriter<Group> writer(Path file, MessageType schema, CompressionCodecName codec)
      throws IOException {
    return ExampleParquetWriter.builder(new LocalOutputFile(file))
        .withConf(new PlainParquetConfiguration())
        .withType(schema)
        .withCompressionCodec(codec)
        .withRowGroupRowCountLimit(ROWS_OF_A_GROUP)
        .withPageRowCountLimit(ROWS_OF_A_PAGE)
        // Otherwise a page ends after 100 rows at the earliest.
        .withMinRowCountForPageSizeCheck(1)
        .build();
  }

  /** The same in memory. */
  private record Visits() implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return POPULATION;
    }

    @Override
    public Optional<byte[]> identity(int id) {
      return Optional.of(new byte[] {(byte) id});
    }

    @Override
    public int examples(int id) {
      return rows(id).length;
    }

    @Override
    public DataSet client(int id) {
      return ParquetSites.examples(rows(id));
    }
  }
}
