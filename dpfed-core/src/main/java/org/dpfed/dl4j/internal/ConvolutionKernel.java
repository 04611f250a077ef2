package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A convolution without dilation, and an activation: the product of the weights {@code [out, c, kh,
 * kw]} and the patch matrix of a few output rows at a time, as many as keep it in the cache.
 */
final class ConvolutionKernel implements LayerKernel {
  /** Floats of a patch matrix that stays in the cache between its making and its use. */
  private static final int BLOCK_FLOATS = 1 << 18;

  private final ConvolutionLayer conf;
  private final ActivationFunction activation;
  private final int channels;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch patches = new Scratch();
  private final Scratch products = new Scratch();
  private @Nullable PatchGeometry lastShape;
  private float[] planes = {};
  private float[] block = {};
  private float[] planeGradient = {};

  ConvolutionKernel(Layer layer, ActivationFunction activation) {
    this.conf = (ConvolutionLayer) layer.conf().getLayer();
    this.activation = activation;
    this.channels = (int) conf.getNOut();
    this.weights = new Weights(layer);
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
    int length = channels * columns;
    planes = Floats.ofLength(planes, shape.paddedLength());
    shape.pad(input[0], planes);
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
    float[] biases = weights.biases();
    for (int channel = 0; channel < biases.length; channel++) {
      add(biases[channel], values, channel * columns, columns);
    }
    activation.apply(values, length);
  }

  @Override
  public void backward(
      float[][] input, float[] values, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] inputGradient = inputGradients[0];
    PatchGeometry shape = Objects.requireNonNull(lastShape);
    int columns = shape.columns();
    int length = channels * columns;
    activation.backpropagate(values, gradient, length);
    products.write(gradient, length);
    float[] biasGradient = weights.biases();
    for (int channel = 0; channel < biasGradient.length; channel++) {
      biasGradient[channel] = Floats.sum(gradient, channel * columns, columns);
    }
    weights.biasGradient(biasGradient);
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
    return activation != ActivationFunction.IDENTITY;
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
    if (known != null
        && known.examples() == input.examples()
        && known.height() == input.height()
        && known.width() == input.width()) {
      return known;
    }
    if (input.channels() != conf.getNIn()) {
      throw new IllegalArgumentException(
          "images must have %d channels for this layer, had %d"
              .formatted(conf.getNIn(), input.channels()));
    }
    InputType.InputTypeConvolutional out =
        (InputType.InputTypeConvolutional)
            conf.getOutputType(
                0, InputType.convolutional(input.height(), input.width(), input.channels()));
    int[] outSize = {(int) out.getHeight(), (int) out.getWidth()};
    int[] pad =
        conf.getConvolutionMode() == ConvolutionMode.Same
            ? ConvolutionUtils.getSameModeTopLeftPadding(
                outSize,
                new int[] {input.height(), input.width()},
                conf.getKernelSize(),
                conf.getStride(),
                conf.getDilation())
            : conf.getPadding();
    PatchGeometry made =
        new PatchGeometry(
            input.examples(),
            input.channels(),
            input.height(),
            input.width(),
            conf.getKernelSize()[0],
            conf.getKernelSize()[1],
            conf.getStride()[0],
            conf.getStride()[1],
            pad[0],
            pad[1],
            outSize[0],
            outSize[1]);
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
