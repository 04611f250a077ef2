package org.dpfed.imaging.keras;

/** Why a layer is refused, and what to do instead. */
final class RefusedLayers {
  private RefusedLayers() {}

  /**
   * @param kind Keras' class
   */
  static String remedy(String kind) {
    return switch (kind) {
      case "BatchNormalization", "SyncBatchNormalization" ->
          "it keeps a running mean and variance of clients' data, so dpfed refuses it; make the network with org.dpfed.imaging.layers.GroupNorm and train it anew";
      case "GroupNormalization", "LayerNormalization", "UnitNormalization" ->
          "Deeplearning4j does not import it; make the network with org.dpfed.imaging.layers.GroupNorm";
      case "Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer" ->
          "it is code, which a file does not carry; put layers in its place";
      case "Sequential", "Functional", "Model" ->
          "it is a model inside the model; make one of their layers, as Model(base.input, head(base.output)) does";
      case "InputLayer" -> "a model needs one input; merge them in the model";
      case "Rescaling", "Resizing", "Normalization" ->
          "it prepares images; leave it out and prepare the clients' images so";
      default ->
          "is not supported; the layers are Dense, Conv2D, Conv2DTranspose, pooling, Flatten, Dropout, activations, UpSampling2D, ZeroPadding2D, Cropping2D, Concatenate, Add, Subtract, Multiply, Average and Maximum";
    };
  }
}
