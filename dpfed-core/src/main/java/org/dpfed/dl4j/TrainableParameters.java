package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Which parts of a network's flat parameter vector are trained, and the compact vector that holds
 * just those. Frozen layers are left out, so that they are neither averaged nor noised.
 *
 * <p>Networks that keep statistics of the clients' data among their parameters are refused: clipped
 * and noised with the weights, a running variance can turn negative, and averaged without noise it
 * would be a leak.
 *
 * @param total length of the network's parameter vector
 * @param ranges the trained parts, ascending and disjoint
 */
record TrainableParameters(long total, List<Range> ranges) {
  /** Positions {@code from} (included) to {@code to} (excluded). */
  record Range(long from, long to) {}

  /**
   * @param layers of an initialised network, in the order of its parameter vector
   * @throws IllegalArgumentException when a layer cannot be trained under clipping and noise, or
   *     when nothing is left to train
   */
  static TrainableParameters of(Iterable<Layer> layers) {
    List<Range> ranges = new ArrayList<>();
    long position = 0;
    for (Layer layer : layers) {
      long end = position + layer.numParams();
      boolean frozen = layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
      if (!frozen) {
        requireNoStatistics(layer);
        append(ranges, position, end);
      }
      position = end;
    }
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException(
          "the network has no parameters to train; leave at least one layer with weights unfrozen");
    }
    return new TrainableParameters(position, List.copyOf(ranges));
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

  private static void requireNoStatistics(Layer layer) {
    String name = layer.conf().getLayer().getLayerName();
    if (layer instanceof BatchNormalization) {
      throw new IllegalArgumentException(
          ("layer '%s' is BatchNormalization: its running mean and variance are parameters, and would be"
                  + " clipped and noised with the weights. Use layer normalisation (hasLayerNorm(true)) or"
                  + " LocalResponseNormalization, or wrap the layer in FrozenLayer to keep pretrained"
                  + " statistics fixed")
              .formatted(name));
    }
    if (layer instanceof CenterLossOutputLayer) {
      throw new IllegalArgumentException(
          ("layer '%s' is CenterLossOutputLayer: its class centres are averages of clients' activations kept"
                  + " among the parameters, and would be clipped and noised with the weights. Use OutputLayer")
              .formatted(name));
    }
    if (layer instanceof BaseWrapperLayer wrapper) {
      requireNoStatistics(wrapper.getUnderlying());
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
