package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A convolution, and an activation: the product of the weights {@code [out, c, kh, kw]} and the
 * patch matrix of a few output rows at a time, as many as keep it in the cache.
 */
final class ConvolutionKernel implements LayerKernel {
  /** Floats of a patch matrix that stays in the cache between its making and its use. */
  private static final int BLOCK_FLOATS = 1 << 18;

  private final WindowAxis down;
  private final WindowAxis across;
  private final ActivationFunction activation;
  private final int inputs;
  private final int channels;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch patches = new Scratch();
  private final Scratch products = new Scratch();
  private @Nullable PatchGeometry lastShape;
  private float[] planes = {};
  private float[] block = {};
  private float[] planeGradient = {};
  private @Nullable DirectConvolution direct;
  private boolean isDirect;
  private float[] matrix = {};
  private float[] weightGradient = {};

  /**
   * The kernel of any convolution.
   *
   * @param direct what computes it where it takes the images; null for BLAS alone
   */
  ConvolutionKernel(
      Layer layer, ActivationFunction activation, @Nullable DirectConvolution direct) {
    this(layer, (ConvolutionLayer) layer.conf().getLayer(), activation);
    this.direct = direct;
  }

  private ConvolutionKernel(Layer layer, ConvolutionLayer conf, ActivationFunction activation) {
    this(
        WindowAxis.of(0, conf),
        WindowAxis.of(1, conf),
        (int) conf.getNIn(),
        (int) conf.getNOut(),
        new Weights(layer),
        activation);
  }

  /**
   * @param weights {@code [channels, inputs, down, across]}
   */
  ConvolutionKernel(
      WindowAxis down,
      WindowAxis across,
      int inputs,
      int channels,
      Weights weights,
      ActivationFunction activation) {
    this.down = down;
    this.across = across;
    this.inputs = inputs;
    this.channels = channels;
    this.weights = weights;
    this.activation = activation;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape input = inputs.get(0);
    PatchGeometry shape = shapeOf(input);
    return new BatchShape(input.examples(), channels, shape.outHeight(), shape.outWidth());
  }

  @Override
  public void forward(float[][] input, float[] values) {
    PatchGeometry shape = Objects.requireNonNull(lastShape);
    int columns = shape.columns();
    if (direct != null && isDirect) {
      matrix = Floats.ofLength(matrix, weights.size());
      weightGradient = Floats.ofLength(weightGradient, weights.size());
      weights.read(matrix);
      direct.forward(input[0], matrix, values);
    } else {
      multiply(shape, input[0], values);
    }
    float[] biases = weights.biases();
    for (int channel = 0; channel < biases.length; channel++) {
      add(biases[channel], values, channel * columns, columns);
    }
    activation.apply(values, channels * columns);
  }

