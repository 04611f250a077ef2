package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The trained ranges of a network's flat parameter vector, and the compact vector that contains
 * only those. Parameters that training cannot change are left out, so they are neither averaged nor
 * noised.
 *
 * @param total length of the network's parameter vector
 * @param ranges the trained parts, ascending and disjoint
 */
record TrainableParameters(long total, List<Range> ranges) {
  /** Positions {@code from} (included) to {@code to} (excluded). */
  record Range(long from, long to) {}

  /**
   * @param layout of an initialised network
   * @param fixed which of its parameters are left out
   * @throws IllegalArgumentException when nothing is left to train
   */
  static TrainableParameters of(ParameterLayout layout, Predicate<Parameter> fixed) {
    List<Range> ranges = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      if (!fixed.test(parameter)) {
        append(ranges, parameter.from(), parameter.to());
      }
    }
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException(
          "the network has no parameters to train; leave at least one layer with weights unfrozen and with a learning rate above 0");
    }
    return new TrainableParameters(layout.total(), List.copyOf(ranges));
  }

  /** The other parts, which training leaves as they are; empty when there are none. */
  Optional<TrainableParameters> complement() {
    List<Range> others = new ArrayList<>();
    long position = 0;
    for (Range range : ranges) {
      append(others, position, range.from());
      position = range.to();
    }
    append(others, position, total);
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(new TrainableParameters(total, List.copyOf(others)));
  }

  private static void append(List<Range> ranges, long from, long to) {
    if (from == to) {
      return;
    }
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).to() == from) {
      ranges.set(last, new Range(ranges.get(last).from(), to));
    } else {
      ranges.add(new Range(from, to));
    }
  }

  /** Number of trained parameters. */
  long dimension() {
    return ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
  }

  /**
   * The trained part of a parameter vector.
   *
   * @param parameters the network's own vector of {@link #total} elements, any rank; unchanged
   * @return a fresh array of shape {@code [dimension]}, owned by the caller
   */
  INDArray gather(INDArray parameters) {
    INDArray trained = Nd4j.createUninitializedDetached(DataType.FLOAT, dimension());
    if (isWhole()) {
      return trained.assign(parameters);
    }
    INDArray flat = parameters.reshape(total);
    long position = 0;
    for (Range range : ranges) {
      long end = position + range.to() - range.from();
      trained
          .get(NDArrayIndex.interval(position, end))
          .assign(flat.get(NDArrayIndex.interval(range.from(), range.to())));
      position = end;
    }
    return trained;
  }

  /**
   * What training has changed.
   *
   * @param parameters the network's own vector of {@link #total} elements, any rank; unchanged
   * @param before shape {@code [dimension]}; unchanged
   * @return the trained part minus {@code before}, a fresh array of its shape, owned by the caller
   */
  INDArray change(INDArray parameters, INDArray before) {
    return isWhole() && parameters.rank() == 1
        ? parameters.sub(before, Nd4j.createUninitializedDetached(DataType.FLOAT, total))
        : gather(parameters).subi(before);
  }

  /** Whether every parameter is trained; copies then need no views, which nobody could close. */
  private boolean isWhole() {
    return dimension() == total;
  }

  /**
   * Writes the trained part back, leaving the rest as it is.
   *
   * @param trained shape {@code [dimension]}; unchanged
   * @param parameters the network's own vector; changed in place
   */
  void scatter(INDArray trained, INDArray parameters) {
    if (isWhole()) {
      parameters.assign(trained);
      return;
    }
    INDArray flat = parameters.reshape(total);
    long position = 0;
    for (Range range : ranges) {
      long end = position + range.to() - range.from();
      flat.get(NDArrayIndex.interval(range.from(), range.to()))
          .assign(trained.get(NDArrayIndex.interval(position, end)));
      position = end;
    }
  }
}
