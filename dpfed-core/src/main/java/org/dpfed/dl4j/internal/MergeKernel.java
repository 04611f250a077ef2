package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Puts the channels of images, or the features of rows, one after another. */
final class MergeKernel implements LayerKernel {
  private final boolean images;

  /** How many pieces of each input lie apart in the output, and how long they are. */
  private int pieces;

  private int[] lengths = {};

  MergeKernel(boolean images) {
    this.images = images;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape first = inputs.get(0);
    int channels = 0;
    for (BatchShape input : inputs) {
      channels += input.channels();
      if (!input.equals(
          new BatchShape(first.examples(), input.channels(), first.height(), first.width()))) {
        throw new IllegalArgumentException(
            "images can be merged where they have one size, were " + inputs);
      }
    }
    pieces = images ? 1 : first.examples();
    lengths = inputs.stream().mapToInt(input -> input.length() / pieces).toArray();
    return new BatchShape(first.examples(), channels, first.height(), first.width());
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    int to = 0;
    for (int piece = 0; piece < pieces; piece++) {
      for (int i = 0; i < lengths.length; i++) {
        System.arraycopy(inputs[i], piece * lengths[i], output, to, lengths[i]);
        to += lengths[i];
      }
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int from = 0;
    for (int piece = 0; piece < pieces; piece++) {
      for (int i = 0; i < lengths.length; i++) {
        float @Nullable [] target = inputGradients[i];
        if (target != null) {
          System.arraycopy(gradient, from, target, piece * lengths[i], lengths[i]);
        }
        from += lengths[i];
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }
}
