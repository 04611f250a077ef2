package org.dpfed.dl4j.internal;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The positions of a layer's weights, biases and their gradients in the network's flat vectors,
 * which have the same order. They are looked up again when the network receives other vectors.
 */
final class Weights {
  private static final String BIAS = DefaultParamInitializer.BIAS_KEY;

  private final Layer layer;
  private final String key;
  private @Nullable INDArray parameters;
  private @Nullable INDArray gradients;
  private long weights;
  private long weightGradient;
  private FloatBuffer weightFloats = FloatBuffer.allocate(0);
  private @Nullable FloatBuffer weightGradientFloats;
  private @Nullable FloatBuffer bias;
  private @Nullable FloatBuffer biasGradient;
  private float[] biases = {};

  Weights(Layer layer) {
    this(layer, DefaultParamInitializer.WEIGHT_KEY);
  }

  /**
   * Of a layer with several arrays of weights.
   *
   * @param key DL4J's name of this one
   */
  Weights(Layer layer, String key) {
    this.layer = layer;
    this.key = key;
  }

  /** How many weights there are. */
  int size() {
    locate();
    return weightFloats.capacity();
  }

  /** Address of the weights. */
  long address() {
    locate();
    return weights;
  }

  /** Address of the gradient of the weights; 0 before the network has one. */
  long gradientAddress() {
    locate();
    return weightGradient;
  }

  /** Copies all weights, in the order in memory. */
  void read(float[] target) {
    locate();
    weightFloats.get(0, target, 0, weightFloats.capacity());
  }

  /** Overwrites the gradient of all weights, in the order in memory. */
  void weightGradient(float[] values) {
    locate();
    if (weightGradientFloats != null) {
      weightGradientFloats.put(0, values, 0, weightFloats.capacity());
    }
  }

  /** The biases, one for each unit; empty when the layer has none. */
  float[] biases() {
    locate();
    if (bias != null) {
      bias.get(0, biases, 0, biases.length);
    }
    return biases;
  }

  /** Overwrites the gradient of the biases. */
  void biasGradient(float[] values) {
    locate();
    if (biasGradient != null) {
      biasGradient.put(0, values, 0, biases.length);
    }
  }

  private void locate() {
    INDArray all = layer.params();
    INDArray allGradients = layer.getGradientsViewArray();
    if (all == parameters && allGradients == gradients) {
      return;
    }
    long start = NativeFloats.address(all);
    INDArray matrix = layer.getParam(key);
    int size = (int) matrix.length();
    weights = NativeFloats.address(matrix);
    weightFloats = NativeFloats.window(matrix, 0, size);
    weightGradientFloats =
        allGradients == null
            ? null
            : NativeFloats.window(allGradients, (weights - start) / Float.BYTES, size);
    weightGradient =
        allGradients == null ? 0 : NativeFloats.address(allGradients) + weights - start;
    if (layer.paramTable().containsKey(BIAS)) {
      INDArray own = layer.getParam(BIAS);
      int units = (int) own.length();
      biases = new float[units];
      bias = NativeFloats.window(own, 0, units);
      long position = (NativeFloats.address(own) - start) / Float.BYTES;
      biasGradient =
          allGradients == null ? null : NativeFloats.window(allGradients, position, units);
    }
    parameters = all;
    gradients = allGradients;
  }
}
