package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Synthetic examples for a test training: random features of the shape that the network accepts,
 * and labels of the kind that its loss expects. They are derived from the configuration only, never
 * from clients' data.
 */
final class ProbeExamples {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeExamples.class);

  private static final double MASKED = 0.3;

  private final ExampleShape shape;
  private final long[] outputShape;
  private final Task task;
  private final int axis;

  private ProbeExamples(ExampleShape shape, long[] outputShape, Task task, int axis) {
    this.shape = shape;
    this.outputShape = outputShape;
    this.task = task;
    this.axis = axis;
  }

  /**
   * Examples of the first known shape that the network takes, if possible with its loss, which may
   * be one for images of a certain size; empty when it takes none.
   */
  static Optional<ProbeExamples> of(Model model) {
    Optional<ProbeExamples> withoutLoss = Optional.empty();
    for (ExampleShape shape : ExampleShapes.of(model)) {
      DataSet two = new DataSet(features(shape, 2, 1, new SplittableRandom(1)), null);
      try {
        ProbeExamples taken = of(model, shape, new ForwardPass(model).outputs(two));
        withoutLoss = withoutLoss.or(() -> Optional.of(taken));
        new ForwardPass(model).meanLoss(taken.client(1, 1, false, 1));
        return Optional.of(taken);
      } catch (RuntimeException e) {
        LOG.debug("the network takes no examples of {}, or its loss does not", shape, e);
      }
    }
    return withoutLoss;
  }

  private static ProbeExamples of(Model model, ExampleShape shape, INDArray outputs) {
    // A column of labels where the layer gives a vector and asks for none.
    long[] outputShape =
        outputs.rank() == 1 ? new long[] {outputs.length(), 1} : outputs.shape().clone();
    try {
      NetworkOutput known = NetworkOutput.of(model);
      return new ProbeExamples(shape, outputShape, known.task(), known.axis());
    } catch (IllegalArgumentException e) {
      LOG.debug("labels are numbers, since the output layer does not say what they are", e);
      return new ProbeExamples(shape, outputShape, Task.NUMBERS, 1);
    }
  }

  /** Numbers in one example's features and labels. */
  long size() {
    return product(shape.shape(1)) + product(outputShape) / outputShape[0];
  }

  private static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Whether examples or labels have positions that a mask can leave out. */
  boolean canBeMasked() {
    return featuresSteps().isPresent() || outputShape.length > 2;
  }

  /** The axis of time steps; empty when examples are no sequences. */
  private Optional<Integer> featuresSteps() {
    if (shape.features() instanceof InputType.InputTypeRecurrent sequence) {
      return Optional.of(sequence.getFormat() == RNNFormat.NWC ? 1 : 2);
    }
    boolean isWords = shape.categories() > 0 && shape.shape(1)[1] > 1;
    return isWords ? Optional.of(1) : Optional.empty();
  }

  /**
   * Makes a client.
   *
   * @param n examples, at least 1
   * @param spread features lie between minus this and this
   * @param masked whether some positions are left out
   */
  DataSet client(int n, double spread, boolean masked, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray features = features(shape, n, spread, random);
    DataSet client = new DataSet(features, labels(n, random));
    if (masked) {
      featuresSteps()
          .ifPresent(
              steps -> client.setFeaturesMaskArray(prefixes(n, features.size(steps), random)));
      if (outputShape.length > 2) {
        client.setLabelsMaskArray(labelsMask(client.getFeaturesMaskArray(), n, random));
      }
    }
    return client;
  }

  private INDArray labelsMask(@Nullable INDArray featuresMask, int n, SplittableRandom random) {
    if (outputShape.length == 3) {
      long steps = outputShape[3 - axis];
      return featuresMask != null && featuresMask.size(1) == steps
          ? featuresMask.dup()
          : prefixes(n, steps, random);
    }
    long[] perPixel = outputShape.clone();
    perPixel[0] = n;
    perPixel[axis] = 1;
    return array(perPixel, () -> random.nextDouble() < MASKED ? 0 : 1);
  }

  /** {@code [n, steps]}: ones, then zeros from a random step on. */
  private static INDArray prefixes(int n, long steps, SplittableRandom random) {
    int length = Math.toIntExact(steps);
    float[] mask = new float[n * length];
    for (int i = 0; i < n; i++) {
      int from = i * length;
      Arrays.fill(mask, from, from + random.nextInt(1, length + 1), 1f);
    }
    return Nd4j.create(mask, new long[] {n, steps}, 'c');
  }

  private static INDArray features(
      ExampleShape shape, int n, double spread, SplittableRandom random) {
    long categories = shape.categories();
    return categories > 0
        ? array(shape.shape(n), () -> random.nextLong(categories))
        : array(shape.shape(n), () -> random.nextDouble(-spread, spread));
  }

  private INDArray labels(int n, SplittableRandom random) {
    long[] dimensions = outputShape.clone();
    dimensions[0] = n;
    long classes = dimensions[axis];
    return switch (task) {
      case CLASSES -> oneHot(dimensions, random);
      case CLASS_NUMBERS -> {
        dimensions[axis] = 1;
        yield array(dimensions, () -> random.nextLong(classes));
      }
      case YES_OR_NO -> array(dimensions, () -> random.nextInt(2));
      case NUMBERS -> array(dimensions, () -> random.nextDouble(0.1, 0.9));
    };
  }

  private INDArray oneHot(long[] dimensions, SplittableRandom random) {
    int classes = Math.toIntExact(dimensions[axis]);
    int after =
        Math.toIntExact(product(Arrays.copyOfRange(dimensions, axis + 1, dimensions.length)));
    float[] values = new float[Math.toIntExact(product(dimensions))];
    for (int i = 0; i < values.length / classes; i++) {
      int label = random.nextInt(classes);
      values[(i / after * classes + label) * after + i % after] = 1;
    }
    return Nd4j.create(values, dimensions, 'c');
  }

  private static INDArray array(long[] shape, DoubleSupplier each) {
    float[] values = new float[Math.toIntExact(product(shape))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) each.getAsDouble();
    }
    return Nd4j.create(values, shape, 'c');
  }
}
