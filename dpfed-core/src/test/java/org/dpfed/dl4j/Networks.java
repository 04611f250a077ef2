package org.dpfed.dl4j;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Small networks and examples for tests. */
final class Networks {
  static final int INPUTS = 4;
  static final int CLASSES = 2;

  private Networks() {}

  /** Dense 4–8–2 with dropout; {@code middle} replaces the hidden layer. */
  static MultiLayerConfiguration stacked(IUpdater updater, Layer middle) {
    return builder(updater)
        .list(middle, output())
        .setInputType(InputType.feedForward(INPUTS))
        .build();
  }

  static MultiLayerConfiguration mlp(IUpdater updater) {
    return stacked(updater, hidden());
  }

  static DenseLayer hidden() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH).dropOut(0.7).build();
  }

  static OutputLayer output() {
    return new OutputLayer.Builder().nOut(CLASSES).activation(Activation.SOFTMAX).build();
  }

  static ComputationGraphConfiguration graph(IUpdater updater) {
    return builder(updater)
        .graphBuilder()
        .addInputs("in")
        .addLayer("hidden", hidden(), "in")
        .addLayer("out", output(), "hidden")
        .setOutputs("out")
        .setInputTypes(InputType.feedForward(INPUTS))
        .build();
  }

  static MultiLayerConfiguration recurrent(IUpdater updater) {
    return builder(updater)
        .list(
            new LSTM.Builder().nOut(5).activation(Activation.TANH).build(),
            new RnnOutputLayer.Builder().nOut(CLASSES).activation(Activation.SOFTMAX).build())
        .setInputType(InputType.recurrent(INPUTS))
        .build();
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(3).dataType(DataType.FLOAT).updater(updater);
  }

  /** {@code n} examples whose class is the sign of their first feature. */
  static DataSet examples(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] features = new float[n][INPUTS];
    float[][] labels = new float[n][CLASSES];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < INPUTS; j++) {
        features[i][j] = (float) random.nextDouble(-1, 1);
      }
      labels[i][features[i][0] > 0 ? 1 : 0] = 1;
    }
    return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
  }

  /** {@code n} sequences of 6 steps, a label at each. */
  static DataSet sequences(int n, long seed) {
    INDArray features = Nd4j.create(DataType.FLOAT, n, INPUTS, 6);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, n, CLASSES, 6);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < 6; t++) {
        for (int j = 0; j < INPUTS; j++) {
          features.putScalar(new int[] {i, j, t}, random.nextDouble(-1, 1));
        }
        labels.putScalar(new int[] {i, random.nextInt(CLASSES), t}, 1);
      }
    }
    return new DataSet(features, labels);
  }
}
