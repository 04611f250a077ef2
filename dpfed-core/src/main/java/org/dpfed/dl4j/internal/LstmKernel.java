package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A long short-term memory without peepholes (Gers et al. 2000, "Learning to forget"), with tanh
 * and sigmoid gates. Series and parameters lie as {@link RecurrentWeights} says; units of the
 * candidate come first, then those of the forget, the output and the input gate.
 */
final class LstmKernel implements LayerKernel {
  private final RecurrentWeights weights;
  private final boolean lastStepOnly;
  private final int units;
  private final int gates;
  private float[] beforeGates = {};
  private float[] recurrent = {};

  /** {@code [steps, 4·units, n]}: the gates after their functions. */
  private float[] opened = {};

  /** {@code [steps, units, n]}: the memory cells, and tanh of them. */
  private float[] cells = {};

  private float[] squashed = {};
  private float[] outputs = {};
  private float[] stepGradient = {};
  private float[] cellGradient = {};
  private float[] dense = {};
  private int examples;
  private int steps;

  /**
   * @param parameters all of its own
   * @param lastStepOnly whether the output is the last step's, as rows, and otherwise all steps'
   */
  LstmKernel(ParameterPart parameters, LSTM conf, boolean lastStepOnly) {
    this.weights = new RecurrentWeights(parameters, conf.getNIn(), conf.getNOut(), 4);
    this.lastStepOnly = lastStepOnly;
    this.units = (int) conf.getNOut();
    this.gates = 4 * units;
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    weights.prepare(shapes);
    examples = shapes.get(0).examples();
    steps = shapes.get(0).height();
    beforeGates = new float[gates * steps * examples];
    opened = new float[gates * steps * examples];
    cells = new float[units * steps * examples];
    squashed = new float[units * steps * examples];
    outputs = new float[units * steps * examples];
    recurrent = new float[gates * examples];
    stepGradient = new float[units * examples];
    cellGradient = new float[units * examples];
    dense = new float[units * examples];
    return lastStepOnly
        ? BatchShape.rows(examples, units)
        : new BatchShape(examples, units, steps, 1);
  }

  @Override
  public void forward(float[][] input, float[] output) {
    weights.ofInput(input[0], beforeGates);
    float[] biases = weights.biases();
    for (int step = 0; step < steps; step++) {
      if (step > 0) {
        weights.ofState(dense, recurrent);
      } else {
        Arrays.fill(recurrent, 0);
      }
      open(step, biases);
      remember(step);
    }
    if (lastStepOnly) {
      lastStep(output);
    } else {
      System.arraycopy(outputs, 0, output, 0, units * steps * examples);
    }
  }

  /** The gates of a step; sigmoid x is (1 + tanh x/2) / 2. */
  private void open(int step, float[] biases) {
    int run = steps * examples;
    for (int gate = 0; gate < gates; gate++) {
      float factor = gate < units ? 1 : 0.5f;
      float bias = biases[gate];
      int from = gate * run + step * examples;
      int to = gate * examples;
      for (int i = 0; i < examples; i++) {
        recurrent[to + i] = factor * (recurrent[to + i] + beforeGates[from + i] + bias);
      }
    }
    StandardFunction.TANH.apply(recurrent, gates * examples);
    for (int i = units * examples; i < gates * examples; i++) {
      recurrent[i] = 0.5f + 0.5f * recurrent[i];
    }
    System.arraycopy(recurrent, 0, opened, step * gates * examples, gates * examples);
  }

  /** The cells and the outputs of a step. */
  private void remember(int step) {
    int length = units * examples;
    int gate = step * gates * examples;
    int cell = step * length;
    for (int i = 0; i < length; i++) {
      float kept = step == 0 ? 0 : opened[gate + length + i] * cells[cell - length + i];
      dense[i] = kept + opened[gate + 3 * length + i] * opened[gate + i];
    }
    System.arraycopy(dense, 0, cells, cell, length);
    StandardFunction.TANH.apply(dense, length);
    System.arraycopy(dense, 0, squashed, cell, length);
    for (int i = 0; i < length; i++) {
      dense[i] *= opened[gate + 2 * length + i];
    }
    for (int unit = 0; unit < units; unit++) {
      System.arraycopy(dense, unit * examples, outputs, (unit * steps + step) * examples, examples);
    }
  }

  /** Of {@code dense}, the last step's, with the examples first. */
  private void lastStep(float[] rows) {
    Floats.transpose(dense, units, examples, rows);
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int run = steps * examples;
    int length = units * examples;
    if (lastStepOnly) {
      Floats.transpose(gradient, examples, units, stepGradient);
    }
    for (int step = steps - 1; step >= 0; step--) {
      boolean isLast = step == steps - 1;
      gradientAt(step, gradient);
      if (!isLast) {
        weights.backToState(recurrent, dense);
        for (int i = 0; i < length; i++) {
          stepGradient[i] += dense[i];
        }
      }
      close(step);
      for (int gate = 0; gate < gates; gate++) {
        System.arraycopy(
            recurrent, gate * examples, beforeGates, gate * run + step * examples, examples);
      }
    }
    weights.gradients(beforeGates, outputs, inputGradients[0]);
  }

  /** The gradient at a step's output from above. */
  private void gradientAt(int step, float[] gradient) {
    if (!lastStepOnly) {
      for (int unit = 0; unit < units; unit++) {
        System.arraycopy(
            gradient, (unit * steps + step) * examples, stepGradient, unit * examples, examples);
      }
    } else if (step < steps - 1) {
      Arrays.fill(stepGradient, 0);
    }
  }

  /** The gradient before the functions of a step's gates, from that at its output. */
  private void close(int step) {
    int length = units * examples;
    int gate = step * gates * examples;
    int cell = step * length;
    boolean isLast = step == steps - 1;
    for (int i = 0; i < length; i++) {
      float candidate = opened[gate + i];
      float forget = opened[gate + length + i];
      float out = opened[gate + 2 * length + i];
      float in = opened[gate + 3 * length + i];
      float tanh = squashed[cell + i];
      float later = isLast ? 0 : cellGradient[i];
      float here = later + stepGradient[i] * out * (1 - tanh * tanh);
      float before = step == 0 ? 0 : cells[cell - length + i];
      recurrent[i] = here * in * (1 - candidate * candidate);
      recurrent[length + i] = here * before * forget * (1 - forget);
      recurrent[2 * length + i] = stepGradient[i] * tanh * out * (1 - out);
      recurrent[3 * length + i] = here * candidate * in * (1 - in);
      cellGradient[i] = here * forget;
    }
  }

  /** The forward pass has left copies. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }

  @Override
  public void close() {
    weights.close();
  }
}
