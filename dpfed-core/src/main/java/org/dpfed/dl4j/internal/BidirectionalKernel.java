package org.dpfed.dl4j.internal;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional.Mode;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A layer over a series and one over the reversed series, whose outputs are joined step by step.
 */
final class BidirectionalKernel implements LayerKernel {
  private final LayerKernel onward;
  private final LayerKernel back;
  private final Mode mode;
  private BatchShape input = BatchShape.rows(0, 0);
  private BatchShape each = BatchShape.rows(0, 0);
  private float[] reversedInput = {};
  private float[] onwardOutput = {};
  private float[] backOutput = {};
  private float[] turned = {};
  private float[] onwardGradient = {};
  private float[] backGradient = {};
  private float[] inputGradient = {};

  /**
   * @param onward over the series as it is
   * @param back of the same kind, over the reversed series
   */
  BidirectionalKernel(LayerKernel onward, LayerKernel back, Mode mode) {
    this.onward = onward;
    this.back = back;
    this.mode = mode;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    input = inputs.get(0);
    each = onward.prepare(inputs);
    back.prepare(inputs);
    reversedInput = new float[input.length()];
    inputGradient = new float[input.length()];
    onwardOutput = new float[each.length()];
    backOutput = new float[each.length()];
    turned = new float[each.length()];
    onwardGradient = new float[each.length()];
    backGradient = new float[each.length()];
    int channels = mode == Mode.CONCAT ? 2 * each.channels() : each.channels();
    return new BatchShape(each.examples(), channels, each.height(), 1);
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    int length = each.length();
    onward.forward(inputs, onwardOutput);
    reverse(inputs[0], input, reversedInput);
    back.forward(new float[][] {reversedInput}, backOutput);
    reverse(backOutput, each, turned);
    System.arraycopy(onwardOutput, 0, output, 0, length);
    if (mode == Mode.CONCAT) {
      System.arraycopy(turned, 0, output, length, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      output[i] = mode == Mode.MUL ? output[i] * turned[i] : share() * (output[i] + turned[i]);
    }
  }

  private float share() {
    return mode == Mode.AVERAGE ? 0.5f : 1;
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int length = each.length();
    int second = mode == Mode.CONCAT ? length : 0;
    for (int i = 0; i < length; i++) {
      boolean isProduct = mode == Mode.MUL;
      onwardGradient[i] = gradient[i] * (isProduct ? turned[i] : share());
      turned[i] = gradient[second + i] * (isProduct ? onwardOutput[i] : share());
    }
    reverse(turned, each, backGradient);
    onward.backward(inputs, onwardOutput, onwardGradient, inputGradients);
    float @Nullable [] target = inputGradients[0];
    float[][] backTargets = {target == null ? null : inputGradient};
    back.backward(new float[][] {reversedInput}, backOutput, backGradient, backTargets);
    if (target != null) {
      reverse(inputGradient, input, reversedInput);
      Floats.add(reversedInput, target, input.length());
    }
  }

  /** The last step of {@code [features, steps, n]} first. */
  private static void reverse(float[] series, BatchShape shape, float[] reversed) {
    int examples = shape.examples();
    int steps = shape.height();
    for (int feature = 0; feature < shape.channels(); feature++) {
      for (int t = 0; t < steps; t++) {
        System.arraycopy(
            series,
            (feature * steps + t) * examples,
            reversed,
            (feature * steps + steps - 1 - t) * examples,
            examples);
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return onward.usesInputs();
  }

  /** Both outputs are kept. */
  @Override
  public boolean usesOutput() {
    return false;
  }

  @Override
  public void close() {
    onward.close();
    back.close();
  }
}
