package org.dpfed.dl4j.twin;

import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of images {@code [n, c, h, w]} without dilation, dropout or weight noise: the
 * product of the weights and the patch matrix of a few output rows at a time, as many as keep it in
 * the cache.
 */
final class TwinConvolutionLayer extends ConvolutionLayer implements ImageTwin {
  private static final long serialVersionUID = 1L;

  /** Floats of a patch matrix that is small enough to be kept whole for the backward pass. */
  private static final int WHOLE_FLOATS = 1 << 17;

  /** Floats of a block's patch matrix that stays in the second-level cache beside the rest. */
  private static final int BLOCK_FLOATS = 1 << 16;

  private final transient TwinActivation activation;
  private final transient boolean needsInputGradient;
  private final transient Blas blas = new Blas();
  private final transient Images images = new Images();
  private final transient Scratch patches = new Scratch();
  private final transient Scratch products = new Scratch();
  private transient float[] planes = {};
  private transient float[] values = {};
  private transient float[] biases = {};
  private transient float[] block = {};
  private transient float[] sums = {};
  private transient @Nullable PatchGeometry lastShape;
  private transient boolean hasValues;
  private transient boolean examplesLast;

  TwinConvolutionLayer(
      NeuralNetConfiguration conf, TwinActivation activation, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.activation = activation;
    this.needsInputGradient = needsInputGradient;
  }

