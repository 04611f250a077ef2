package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * The sum, difference, product, mean or maximum of batches, element by element. Of images an input
 * with one channel or one pixel counts for all channels or pixels of the others, as in an attention
 * gate.
 */
final class ElementWiseKernel implements LayerKernel {
  private final Op operation;
  private final boolean isOfImages;
  private BatchShape shape = BatchShape.rows(0, 0);
  private BatchShape[] shapes = {};

  /** Inputs in the shape of the output, where they have another. */
  private float[][] repeated = {};

  private float[] whole = {};

  ElementWiseKernel(Op operation, boolean isOfImages) {
    this.operation = operation;
    this.isOfImages = isOfImages;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    shapes = inputs.toArray(new BatchShape[0]);
    repeated = new float[shapes.length][];
    BatchShape first = inputs.get(0);
    shape =
        new BatchShape(
            first.examples(),
            inputs.stream().mapToInt(BatchShape::channels).max().orElseThrow(),
            inputs.stream().mapToInt(BatchShape::height).max().orElseThrow(),
            inputs.stream().mapToInt(BatchShape::width).max().orElseThrow());
    if (operation == Op.Subtract && shapes.length != 2) {
      throw new IllegalArgumentException("a difference has 2 inputs, had " + shapes.length);
    }
    for (BatchShape input : inputs) {
      boolean fits =
          input.examples() == shape.examples()
              && (input.channels() == shape.channels() || input.channels() == 1)
              && (input.height() == shape.height() || input.height() == 1)
              && (input.width() == shape.width() || input.width() == 1);
      if (!input.equals(shape) && !(isOfImages && fits)) {
        throw new IllegalArgumentException(
            "a vertex by elements needs inputs of one shape here, had %s; use the layers of DL4J (LayerImplementation.DL4J)"
                .formatted(inputs));
      }
    }
    return shape;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    int length = shape.length();
    System.arraycopy(inShape(inputs, 0), 0, output, 0, length);
    for (int k = 1; k < inputs.length; k++) {
      float[] input = inShape(inputs, k);
      switch (operation) {
        case Subtract -> {
          for (int i = 0; i < length; i++) {
            output[i] -= input[i];
          }
        }
        case Product -> multiply(input, output, length);
        case Max -> {
          for (int i = 0; i < length; i++) {
            output[i] = Math.max(output[i], input[i]);
          }
        }
        default -> Floats.add(input, output, length);
      }
    }
    if (operation == Op.Average) {
      scale(1f / inputs.length, output, length);
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int length = shape.length();
    if (operation == Op.Average) {
      scale(1f / inputs.length, gradient, length);
    }
    for (int k = 0; k < inputGradients.length; k++) {
      float @Nullable [] target = inputGradients[k];
      if (target == null && operation != Op.Max) {
        continue;
      }
      float @Nullable [] direct = shapes[k].equals(shape) ? target : null;
      whole = direct == null ? Floats.ofLength(whole, length) : whole;
      float[] full = direct == null ? whole : direct;
      if (full != gradient) {
        System.arraycopy(gradient, 0, full, 0, length);
      }
      if (operation == Op.Subtract && k == 1) {
        scale(-1, full, length);
      } else if (operation == Op.Product) {
        for (int j = 0; j < inputs.length; j++) {
          if (j != k) {
            multiply(inShape(inputs, j), full, length);
          }
        }
      } else if (operation == Op.Max) {
        takeWhereEqual(inShape(inputs, k), output, full, gradient, length);
      }
      if (target != null && direct == null) {
        reduce(full, shapes[k], target);
      }
    }
  }

  /** What is left of the gradient goes to an input where it is the maximum, the first of equals. */
  private static void takeWhereEqual(
      float[] input, float[] maxima, float[] taken, float[] left, int length) {
    for (int i = 0; i < length; i++) {
      float part = (1 - StandardFunction.isPositive(maxima[i] - input[i])) * left[i];
      taken[i] = part;
      left[i] -= part;
    }
  }

  private static void multiply(float[] factors, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      values[i] *= factors[i];
    }
  }

  private static void scale(float factor, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      values[i] *= factor;
    }
  }

  private float[] inShape(float[][] inputs, int k) {
    if (shapes[k].equals(shape)) {
      return inputs[k];
    }
    float[] room = repeated[k] == null ? new float[shape.length()] : repeated[k];
    repeated[k] = room;
    forEachPixel(
        shapes[k],
        (small, large) -> System.arraycopy(inputs[k], small, room, large, shape.examples()));
    return room;
  }

  /** Adds up what belongs to one element of an input. */
  private void reduce(float[] full, BatchShape input, float[] target) {
    Arrays.fill(target, 0, input.length(), 0);
    forEachPixel(
        input,
        (small, large) -> {
          for (int i = 0; i < shape.examples(); i++) {
            target[small + i] += full[large + i];
          }
        });
  }

  private interface Pixel {
    void at(int small, int large);
  }

  /** Visits every pixel of the output with that of an input that counts for it. */
  private void forEachPixel(BatchShape input, Pixel visitor) {
    int large = 0;
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          int plane = Math.min(channel, input.channels() - 1) * input.height();
          int line = (plane + Math.min(y, input.height() - 1)) * input.width();
          visitor.at((line + Math.min(x, input.width() - 1)) * shape.examples(), large);
          large += shape.examples();
        }
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return operation == Op.Product || operation == Op.Max;
  }

  @Override
  public boolean usesOutput() {
    return operation == Op.Max;
  }

  /** Not where the gradient is read again for another input. */
  @Override
  public boolean goesBackInPlace() {
    return (operation == Op.Add || operation == Op.Average)
        && Arrays.stream(shapes).allMatch(shape::equals);
  }
}
