package org.dpfed.imaging.keras;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingResult;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A round of federated averaging that begins with what a file holds. */
final class KerasTrainingTest {
  /** Clients with the images that were made with the file. */
  private record Clients(DataSet all) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return 8;
    }

    @Override
    public int examples(int id) {
      return all.numExamples();
    }

    @Override
    public DataSet client(int id) {
      return all.copy();
    }
  }

  private static Model trained(NetworkTemplate template, DataSet data) {
    Clients clients = new Clients(data);
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(4)
            .rounds(1)
            .clipNorm(1)
            .noiseMultiplier(1)
            .delta(1e-3)
            .randomness(Randomness.seeded(2))
            .build();
    TrainingResult result =
        FederatedAveraging.builder(
                plan,
                clients,
                new Dl4jClientTrainer(template, new LocalTraining(1, 3)).withProbe(data.copy()))
            .build()
            .run();
    return template.network(result.parameters());
  }

  private static Set<String> changed(Model before, Model after) {
    Map<String, INDArray> found = after.paramTable();
    Set<String> names = new TreeSet<>();
    before
        .paramTable()
        .forEach(
            (name, values) -> {
              if (!values.equalsWithEps(found.get(name), 0)) {
                names.add(name);
              }
            });
    return names;
  }

  @Test
  void round_changesTrainableLayersOnly() throws Exception {
    MadeModel model = new MadeModel("cnn");
    var before = KerasFile.read(model.file(), new Sgd(0.1));
    DataSet data = new DataSet(model.input(), Nd4j.eye(3));
    Model after = trained(NetworkTemplate.of(before), data);
    // Parts 0 to 6: conv1 (frozen), pool, conv2 (without bias), relu, dropout, dense1, dense2.
    assertThat(changed(before, after)).containsExactly("2_W", "5_W", "5_b", "6_W", "6_b");
  }

  @Test
  void round_ofAGraph_leavesTheFrozenLayerBetween() throws Exception {
    MadeModel model = new MadeModel("skip");
    var before = KerasFile.readGraph(model.file(), new Sgd(0.1));
    DataSet data =
        new DataSet(model.input(), Nd4j.create(new float[] {0, 1, 0}, new long[] {3, 1}));
    Model after = trained(NetworkTemplate.of(before), data);
    assertThat(changed(before, after))
        .containsExactly(
            "down1_W", "down1_b", "mixed_W", "mixed_b", "risk_W", "risk_b", "same_W", "same_b");
  }

  /** The file of mlp with its last layer frozen too, which leaves second. */
  @Test
  void round_withTheLastLayerFrozen_trainsTheOneBeforeIt(@TempDir Path folder) throws Exception {
    MadeModel model = new MadeModel("mlp");
    String bytes = Files.readString(model.file(), ISO_8859_1);
    String from = "\"name\": \"third\", \"trainable\": true, \"";
    assertThat(bytes).contains(from);
    Path file = folder.resolve("frozen.h5");
    Files.writeString(file, bytes.replace(from, from.replace("true, ", "false,")), ISO_8859_1);
    var before = KerasFile.read(file, new Sgd(0.1));
    assertThat(before.output(model.input()).equalsWithEps(model.output(), 1e-6)).isTrue();
    Model after = trained(NetworkTemplate.of(before), new DataSet(model.input(), Nd4j.eye(3)));
    assertThat(changed(before, after)).containsExactly("1_W", "1_b");
  }

  @Test
  void round_ofASegmentation_trainsAllLayers() throws Exception {
    MadeModel model = new MadeModel("segmentation");
    var before = KerasFile.readGraph(model.file(), new Sgd(0.1));
    DataSet data = new DataSet(model.input(), KerasFileTest.oneHot(model.output().shape()));
    Model after = trained(NetworkTemplate.of(before), data);
    assertThat(changed(before, after)).isEqualTo(before.paramTable().keySet());
  }
}
