package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.federated.ClientTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

final class NetworkTemplateTest {
  @TempDir Path directory;

  @Test
  void of_batchNormalization_isRefusedWithItsAlternatives() {
    assertThatThrownBy(
            () -> NetworkTemplate.of(Networks.stacked(new Sgd(0.1), new BatchNormalization())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BatchNormalization")
        .hasMessageContaining("org.dpfed.imaging.layers.GroupNorm, of module dpfed-imaging")
        .hasMessageContaining("layer normalisation")
        .hasMessageContaining("FrozenLayer");
  }

  @Test
  void of_centerLoss_isRefusedWithItsAlternative() {
    var configuration =
        new NeuralNetConfiguration.Builder()
            .list(
                new DenseLayer.Builder().nIn(4).nOut(3).build(),
                new CenterLossOutputLayer.Builder()
                    .nIn(3)
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .hasMessageContaining("CenterLossOutputLayer")
        .hasMessageContaining("Use OutputLayer");
  }

  @Test
  void of_doubleParameters_isRefused() {
    var configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .list(new DenseLayer.Builder().nIn(4).nOut(3).build())
            .build();
    assertThatThrownBy(() -> NetworkTemplate.of(configuration)).hasMessageContaining("float");
  }

  @Test
  void of_nothingToTrain_isRefused() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(new FrozenLayer(new DenseLayer.Builder().nIn(4).nOut(2).build()))
                .build());
    network.init();
    assertThatThrownBy(() -> NetworkTemplate.of(network)).hasMessageContaining("no parameters");
  }

  @Test
  void frozenLayer_isNeitherInTheDeltaNorChangedByNoise() {
    NetworkTemplate template =
        NetworkTemplate.of(
            Networks.stacked(
                new Adam(0.1), new FrozenLayer(new DenseLayer.Builder().nIn(4).nOut(8).build())));
    assertThat(template.dimension()).isEqualTo(8 * 2 + 2);
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, new LocalTraining(1, 4));
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      INDArray delta = worker.train(global, Networks.examples(10, 1), 1).delta();
      assertThat(delta.length()).isEqualTo(18);
      assertThat(delta.norm2Number().doubleValue()).isPositive();
      INDArray released = global.add(100);
      INDArray before = template.network(global).params().reshape(58);
      INDArray after = template.network(released).params().reshape(58);
      assertThat(after.get(NDArrayIndex.interval(0, 40)))
          .isEqualTo(before.get(NDArrayIndex.interval(0, 40)));
      assertThat(after.get(NDArrayIndex.interval(40, 58))).isEqualTo(released);
    }
  }

  @Test
  void frozenLayerInTheMiddle_gatherAndScatter_areInverse() {
    var configuration =
        new NeuralNetConfiguration.Builder()
            .list(
                new DenseLayer.Builder().nIn(2).nOut(2).build(),
                new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(2).nOut(3).build()),
                new DenseLayer.Builder().nIn(3).nOut(1).build(),
                Networks.output())
            .setInputType(org.deeplearning4j.nn.conf.inputs.InputType.feedForward(2))
            .build();
    NetworkTemplate template = NetworkTemplate.of(configuration);
    assertThat(template.dimension()).isEqualTo(6 + 4 + 4);
    INDArray parameters = Nd4j.createFromArray(1f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    INDArray all = template.network(parameters).params().reshape(23);
    assertThat(all.get(NDArrayIndex.interval(0, 6)).toFloatVector())
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(all.get(NDArrayIndex.interval(15, 23)).toFloatVector())
        .containsExactly(7, 8, 9, 10, 11, 12, 13, 14);
  }

  @Test
  void network_savedByModelSerializer_isLoadedByPlainDl4j() throws IOException {
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Adam(0.1)));
    File file = directory.resolve("model.zip").toFile();
    INDArray parameters = template.initialParameters().addi(0.5);
    ModelSerializer.writeModel(template.network(parameters), file, false);
    MultiLayerNetwork loaded = ModelSerializer.restoreMultiLayerNetwork(file);
    assertThat(loaded.params().reshape(parameters.length())).isEqualTo(parameters);
  }

  @Test
  void of_pretrained_startsFromItsParametersAndLeavesItAlone() {
    ComputationGraph pretrained = new ComputationGraph(Networks.graph(new Sgd(0.1)));
    pretrained.init();
    pretrained.params().addi(1);
    INDArray before = pretrained.params().dup();
    NetworkTemplate template = NetworkTemplate.of(pretrained);
    assertThat(template.initialParameters()).isEqualTo(before.reshape(before.length()));
    template.network(template.initialParameters().addi(5));
    assertThat(pretrained.params()).isEqualTo(before);
  }

  @Test
  void layerSizes_twoLayersOfOneName_stayApart() {
    NetworkTemplate template =
        NetworkTemplate.of(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().name("x").nIn(2).nOut(3).build())
                .layer(new DenseLayer.Builder().name("y").nIn(3).nOut(4).build())
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .name("x")
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(2)
                        .build())
                .build());
    assertThat(template.layerSizes()).containsExactly(9, 16, 10);
  }
}
