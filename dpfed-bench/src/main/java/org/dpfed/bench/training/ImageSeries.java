package org.dpfed.bench.training;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.dpfed.federated.FederatedDataset;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Images of 28 × 28 pixels as series: the columns are steps, and their pixels features.
 *
 * @param images the same clients with images
 */
record ImageSeries(FederatedDataset images) implements FederatedDataset {
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  /** One LSTM, whose last output is classified. */
  static MultiLayerConfiguration network(int units, double rate, int seed) {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(new Sgd(rate))
        .activation(Activation.TANH)
        .list(
            new LastTimeStep(new LSTM.Builder().nOut(units).build()),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.recurrent(SIDE))
        .build();
  }

  @Override
  public String unit() {
    return images.unit();
  }

  @Override
  public int population() {
    return images.population();
  }

  @Override
  public int examples(int id) {
    return images.examples(id);
  }

  @Override
  public DataSet client(int id) {
    DataSet examples = images.client(id);
    INDArray pixels = examples.getFeatures();
    return new org.nd4j.linalg.dataset.DataSet(
        pixels.reshape(pixels.size(0), SIDE, SIDE), examples.getLabels());
  }
}
