package org.dpfed.dl4j.vector;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
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
 * product of the weights and the patch matrix of a few images at a time, as many as keep it in the
 * cache.
 */
final class VectorConvolutionLayer extends ConvolutionLayer {
  private static final long serialVersionUID = 1L;
  private static final VectorSpecies<Float> SPECIES = VectorActivation.SPECIES;

  /** Floats of a patch matrix that is small enough to be kept whole for the backward pass. */
  private static final int WHOLE_BATCH_FLOATS = 1 << 17;

  /** Floats of a block's patch matrix that stays in the second-level cache beside the rest. */
  private static final int BLOCK_FLOATS = 1 << 16;

  private final transient VectorActivation activation;
  private final transient boolean needsInputGradient;
  private final transient Blas blas = new Blas();
  private transient float[] images = {};
  private transient float[] padded = {};
  private transient float[] matrix = {};
  private final transient Scratch patches = new Scratch();
  private final transient Scratch products = new Scratch();
  private final transient Scratch delta = new Scratch();
  private transient @Nullable INDArray activated;
  private transient @Nullable PatchGeometry geometry;

  VectorConvolutionLayer(
      NeuralNetConfiguration conf, VectorActivation activation, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.activation = activation;
    this.needsInputGradient = needsInputGradient;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    activated = null;
    if (maskArray != null || input.rank() != 4) {
      return super.activate(training, workspaceMgr);
    }
    validateInputDepth(getParam(ConvolutionParamInitializer.WEIGHT_KEY).size(1));
    PatchGeometry shape = shapeFor(input);
    INDArray out = convolve(Dense.of(input), shape, workspaceMgr);
    activation.apply(Dense.window(out), (int) out.length());
    if (training) {
      activated = out;
    }
    return out;
  }

