package org.dpfed.dl4j.vector;

import java.lang.ref.Reference;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maximum pooling of images {@code [n, c, h, w]} without padding or dilation. The forward pass
 * notes where each maximum was, the first of equals, and the backward pass adds there.
 */
final class VectorMaxPoolingLayer extends SubsamplingLayer {
  private static final long serialVersionUID = 1L;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;

  private transient int[] corners = {};
  private transient int[] winners = {};
  private transient float[] plane = {};
  private transient float[] pooled = {};
  private transient @Nullable INDArray pooledInput;

  VectorMaxPoolingLayer(NeuralNetConfiguration conf) {
    super(conf, DataType.FLOAT);
  }

  /** Whether a window never reaches beyond an image of this configuration. */
  static boolean takes(org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf) {
    return conf.getPoolingType() == org.deeplearning4j.nn.conf.layers.PoolingType.MAX
        && conf.getConvolutionMode() != ConvolutionMode.Same
        && Arrays.stream(conf.getPadding()).allMatch(pad -> pad == 0)
        && Arrays.stream(conf.getDilation()).allMatch(dilation -> dilation == 1)
        && conf.getCnn2dDataFormat() == CNN2DFormat.NCHW;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    pooledInput = null;
    if (input.rank() != 4) {
      return super.activate(training, workspaceMgr);
    }
    int[] size =
        ConvolutionUtils.getOutputSize(
            input,
            layerConf().getKernelSize(),
            layerConf().getStride(),
            layerConf().getPadding(),
            convolutionMode,
            layerConf().getDilation(),
            CNN2DFormat.NCHW);
    INDArray out =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATIONS,
            DataType.FLOAT,
            new long[] {input.size(0), input.size(1), size[0], size[1]},
            'c');
    if (winners.length < out.length()) {
      winners = new int[(int) out.length()];
    }
    INDArray images = Dense.of(input);
    pool(Dense.window(images), Dense.window(out), size[0], size[1]);
    Reference.reachabilityFence(images);
    if (training) {
      pooledInput = input;
    }
    return out;
  }

  private void pool(OffHeapFloats images, OffHeapFloats out, int outHeight, int outWidth) {
    int planes = (int) (input.size(0) * input.size(1));
    int width = (int) input.size(3);
    int from = (int) input.size(2) * width;
    int to = outHeight * outWidth;
    placeWindows(width, outHeight, outWidth);
    float[] values = plane = ofLength(plane, from);
    float[] maxima = pooled = ofLength(pooled, corners.length);
    int[] winnersOfPlane = new int[corners.length];
    for (int p = 0; p < planes; p++) {
      images.read(p * from, values, from);
      poolPlane(values, width, maxima, winnersOfPlane);
      System.arraycopy(winnersOfPlane, 0, winners, p * to, to);
      out.write(maxima, to, p * to);
    }
  }

  /** Output {@code i} is the largest of the values at {@code corners[i]} plus each offset. */
  private void poolPlane(float[] values, int width, float[] maxima, int[] winnersOfPlane) {
    int kernelHeight = layerConf().getKernelSize()[0];
    int kernelWidth = layerConf().getKernelSize()[1];
    for (int i = 0; i < corners.length; i += FLOATS.length()) {
      FloatVector largest = FloatVector.fromArray(FLOATS, values, 0, corners, i);
      IntVector winner = IntVector.zero(INTS);
      for (int dy = 0; dy < kernelHeight; dy++) {
        for (int dx = 0; dx < kernelWidth; dx++) {
          int offset = dy * width + dx;
          FloatVector value = FloatVector.fromArray(FLOATS, values, offset, corners, i);
          VectorMask<Float> larger = value.compare(VectorOperators.GT, largest);
          largest = largest.blend(value, larger);
          winner = winner.blend(offset, larger.cast(INTS));
        }
      }
      largest.intoArray(maxima, i);
      winner.add(IntVector.fromArray(INTS, corners, i)).intoArray(winnersOfPlane, i);
    }
  }

  /** The first position under each window, repeated at the end to fill whole vectors. */
  private void placeWindows(int width, int outHeight, int outWidth) {
    int strideHeight = layerConf().getStride()[0];
    int strideWidth = layerConf().getStride()[1];
    int count = outHeight * outWidth;
    int lanes = FLOATS.length();
    corners = new int[(count + lanes - 1) / lanes * lanes];
    for (int i = 0; i < corners.length; i++) {
      int output = Math.min(i, count - 1);
      corners[i] = output / outWidth * strideHeight * width + output % outWidth * strideWidth;
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    INDArray images = pooledInput;
    pooledInput = null;
    if (images == null) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    INDArray gradient =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, images.shape(), 'c');
    int planes = (int) (images.size(0) * images.size(1));
    int to = (int) (images.size(2) * images.size(3));
    int from = (int) (epsilon.size(2) * epsilon.size(3));
    INDArray slopes = Dense.of(epsilon);
    OffHeapFloats source = Dense.window(slopes);
    OffHeapFloats target = Dense.window(gradient);
    float[] sums = plane = ofLength(plane, to);
    float[] added = pooled = ofLength(pooled, from);
    for (int p = 0; p < planes; p++) {
      source.read(p * from, added, from);
      Arrays.fill(sums, 0);
      for (int i = 0; i < from; i++) {
        sums[winners[p * from + i]] += added[i];
      }
      target.write(sums, to, p * to);
    }
    Reference.reachabilityFence(slopes);
    return new Pair<>(new DefaultGradient(), gradient);
  }

  private static float[] ofLength(float[] array, int length) {
    return array.length == length ? array : new float[length];
  }
}
