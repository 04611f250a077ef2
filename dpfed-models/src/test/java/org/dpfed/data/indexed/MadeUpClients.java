package org.dpfed.data.indexed;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.dpfed.federated.FederatedDataset;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of 2 × 3 pixels with a class each: client {@code id} has {@code id % 5} of them. Every
 * second client has pixels of few different values, every third has masks.
 */
record MadeUpClients(int population) implements FederatedDataset {
  private static final float[] AWKWARD = {
    0f, -0f, Float.NaN, Float.intBitsToFloat(0x7fc00001), Float.MIN_VALUE, Float.MAX_VALUE, 1f
  };

  @Override
  public String unit() {
    return "patient";
  }

  @Override
  public List<String> assumptions() {
    return List.of("each patient — ε — is one client", "the second");
  }

  @Override
  public int examples(int id) {
    return id % 5;
  }

  @Override
  public DataSet client(int id) {
    SplittableRandom random = new SplittableRandom(id);
    int n = examples(id);
    float[] pixels = new float[n * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          id % 2 == 0 ? AWKWARD[random.nextInt(AWKWARD.length)] : (float) random.nextDouble();
    }
    float[] labels = new float[n * 3];
    for (int row = 0; row < n; row++) {
      labels[row * 3 + random.nextInt(3)] = 1;
    }
    boolean isMasked = id % 3 == 0 && n > 0;
    return new DataSet(
        array(pixels, n, 1, 2, 3),
        array(labels, n, 3),
        isMasked ? array(labels, n, 3) : null,
        isMasked ? array(new float[n], n, 1) : null);
  }

  private static INDArray array(float[] values, long... shape) {
    return values.length == 0
        ? Nd4j.create(DataType.FLOAT, shape)
        : Nd4j.createFromArray(values).reshape(shape);
  }

  /** The bits and the shape of an array; empty for none. */
  static String bits(@Nullable INDArray array) {
    StringBuilder bits = new StringBuilder();
    if (array != null) {
      bits.append(Arrays.toString(array.shape())).append(array.dataType());
      for (float value : array.length() == 0 ? new float[0] : array.data().asFloat()) {
        bits.append(' ').append(Integer.toHexString(Float.floatToRawIntBits(value)));
      }
    }
    return bits.toString();
  }

  static List<String> bits(org.nd4j.linalg.dataset.api.DataSet examples) {
    return List.of(
        bits(examples.getFeatures()),
        bits(examples.getLabels()),
        bits(examples.getFeaturesMaskArray()),
        bits(examples.getLabelsMaskArray()));
  }
}
