package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a trained network makes of new examples, as many at a time as {@link Dl4jEvaluator} takes:
 * by the memory of their activations.
 */
public final class Dl4jPredictor {
  private final ForwardPass pass;
  private final long[] shape;
  private final int batchSize;

  /**
   * A predictor for examples of one shape.
   *
   * @param model a {@code MultiLayerNetwork} or a {@code ComputationGraph} with one input and one
   *     output; kept, its parameters unchanged
   * @param shape of one example, such as {@code (channels, height, width)}
   * @throws IllegalArgumentException when the network cannot take such examples
   */
  public Dl4jPredictor(Model model, long... shape) {
    this.pass = new ForwardPass(model);
    this.shape = shape.clone();
    float[] blank = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    try (INDArray features = features(List.of(blank))) {
      this.batchSize = Judge.batchSize(pass.activationBytes(new DataSet(features, null)));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the network cannot take examples of shape %s; give it what it was trained on"
              .formatted(Arrays.toString(shape)),
          e);
    }
  }

  /** How many examples are to be given at once, at least 1. */
  public int batchSize() {
    return batchSize;
  }

  /**
   * The outputs for each example in 'c' order, such as {@code classes · height · width}
   * probabilities where each pixel has a class.
   *
   * @param examples at least one and not many more than {@link #batchSize}, each of the shape, in
   *     'c' order; unchanged
   */
  public float[][] outputs(List<float[]> examples) {
    try (INDArray features = features(examples);
        INDArray outputs = pass.outputs(new DataSet(features, null));
        INDArray dense = outputs.dup('c')) {
      float[] all = dense.data().asFloat();
      int width = all.length / examples.size();
      float[][] rows = new float[examples.size()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
      }
      return rows;
    }
  }

  private INDArray features(List<float[]> examples) {
    int width = examples.get(0).length;
    float[] all = new float[Math.multiplyExact(width, examples.size())];
    for (int i = 0; i < examples.size(); i++) {
      System.arraycopy(examples.get(i), 0, all, i * width, width);
    }
    long[] batchShape = new long[shape.length + 1];
    batchShape[0] = examples.size();
    System.arraycopy(shape, 0, batchShape, 1, shape.length);
    return Nd4j.create(all, batchShape, 'c');
  }
}