  private void multiply(PatchGeometry shape, float[] input, float[] values) {
    int columns = shape.columns();
    int length = channels * columns;
    planes = Floats.ofLength(planes, shape.paddedLength());
    shape.pad(input, planes);
    products.ofLength(length);
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.outHeight(); first += rows) {
      int inBlock = Math.min(rows, shape.outHeight() - first);
      gather(shape, first, inBlock);
      blas.multiply(
          channels,
          inBlock * shape.run(),
          shape.rows(),
          weights.address(),
          patches.address(),
          inBlock * shape.run(),
          products.address(first * shape.run()),
          columns);
    }
    products.read(values, length);
  }

  @Override
  public void backward(
      float[][] input, float[] values, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] inputGradient = inputGradients[0];
    PatchGeometry shape = Objects.requireNonNull(lastShape);
    int columns = shape.columns();
    activation.backpropagate(values, gradient, channels * columns);
    float[] biasGradient = weights.biases();
    for (int channel = 0; channel < biasGradient.length; channel++) {
      biasGradient[channel] = Floats.sum(gradient, channel * columns, columns);
    }
    weights.biasGradient(biasGradient);
    if (direct != null && isDirect) {
      direct.backward(gradient, matrix, weightGradient, inputGradient);
      weights.weightGradient(weightGradient);
    } else {
      multiplyBack(shape, gradient, inputGradient);
    }
  }

  private void multiplyBack(
      PatchGeometry shape, float[] gradient, float @Nullable [] inputGradient) {
    products.write(gradient, channels * shape.columns());
    if (inputGradient != null && !shape.isOfPixels()) {
      planeGradient = Floats.ofLength(planeGradient, shape.paddedLength());
      Arrays.fill(planeGradient, 0, shape.paddedLength(), 0);
    }
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.outHeight(); first += rows) {
      int inBlock = Math.min(rows, shape.outHeight() - first);
      addWeightGradient(shape, first, inBlock);
      if (inputGradient != null) {
        multiplyByWeights(shape, first, inBlock);
        if (shape.isOfPixels()) {
          putPixels(shape, first, inBlock, inputGradient);
        } else {
          shape.scatterAdd(block, first, inBlock, planeGradient);
        }
      }
    }
    if (inputGradient != null && !shape.isOfPixels()) {
      shape.unpad(planeGradient, inputGradient);
    }
  }

  /** The planes are a copy. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return activation != StandardFunction.IDENTITY;
  }

  /** Adds what some output rows say to the gradient of the weights. */
  private void addWeightGradient(PatchGeometry shape, int firstRow, int rows) {
    if (rows < shape.outHeight()) {
      // Otherwise the forward pass has left the whole matrix.
      gather(shape, firstRow, rows);
    }
    blas.multiplyByTransposed(
        channels,
        shape.rows(),
        rows * shape.run(),
        products.address(firstRow * shape.run()),
        shape.columns(),
        patches.address(),
        firstRow == 0 ? 0 : 1,
        weights.gradientAddress());
  }

  /** Fills {@link #block} with the gradient of the patch matrix. */
  private void multiplyByWeights(PatchGeometry shape, int firstRow, int rows) {
    int columns = rows * shape.run();
    blas.multiplyTransposed(
        shape.rows(),
        columns,
        channels,
        weights.address(),
        products.address(firstRow * shape.run()),
        shape.columns(),
        patches.address());
    int length = shape.rows() * columns;
    block = Floats.ofLength(block, length);
    patches.read(block, length);
  }

  private void putPixels(PatchGeometry shape, int firstRow, int rows, float[] inputGradient) {
    int length = rows * shape.run();
    for (int channel = 0; channel < shape.channels(); channel++) {
      System.arraycopy(
          block,
          channel * length,
          inputGradient,
          channel * shape.columns() + firstRow * shape.run(),
          length);
    }
  }

  /** Whether the last batches prepared for are computed without BLAS. */
  boolean isDirect() {
    return isDirect;
  }

  /** That of the batches prepared for. */
  PatchGeometry geometry() {
    return Objects.requireNonNull(lastShape);
  }

  private void gather(PatchGeometry shape, int firstRow, int rows) {
    patches.ofLength(shape.rows() * rows * shape.run());
    shape.gather(planes, firstRow, rows, patches.floats());
  }

  private static int rowsAtATime(PatchGeometry shape) {
    return Math.min(shape.outHeight(), Math.max(1, BLOCK_FLOATS / (shape.rows() * shape.run())));
  }

  private PatchGeometry shapeOf(BatchShape input) {
    PatchGeometry known = lastShape;
    if (known != null && known.isOf(input)) {
      return known;
    }
    if (input.channels() != inputs) {
      throw new IllegalArgumentException(
          "images must have %d channels for this layer, had %d"
              .formatted(inputs, input.channels()));
    }
    PatchGeometry made = PatchGeometry.of(input, down, across);
    isDirect = direct != null && direct.prepare(made, channels);
    lastShape = made;
    return made;
  }

  @Override
  public void close() {
    patches.close();
    products.close();
  }

  static void add(float summand, float[] values, int from, int length) {
    for (int i = from; i < from + length; i++) {
      values[i] += summand;
    }
  }
}
