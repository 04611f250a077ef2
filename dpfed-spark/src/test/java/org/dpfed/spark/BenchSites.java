package org.dpfed.spark;

import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
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

/** Made-up images of 28 × 28 pixels and ten classes, for networks of several sizes. */
public final class BenchSites implements SiteFactory {
  static final int POPULATION = 10_000;
  private static final int SIDE = 28;
  private static final int CLASSES = 10;
  private static final int BATCH = 10;

  /**
   * A network and what a client trains.
   *
   * @param settings the network's name and the number of local steps, with a space between them
   */
  @Override
  public Site open(String settings) {
    List<String> words = List.of(settings.split(" ", -1));
    int steps = Integer.parseInt(words.get(1));
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(11)
            .dataType(DataType.FLOAT)
            .updater(new Sgd(0.1))
            .activation(Activation.TANH)
            .list();
    hidden(layers, words.get(0));
    MultiLayerConfiguration network =
        layers
            .layer(new OutputLayer.Builder().nOut(CLASSES).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1))
            .build();
    return new Site(
        new Dl4jClientTrainer(NetworkTemplate.of(network), new LocalTraining(1, BATCH)),
        new Images(steps * BATCH));
  }

  /** As in dpfed-models, which is not a dependency; and dense layers of 25 million parameters. */
  private static void hidden(NeuralNetConfiguration.ListBuilder layers, String name) {
    switch (name) {
      case "mlp" -> layers.layer(dense(200)).layer(dense(200));
      case "tanh-cnn" ->
          layers
              .layer(
                  new ConvolutionLayer.Builder(8, 8)
                      .stride(2, 2)
                      .nOut(16)
                      .convolutionMode(ConvolutionMode.Same)
                      .build())
              .layer(pooling())
              .layer(new ConvolutionLayer.Builder(4, 4).stride(2, 2).nOut(32).build())
              .layer(pooling())
              .layer(dense(32));
      case "mlp-25m" -> layers.layer(dense(4620)).layer(dense(4620));
      default -> throw new IllegalArgumentException("no network is called that");
    }
  }

  private static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).build();
  }

  private static SubsamplingLayer pooling() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
        .stride(1, 1)
        .build();
  }

  /** Each client has so many images of its own, drawn when it is read. */
  private record Images(int each) implements FederatedDataset {
    @Override
    public String unit() {
      return "device";
    }

    @Override
    public int population() {
      return POPULATION;
    }

    @Override
    public int examples(int id) {
      return each;
    }

    @Override
    public DataSet client(int id) {
      SplittableRandom random = new SplittableRandom(id);
      float[][] features = new float[each][SIDE * SIDE];
      float[][] labels = new float[each][CLASSES];
      for (int i = 0; i < each; i++) {
        for (int j = 0; j < features[i].length; j += 2) {
          // Two of 32 bits: images that are read are not drawn either.
          long bits = random.nextLong();
          features[i][j] = (int) bits * 0x1p-31f;
          features[i][j + 1] = (int) (bits >> Integer.SIZE) * 0x1p-31f;
        }
        labels[i][random.nextInt(CLASSES)] = 1;
      }
      return new org.nd4j.linalg.dataset.DataSet(
          Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }
  }
}
