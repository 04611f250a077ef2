package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer without gates (Elman 1990): the function of an affine map of a step and of the
 * output at the step before. Series and parameters lie as {@link RecurrentWeights} says.
 */
final class SimpleRnnKernel implements LayerKernel {
  private final RecurrentWeights weights;
  private final ActivationFunction activation;
  private final int units;
  private float[] all = {};
  private float[] step = {};
  private float[] before = {};
  private int examples;
  private int steps;

  /**
   * @param activation whose derivative follows from its values
   */
  SimpleRnnKernel(ParameterPart parameters, SimpleRnn conf, ActivationFunction activation) {
    this.weights = new RecurrentWeights(parameters, conf.getNIn(), conf.getNOut(), 1);
    this.activation = activation;
    this.units = (int) conf.getNOut();
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    weights.prepare(shapes);
    examples = shapes.get(0).examples();
    steps = shapes.get(0).height();
    all = new float[units * steps * examples];
    step = new float[units * examples];
    before = new float[units * examples];
    return new BatchShape(examples, units, steps, 1);
  }

  @Override
  public void forward(float[][] input, float[] output) {
    int length = units * examples;
    weights.ofInput(input[0], all);
    float[] biases = weights.biases();
    Arrays.fill(before, 0);
    for (int t = 0; t < steps; t++) {
      if (t > 0) {
        weights.ofState(step, before);
      }
      pick(all, t, step);
      for (int unit = 0; unit < units; unit++) {
        for (int i = unit * examples; i < (unit + 1) * examples; i++) {
          step[i] += before[i] + biases[unit];
        }
      }
      activation.apply(step, length);
      put(step, t, output);
    }
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int length = units * examples;
    for (int t = steps - 1; t >= 0; t--) {
      boolean isLast = t == steps - 1;
      if (!isLast) {
        weights.backToState(step, before);
      }
      pick(gradient, t, step);
      if (!isLast) {
        Floats.add(before, step, length);
      }
      pick(output, t, before);
      activation.backpropagate(before, step, length);
      put(step, t, gradient);
    }
    weights.gradients(gradient, output, inputGradients[0]);
  }

  /** Copies one step of {@code [units, steps, n]}. */
  private void pick(float[] from, int t, float[] to) {
    for (int unit = 0; unit < units; unit++) {
      System.arraycopy(from, (unit * steps + t) * examples, to, unit * examples, examples);
    }
  }

  private void put(float[] from, int t, float[] to) {
    for (int unit = 0; unit < units; unit++) {
      System.arraycopy(from, unit * examples, to, (unit * steps + t) * examples, examples);
    }
  }

  /** The forward pass has left a copy. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public void close() {
    weights.close();
  }
}
