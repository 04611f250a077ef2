package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a recurrent layer, as products with series and their gradients. Series lie like
 * images, {@code [features, steps, n]}, and a step of one is {@code [features, n]}.
 *
 * <p>What does not depend on the step before is one product for all steps; only the recurrent
 * product is one for each step. DL4J's parameters are input weights {@code [in, gates]} and
 * recurrent weights {@code [units, gates]}, both in 'f' order, so row-major {@code [gates, …]} in
 * memory, then biases.
 */
final class RecurrentWeights implements AutoCloseable {
  private final ParameterPart parameters;
  private final int inputs;
  private final int units;
  private final int gates;
  private final Blas blas = new Blas();

  /** {@code [in, steps, n]}, {@code [gates, steps, n]} and {@code [units, steps, n]}. */
  private final Scratch series = new Scratch();

  private final Scratch gateSeries = new Scratch();
  private final Scratch outputSeries = new Scratch();

  /** Of one step: {@code [units, n]} and {@code [gates, n]}. */
  private final Scratch state = new Scratch();

  private final Scratch stepGates = new Scratch();
  private final float[] biases;
  private int examples;
  private int run;

  /**
   * @param parameters all of the layer's
   * @param gatesOfUnit how many numbers each unit computes from a step
   */
  RecurrentWeights(ParameterPart parameters, long inputs, long units, int gatesOfUnit) {
    this.parameters = parameters;
    this.inputs = Math.toIntExact(inputs);
    this.units = Math.toIntExact(units);
    this.gates = gatesOfUnit * this.units;
    this.biases = new float[gates];
  }

  /**
   * Prepares for series of this shape.
   *
   * @throws IllegalArgumentException when they have other features
   */
  void prepare(List<BatchShape> shapes) {
    BatchShape input = shapes.get(0);
    if (input.channels() != inputs || input.width() != 1) {
      throw new IllegalArgumentException(
          "series must have %d features for this layer, had %d"
              .formatted(inputs, input.channels()));
    }
    examples = input.examples();
    run = input.height() * examples;
    series.ofLength(inputs * run);
    gateSeries.ofLength(gates * run);
    outputSeries.ofLength(units * run);
    state.ofLength(units * examples);
    stepGates.ofLength(gates * examples);
  }

  /** Of all steps: puts {@code [gates, steps, n]} into {@code products}. */
  void ofInput(float[] input, float[] products) {
    series.write(input, inputs * run);
    blas.multiply(
        gates,
        run,
        inputs,
        parameters.address(0),
        series.address(),
        run,
        gateSeries.address(),
        run);
    gateSeries.read(products, gates * run);
  }

  /** One for each gate; overwritten by the next call and by {@link #gradients}. */
  float[] biases() {
    parameters.read(biasStart(), biases, gates);
    return biases;
  }

  /** Of the output at a step, {@code [units, n]}: puts {@code [gates, n]} into {@code products}. */
  void ofState(float[] output, float[] products) {
    state.write(output, units * examples);
    blas.multiply(
        gates,
        examples,
        units,
        recurrentWeights(),
        state.address(),
        examples,
        stepGates.address(),
        examples);
    stepGates.read(products, gates * examples);
  }

  /** The gradient at the output of a step, from that before the gates of the next one. */
  void backToState(float[] gateGradient, float[] outputGradient) {
    stepGates.write(gateGradient, gates * examples);
    blas.multiplyTransposed(
        units, examples, gates, recurrentWeights(), stepGates.address(), examples, state.address());
    state.read(outputGradient, units * examples);
  }

  /**
   * Writes the gradients of all parameters, for the input of the last {@link #ofInput}.
   *
   * @param gateGradients {@code [gates, steps, n]}
   * @param outputs {@code [units, steps, n]}
   * @param inputGradient where the gradient at the input goes; null where nobody uses it
   */
  void gradients(float[] gateGradients, float[] outputs, float @Nullable [] inputGradient) {
    gateSeries.write(gateGradients, gates * run);
    blas.multiplyByTransposedRows(
        gates,
        inputs,
        run,
        gateSeries.address(),
        run,
        series.address(),
        run,
        parameters.gradientAddress(0));
    outputSeries.write(outputs, units * run);
    // The gates of each step with the output of the step before; one step has none.
    blas.multiplyByTransposedRows(
        gates,
        units,
        run - examples,
        gateSeries.address(examples),
        run,
        outputSeries.address(),
        run,
        parameters.gradientAddress((long) gates * inputs));
    for (int gate = 0; gate < gates; gate++) {
      biases[gate] = Floats.sum(gateGradients, gate * run, run);
    }
    parameters.writeGradient(biasStart(), biases, gates);
    if (inputGradient != null) {
      blas.multiplyTransposed(
          inputs, run, gates, parameters.address(0), gateSeries.address(), run, series.address());
      series.read(inputGradient, inputs * run);
    }
  }

  private long recurrentWeights() {
    return parameters.address((long) gates * inputs);
  }

  private long biasStart() {
    return (long) gates * (inputs + units);
  }

  @Override
  public void close() {
    series.close();
    gateSeries.close();
    outputSeries.close();
    state.close();
    stepGates.close();
  }
}
