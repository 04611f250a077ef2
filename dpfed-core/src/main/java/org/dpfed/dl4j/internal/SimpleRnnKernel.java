package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer without gates (Elman 1990): the function of an affine map of a step and of the
 * output at the step before. Series and parameters lie as in {@link LstmKernel}, with one unit in
 * the place of four.
 */
final class SimpleRnnKernel implements LayerKernel {
  private final ParameterPart parameters;
  private final ActivationFunction activation;
  private final int inputs;
  private final int units;
  private final Blas blas = new Blas();

  /** {@code [in, steps, n]} and, twice, {@code [units, steps, n]}. */
  private final Scratch series = new Scratch();

  private final Scratch products = new Scratch();
  private final Scratch outputs = new Scratch();

  /** Of one step: {@code [units, n]}. */
  private final Scratch state = new Scratch();

  private final Scratch recurrent = new Scratch();

  private float[] all = {};
  private float[] step = {};
  private float[] before = {};
  private float[] biases = {};
  private int examples;
  private int steps;

  /**
   * @param activation whose derivative follows from its values
   */
  SimpleRnnKernel(ParameterPart parameters, SimpleRnn conf, ActivationFunction activation) {
    this.parameters = parameters;
    this.activation = activation;
    this.inputs = (int) conf.getNIn();
    this.units = (int) conf.getNOut();
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    BatchShape input = shapes.get(0);
    if (input.channels() != inputs || input.width() != 1) {
      throw new IllegalArgumentException(
          "series must have %d features for this layer, had %d"
              .formatted(inputs, input.channels()));
    }
    examples = input.examples();
    steps = input.height();
    all = new float[units * steps * examples];
    step = new float[units * examples];
    before = new float[units * examples];
    biases = new float[units];
    return new BatchShape(examples, units, steps, 1);
  }

  @Override
  public void forward(float[][] input, float[] output) {
    int run = steps * examples;
    int length = units * examples;
    series.ofLength(inputs * run).write(input[0], inputs * run);
    products.ofLength(units * run);
    state.ofLength(length);
    recurrent.ofLength(length);
    blas.multiply(
        units, run, inputs, parameters.address(0), series.address(), run, products.address(), run);
    products.read(all, units * run);
    parameters.read(biasStart(), biases, units);
    Arrays.fill(before, 0);
    for (int t = 0; t < steps; t++) {
      if (t > 0) {
        blas.multiply(
            units,
            examples,
            units,
            recurrentWeights(),
            state.address(),
            examples,
            recurrent.address(),
            examples);
        recurrent.read(before, length);
      }
      pick(all, t, step);
      for (int unit = 0; unit < units; unit++) {
        for (int i = unit * examples; i < (unit + 1) * examples; i++) {
          step[i] += before[i] + biases[unit];
        }
      }
      activation.apply(step, length);
      state.write(step, length);
      put(step, t, output);
    }
    outputs.ofLength(units * run).write(output, units * run);
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int run = steps * examples;
    int length = units * examples;
    for (int t = steps - 1; t >= 0; t--) {
      pick(gradient, t, step);
      if (t < steps - 1) {
        blas.multiplyTransposed(
            units,
            examples,
            units,
            recurrentWeights(),
            state.address(),
            examples,
            recurrent.address());
        recurrent.read(before, length);
        Floats.add(before, step, length);
      }
      pick(output, t, before);
      activation.backpropagate(before, step, length);
      state.write(step, length);
      put(step, t, gradient);
    }
    products.write(gradient, units * run);
    blas.multiplyByTransposedRows(
        units,
        inputs,
        run,
        products.address(),
        run,
        series.address(),
        run,
        parameters.gradientAddress(0));
    // Each step with the output of the step before; one step has none.
    blas.multiplyByTransposedRows(
        units,
        units,
        run - examples,
        products.address(examples),
        run,
        outputs.address(),
        run,
        parameters.gradientAddress((long) units * inputs));
    for (int unit = 0; unit < units; unit++) {
      biases[unit] = Floats.sum(gradient, unit * run, run);
    }
    parameters.writeGradient(biasStart(), biases, units);
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      blas.multiplyTransposed(
          inputs, run, units, parameters.address(0), products.address(), run, series.address());
      series.read(target, inputs * run);
    }
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

  private long recurrentWeights() {
    return parameters.address((long) units * inputs);
  }

  private long biasStart() {
    return (long) units * (inputs + units);
  }

  /** The forward pass has left a copy. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public void close() {
    series.close();
    products.close();
    outputs.close();
    state.close();
    recurrent.close();
  }
}
