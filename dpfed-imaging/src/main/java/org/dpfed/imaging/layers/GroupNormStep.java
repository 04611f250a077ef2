package org.dpfed.imaging.layers;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;

/** A {@link GroupNorm} in fast training steps. */
final class GroupNormStep implements LayerKernel {
  private final Layer layer;
  private final GroupNormKernel kernel;
  private final float[] gamma;
  private final float[] beta;

  GroupNormStep(GroupNorm norm, Layer layer) {
    int channels = Math.toIntExact(norm.getNIn());
    this.layer = layer;
    this.kernel =
        new GroupNormKernel(channels, norm.getGroups(), norm.getEpsilon(), norm.hasRelu());
    this.gamma = new float[channels];
    this.beta = new float[channels];
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape images = inputs.get(0);
    if (images.channels() != gamma.length) {
      throw new IllegalArgumentException(
          "images must have %d channels for this layer, had %d"
              .formatted(gamma.length, images.channels()));
    }
    kernel.prepare(images.examples(), images.pixels(), true);
    return images;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    NativeFloats.read(layer.params(), 0, gamma, gamma.length);
    NativeFloats.read(layer.params(), gamma.length, beta, beta.length);
    kernel.forward(inputs[0], gamma, beta, output);
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float[] gammaGradient = new float[gamma.length];
    float[] betaGradient = new float[beta.length];
    float @Nullable [] target = inputGradients[0];
    kernel.backward(
        inputs[0],
        output,
        gamma,
        gradient,
        target == null ? gradient : target,
        gammaGradient,
        betaGradient);
    float[] all = Arrays.copyOf(gammaGradient, 2 * gamma.length);
    System.arraycopy(betaGradient, 0, all, gamma.length, beta.length);
    NativeFloats.writeAll(all, layer.getGradientsViewArray());
  }

  @Override
  public boolean goesBackInPlace() {
    return true;
  }
}