  private PatchGeometry shapeFor(INDArray images) {
    int height = (int) images.size(2);
    int width = (int) images.size(3);
    PatchGeometry known = geometry;
    if (known != null && known.height() == height && known.width() == width) {
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
    geometry = made;
    return made;
  }

  private INDArray convolve(
      INDArray examples, PatchGeometry shape, LayerWorkspaceMgr workspaceMgr) {
    INDArray weights = getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    int count = (int) examples.size(0);
    int channels = (int) weights.size(0);
    int columns = shape.columns();
    INDArray out =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATIONS,
            DataType.FLOAT,
            new long[] {count, channels, shape.outHeight(), shape.outWidth()},
            'c');
    OffHeapFloats source = Dense.window(examples);
    OffHeapFloats target = Dense.window(out);
    OffHeapFloats bias =
        hasBias() ? Dense.window(getParam(ConvolutionParamInitializer.BIAS_KEY)) : null;
    int block = imagesAtATime(shape, count);
    for (int first = 0; first < count; first += block) {
      int inBlock = Math.min(block, count - first);
      OffHeapFloats patchMatrix = gather(source, shape, first, inBlock);
      OffHeapFloats product = products.ofLength(channels * inBlock * columns);
      blas.multiply(
          channels,
          inBlock * columns,
          shape.rows(),
          Dense.address(weights),
          patchMatrix.address(),
          0,
          product.address());
      for (int image = 0; image < inBlock; image++) {
        for (int channel = 0; channel < channels; channel++) {
          copyPlus(
              product,
              (channel * inBlock + image) * columns,
              target,
              ((first + image) * channels + channel) * columns,
              columns,
              bias == null ? 0 : bias.get(channel));
        }
      }
    }
    Reference.reachabilityFence(examples);
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    INDArray values = activated;
    PatchGeometry shape = geometry;
    activated = null;
    if (values == null || shape == null) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    int length = (int) values.length();
    OffHeapFloats deltas = delta.ofLength(length);
    INDArray slopes = Dense.of(epsilon);
    activation.backpropagate(Dense.window(values), Dense.window(slopes), deltas, length);
    Reference.reachabilityFence(values);
    Reference.reachabilityFence(slopes);
    INDArray inputGradient =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
    INDArray weightGradient =
        Objects.requireNonNull(gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY));
    INDArray biasGradient = gradientViews.get(ConvolutionParamInitializer.BIAS_KEY);
    backward(Dense.of(input), deltas, shape, weightGradient, biasGradient, inputGradient);
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
    }
    gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient, 'c');
    return new Pair<>(gradient, inputGradient);
  }

  private void backward(
      INDArray examples,
      OffHeapFloats deltas,
      PatchGeometry shape,
      INDArray weightGradient,
      @Nullable INDArray biasGradient,
      INDArray inputGradient) {
    INDArray weights = getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    int count = (int) examples.size(0);
    int channels = (int) weights.size(0);
    int columns = shape.columns();
    OffHeapFloats source = Dense.window(examples);
    float[] biasSums = new float[channels];
    int block = imagesAtATime(shape, count);
    for (int first = 0; first < count; first += block) {
      int inBlock = Math.min(block, count - first);
      OffHeapFloats rows = products.ofLength(channels * inBlock * columns);
      for (int channel = 0; channel < channels; channel++) {
        for (int image = 0; image < inBlock; image++) {
          biasSums[channel] +=
              copyPlus(
                  deltas,
                  ((first + image) * channels + channel) * columns,
                  rows,
                  (channel * inBlock + image) * columns,
                  columns,
                  0);
        }
      }
      // The forward pass has left the matrix of its last block.
      OffHeapFloats patchMatrix =
          block == count
              ? patches.ofLength(shape.rows() * count * columns)
              : gather(source, shape, first, inBlock);
      blas.multiplyByTransposed(
          channels,
          shape.rows(),
          inBlock * columns,
          rows.address(),
          patchMatrix.address(),
          first == 0 ? 0 : 1,
          Dense.address(weightGradient));
      if (needsInputGradient) {
        blas.multiplyTransposed(
            shape.rows(),
            inBlock * columns,
            channels,
            Dense.address(weights),
            rows.address(),
            0,
            patchMatrix.address());
        scatter(patchMatrix, shape, Dense.window(inputGradient), first, inBlock);
      }
    }
    Reference.reachabilityFence(examples);
    if (biasGradient != null) {
      OffHeapFloats sums = Dense.window(biasGradient);
      for (int channel = 0; channel < channels; channel++) {
        sums.put(biasSums[channel], channel);
      }
    }
  }

  private static int imagesAtATime(PatchGeometry shape, int count) {
    int floats = shape.rows() * shape.columns();
    return (long) floats * count <= WHOLE_BATCH_FLOATS
        ? count
        : Math.min(count, Math.max(1, BLOCK_FLOATS / floats));
  }

  private OffHeapFloats gather(OffHeapFloats source, PatchGeometry shape, int first, int count) {
    int length = count * shape.imageLength();
    images = ofLength(images, length);
    padded = ofLength(padded, shape.paddedArrayLength(count));
    matrix = ofLength(matrix, shape.patchArrayLength(count));
    source.read(first * shape.imageLength(), images, length);
    Arrays.fill(padded, 0);
    shape.pad(images, count, padded);
    shape.gather(padded, count, matrix);
    int filled = shape.rows() * count * shape.columns();
    OffHeapFloats product = patches.ofLength(filled);
    product.write(matrix, filled, 0);
    return product;
  }

  private void scatter(
      OffHeapFloats product, PatchGeometry shape, OffHeapFloats target, int first, int count) {
    int length = count * shape.imageLength();
    images = ofLength(images, length);
    padded = ofLength(padded, shape.paddedArrayLength(count));
    matrix = ofLength(matrix, shape.patchArrayLength(count));
    product.read(0, matrix, shape.rows() * count * shape.columns());
    Arrays.fill(padded, 0);
    shape.scatterAdd(matrix, count, padded);
    shape.unpad(padded, images, count);
    target.write(images, length, first * shape.imageLength());
  }

  private static float[] ofLength(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** Copies a run, adds {@code plus} to it, and returns the sum of what was there before. */
  private static float copyPlus(
      OffHeapFloats source, int from, OffHeapFloats target, int to, int length, float plus) {
    int lanes = SPECIES.length();
    FloatVector sums = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - lanes; i += lanes) {
      FloatVector values = source.vector(SPECIES, from + i);
      sums = sums.add(values);
      target.put(values.add(plus), to + i);
    }
    float sum = sums.reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      float value = source.get(from + i);
      sum += value;
      target.put(value + plus, to + i);
    }
    return sum;
  }
}
