package org.dpfed.dl4j;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of every kind that can be evaluated, and arrays for them. */
final class HeldOutNetworks {
  static final int INPUTS = 4;
  static final int STEPS = 5;
  static final int SIDE = 6;

  private HeldOutNetworks() {}

  static MultiLayerConfiguration dense(Activation activation, LossFunction loss, int outputs) {
    return dense(builder(), activation, loss, outputs);
  }

  static MultiLayerConfiguration dense(
      NeuralNetConfiguration.Builder builder, Activation activation, LossFunction loss, int n) {
    return builder
        .list(
            new DenseLayer.Builder().nOut(7).activation(Activation.TANH).build(),
            new OutputLayer.Builder(loss).activation(activation).nOut(n).build())
        .setInputType(InputType.feedForward(INPUTS))
        .build();
  }

  static MultiLayerConfiguration lossLayer(Activation activation, LossFunction loss, int outputs) {
    return builder()
        .list(
            new DenseLayer.Builder().nOut(outputs).activation(Activation.IDENTITY).build(),
            new LossLayer.Builder(loss).activation(activation).build())
        .setInputType(InputType.feedForward(INPUTS))
        .build();
  }

  static MultiLayerConfiguration recurrent(
      Activation activation, LossFunction loss, int outputs, RNNFormat format) {
    return builder()
        .list(
            new LSTM.Builder().nOut(5).activation(Activation.TANH).build(),
            new RnnOutputLayer.Builder(loss)
                .activation(activation)
                .nOut(outputs)
                .dataFormat(format)
                .build())
        .setInputType(InputType.recurrent(INPUTS, STEPS, format))
        .build();
  }

  static MultiLayerConfiguration lastStep() {
    return builder()
        .list(
            new LastTimeStep(new LSTM.Builder().nOut(5).activation(Activation.TANH).build()),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build())
        .setInputType(InputType.recurrent(INPUTS, STEPS))
        .build();
  }

  static MultiLayerConfiguration pixels(
      Activation activation, LossFunction loss, int outputs, CNN2DFormat format) {
    return builder()
        .list(
            new ConvolutionLayer.Builder(1, 1)
                .nOut(outputs)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build(),
            new CnnLossLayer.Builder(loss).activation(activation).format(format).build())
        .setInputType(InputType.convolutional(SIDE, SIDE, 2, format))
        .build();
  }

  static MultiLayerConfiguration endingIn(Layer last) {
    return builder()
        .list(new DenseLayer.Builder().nOut(3).build(), last)
        .setInputType(InputType.feedForward(INPUTS))
        .build();
  }

  static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .dataType(DataType.FLOAT)
        .updater(new Sgd(0.1));
  }

  static INDArray normal(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    return array(shape, random::nextGaussian);
  }

  /** Zeros and ones, each with the same probability. */
  static INDArray bits(long seed, long... shape) {
    return normal(seed, shape).gt(0).castTo(DataType.FLOAT);
  }

  /** One-hot along {@code axis}. */
  static INDArray oneHot(long seed, int axis, long... shape) {
    INDArray scores = normal(seed, shape);
    return scores.eq(scores.max(true, axis)).castTo(DataType.FLOAT);
  }

  /** Numbers of classes. */
  static INDArray numbers(long seed, int classes, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    return array(shape, () -> random.nextInt(classes));
  }

  private static INDArray array(long[] shape, DoubleSupplier values) {
    float[] array = new float[(int) LongStream.of(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) values.getAsDouble();
    }
    return Nd4j.createFromArray(array).reshape(shape);
  }
}
