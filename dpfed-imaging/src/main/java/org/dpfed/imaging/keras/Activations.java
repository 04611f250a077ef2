package org.dpfed.imaging.keras;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Activations by Keras' names. */
final class Activations {
  private Activations() {}

  /** That of a layer; identity for layers that have none. */
  static IActivation of(LayerConfig layer) throws KerasException {
    return switch (layer.kind()) {
      case "Dense", "Conv2D", "Conv2DTranspose", "Activation" -> named(layer);
      case "LeakyReLU" -> new ActivationLReLU(layer.number("alpha", 0.3));
      case "ReLU" -> rectifier(layer);
      case "Softmax" -> {
        layer.require("axis", java.util.Set.of("-1"), "take softmax over the last axis");
        yield new ActivationSoftmax();
      }
      default -> new ActivationIdentity();
    };
  }

  private static IActivation named(LayerConfig layer) throws KerasException {
    String name = layer.word("activation", "linear");
    return switch (name) {
      case "linear" -> new ActivationIdentity();
      case "relu" -> new ActivationReLU();
      case "tanh" -> new ActivationTanH();
      case "sigmoid" -> new ActivationSigmoid();
      case "softmax" -> new ActivationSoftmax();
      case "elu" -> new ActivationELU();
      case "selu" -> new ActivationSELU();
      case "softplus" -> new ActivationSoftPlus();
      case "softsign" -> new ActivationSoftSign();
      case "swish" -> new ActivationSwish();
      default ->
          throw layer.problem(
              "activation %s is not supported; those are linear, relu, tanh, sigmoid, softmax, elu, selu, softplus, softsign and swish"
                  .formatted(name));
    };
  }

  private static IActivation rectifier(LayerConfig layer) throws KerasException {
    double limit = layer.number("max_value", Double.POSITIVE_INFINITY);
    double slope = layer.number("negative_slope", 0);
    boolean isPlain = layer.number("threshold", 0) == 0;
    if (isPlain && limit == Double.POSITIVE_INFINITY) {
      return slope == 0 ? new ActivationReLU() : new ActivationLReLU(slope);
    }
    if (isPlain && limit == 6 && slope == 0) {
      return new ActivationReLU6();
    }
    throw layer.problem("only threshold 0 is supported, and max_value 6 without negative_slope");
  }
}
