package org.dpfed.imaging.losses;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.dpfed.dl4j.layers.SoftmaxLoss;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A loss after softmax over the classes of each pixel. It is one number for each image, of which
 * Deeplearning4j takes the mean over a batch.
 *
 * <p>{@link CnnLossLayer} hands over the pixels of a batch as rows {@code [n · h · w, classes]},
 * images one after another; how many rows an image has, {@link #pixels} says. With one pixel, the
 * losses are those of a classifier, in an {@code OutputLayer}. Labels are one-hot, or
 * probabilities. A mask {@code [n, 1, h, w]} weighs the pixels, those with 0 count as if they were
 * not there, and an image without any other has the loss 0. Arithmetic is in double.
 */
public sealed interface ImageLoss extends ILossFunction, SoftmaxLoss
    permits CrossEntropy, SoftDice {
  /** Pixels of an image: height · width, or 1 for a classifier. */
  int pixels();

  /**
   * Weights of the classes; empty when all are 1. They are part of the model, so make them of
   * public knowledge and not of counts of clients' pixels.
   */
  List<Double> classWeights();

  /**
   * The loss of one image.
   *
   * @param image its pixels
   * @param slopes overwritten by the derivatives with respect to the logarithms of the
   *     probabilities, as if these were independent; null when nobody wants them
   */
  double of(Pixels image, double @Nullable [] slopes);

  @Override
  default double lossOf(double[] logits, double[] labels, double[] weights) {
    return PixelRows.replaceByGradient(this, logits, labels, weights);
  }

  @Override
  default double computeScore(
      INDArray labels,
      INDArray logits,
      IActivation activation,
      @Nullable INDArray mask,
      boolean average) {
    double[] losses = PixelRows.of(this, labels, logits, activation, mask).losses(this);
    double total = 0;
    for (double loss : losses) {
      total += loss;
    }
    return average ? total / losses.length : total;
  }

  /** The loss of each image, in equal parts at its pixels. */
  @Override
  default INDArray computeScoreArray(
      INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
    return PixelRows.of(this, labels, logits, activation, mask).spread(this);
  }

  @Override
  default INDArray computeGradient(
      INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
    return PixelRows.of(this, labels, logits, activation, mask).gradient(this);
  }

  @Override
  default Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray logits,
      IActivation activation,
      @Nullable INDArray mask,
      boolean average) {
    return new Pair<>(
        computeScore(labels, logits, activation, mask, average),
        computeGradient(labels, logits, activation, mask));
  }

  @Override
  default String name() {
    return toString();
  }
}