  @Override
  public void keepExamplesLast() {
    examplesLast = true;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    hasValues = false;
    if (maskArray != null || input.rank() != 4) {
      return super.activate(training, workspaceMgr);
    }
    INDArray weights = getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    validateInputDepth(weights.size(1));
    PatchGeometry shape = shapeOf(input);
    int channels = (int) weights.size(0);
    int length = channels * shape.columns();
    planes = Images.ofLength(planes, shape.paddedLength());
    shape.pad(images.read(input), planes);
    long product = products.ofLength(length);
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.outHeight(); first += rows) {
      int inBlock = Math.min(rows, shape.outHeight() - first);
      blas.multiply(
          channels,
          inBlock * shape.run(),
          shape.rows(),
          Dense.address(weights),
          gather(shape, first, inBlock),
          inBlock * shape.run(),
          at(product, first * shape.run()),
          shape.columns());
    }
    values = Images.ofLength(values, length);
    products.floats().get(0, values, 0, length);
    if (hasBias()) {
      biases = Images.ofLength(biases, channels);
      Dense.read(getParam(ConvolutionParamInitializer.BIAS_KEY), biases);
      for (int channel = 0; channel < channels; channel++) {
        add(biases[channel], values, channel * shape.columns(), shape.columns());
      }
    }
    activation.apply(values, length);
    INDArray out =
        Images.create(
            ArrayType.ACTIVATIONS,
            new long[] {shape.examples(), channels, shape.outHeight(), shape.outWidth()},
            examplesLast,
            workspaceMgr);
    images.write(values, out);
    hasValues = training;
    return out;
  }

  private PatchGeometry shapeOf(INDArray images) {
    int examples = (int) images.size(0);
    int height = (int) images.size(2);
    int width = (int) images.size(3);
    PatchGeometry known = lastShape;
    if (known != null
        && known.examples() == examples
        && known.height() == height
        && known.width() == width) {
      return known;
    }
    int[] kernel = layerConf().getKernelSize();
    int[] stride = layerConf().getStride();
    int[] dilation = layerConf().getDilation();
    boolean same = convolutionMode == ConvolutionMode.Same;
    int[] out =
        ConvolutionUtils.getOutputSize(
            images,
            kernel,
            stride,
            same ? null : layerConf().getPadding(),
            convolutionMode,
            dilation,
            CNN2DFormat.NCHW);
    int[] pad =
        same
            ? ConvolutionUtils.getSameModeTopLeftPadding(
                out, new int[] {height, width}, kernel, stride, dilation)
            : layerConf().getPadding();
    PatchGeometry made =
        new PatchGeometry(
            examples,
            (int) images.size(1),
            height,
            width,
            kernel[0],
            kernel[1],
            stride[0],
            stride[1],
            pad[0],
            pad[1],
            out[0],
            out[1]);
    lastShape = made;
    return made;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    PatchGeometry shape = lastShape;
    if (!hasValues || shape == null) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    hasValues = false;
    int channels = (int) epsilon.size(1);
    int length = channels * shape.columns();
    float[] delta = images.read(epsilon);
    activation.backpropagate(values, delta, length);
    products.floats().put(0, delta, 0, length);
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      INDArray biasGradient =
          Objects.requireNonNull(gradientViews.get(ConvolutionParamInitializer.BIAS_KEY));
      for (int channel = 0; channel < channels; channel++) {
        biases[channel] = sum(delta, channel * shape.columns(), shape.columns());
      }
      Dense.write(biases, biasGradient);
      gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
    }
    INDArray weightGradient =
        Objects.requireNonNull(gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY));
    multiply(shape, channels, weightGradient);
    gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient, 'c');
    INDArray inputGradient =
        Images.create(
            ArrayType.ACTIVATION_GRAD, input.shape(), Images.areExamplesLast(input), workspaceMgr);
    if (needsInputGradient) {
      float[] unpadded = images.read(inputGradient);
      shape.unpad(sums, unpadded);
      images.write(unpadded, inputGradient);
    }
    return new Pair<>(gradient, inputGradient);
  }

  /** From the gradient in {@link #products} those of the weights and of the planes. */
  private void multiply(PatchGeometry shape, int channels, INDArray weightGradient) {
    long weights = Dense.address(getParam(ConvolutionParamInitializer.WEIGHT_KEY));
    long delta = products.ofLength(channels * shape.columns());
    if (needsInputGradient) {
      sums = Images.ofLength(sums, shape.paddedLength());
      java.util.Arrays.fill(sums, 0, shape.paddedLength(), 0);
    }
    int rows = rowsAtATime(shape);
    for (int first = 0; first < shape.outHeight(); first += rows) {
      int inBlock = Math.min(rows, shape.outHeight() - first);
      int columns = inBlock * shape.run();
      long deltaOfBlock = at(delta, first * shape.run());
      // The forward pass has left the matrix of its last block.
      long patchMatrix =
          rows == shape.outHeight()
              ? patches.ofLength(shape.rows() * columns)
              : gather(shape, first, inBlock);
      blas.multiplyByTransposed(
          channels,
          shape.rows(),
          columns,
          deltaOfBlock,
          shape.columns(),
          patchMatrix,
          first == 0 ? 0 : 1,
          Dense.address(weightGradient));
      if (needsInputGradient) {
        int length = shape.rows() * columns;
        blas.multiplyTransposed(
            shape.rows(), columns, channels, weights, deltaOfBlock, shape.columns(), patchMatrix);
        block = Images.ofLength(block, length);
        patches.floats().get(0, block, 0, length);
        shape.scatterAdd(block, first, inBlock, sums);
      }
    }
  }

  private long gather(PatchGeometry shape, int firstRow, int rows) {
    long address = patches.ofLength(shape.rows() * rows * shape.run());
    shape.gather(planes, firstRow, rows, patches.floats());
    return address;
  }

  private static int rowsAtATime(PatchGeometry shape) {
    int floatsOfRow = shape.rows() * shape.run();
    return (long) floatsOfRow * shape.outHeight() <= WHOLE_FLOATS
        ? shape.outHeight()
        : Math.min(shape.outHeight(), Math.max(1, BLOCK_FLOATS / floatsOfRow));
  }

  private static long at(long address, int index) {
    return address + (long) index * Float.BYTES;
  }

  private static void add(float summand, float[] values, int from, int length) {
    for (int i = from; i < from + length; i++) {
      values[i] += summand;
    }
  }

  /** Four sums side by side, since one would wait for each addition. */
  private static float sum(float[] values, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i < from + length - 3; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < from + length; i++) {
      a += values[i];
    }
    return (a + b) + (c + d);
  }
}
