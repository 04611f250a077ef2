package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The last step of series, as rows. */
final class LastStepKernel implements LayerKernel {
  private BatchShape series = BatchShape.rows(0, 0);

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    series = inputs.get(0);
    return BatchShape.rows(series.examples(), series.channels());
  }

  @Override
  public void forward(float[][] inputs, float[] rows) {
    for (int feature = 0; feature < series.channels(); feature++) {
      for (int example = 0; example < series.examples(); example++) {
        rows[example * series.channels() + feature] = inputs[0][last(feature) + example];
      }
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] rows, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target == null) {
      return;
    }
    Arrays.fill(target, 0, series.length(), 0);
    for (int feature = 0; feature < series.channels(); feature++) {
      for (int example = 0; example < series.examples(); example++) {
        target[last(feature) + example] = gradient[example * series.channels() + feature];
      }
    }
  }

  private int last(int feature) {
    return ((feature + 1) * series.height() - 1) * series.examples();
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
