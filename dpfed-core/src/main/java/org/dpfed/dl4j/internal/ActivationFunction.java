package org.dpfed.dl4j.internal;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** A function of each value by itself, and its derivative. */
interface ActivationFunction {
  /** Replaces {@code length} values by the function of them. */
  void apply(float[] values, int length);

  /**
   * Multiplies {@code gradient} by the derivative.
   *
   * @param known the function's values, or its arguments where it {@link #needsArguments}
   */
  void backpropagate(float[] known, float[] gradient, int length);

  /** Whether the derivative follows from the arguments, and otherwise from the values. */
  default boolean needsArguments() {
    return false;
  }

  /** The equal of DL4J's function, where there is one. */
  static Optional<ActivationFunction> of(IActivation function) {
    return Optional.ofNullable(equalOf(function));
  }

  private static @Nullable ActivationFunction equalOf(IActivation function) {
    Class<?> type = function.getClass();
    if (type == ActivationIdentity.class) {
      return StandardFunction.IDENTITY;
    }
    if (type == ActivationReLU.class) {
      return isPlain((ActivationReLU) function) ? StandardFunction.RELU : null;
    }
    if (type == ActivationReLU6.class) {
      return StandardFunction.RELU6;
    }
    if (type == ActivationLReLU.class) {
      double slope = ((ActivationLReLU) function).getAlpha();
      return slope > 0 ? new LeakyRelu((float) slope) : null;
    }
    if (type == ActivationTanH.class) {
      return StandardFunction.TANH;
    }
    if (type == ActivationSigmoid.class) {
      return StandardFunction.SIGMOID;
    }
    if (type == ActivationHardTanH.class) {
      return StandardFunction.HARD_TANH;
    }
    if (type == ActivationHardSigmoid.class) {
      return StandardFunction.HARD_SIGMOID;
    }
    if (type == ActivationSoftPlus.class) {
      return StandardFunction.SOFTPLUS;
    }
    if (type == ActivationSoftSign.class) {
      return StandardFunction.SOFTSIGN;
    }
    if (type == ActivationSELU.class) {
      return StandardFunction.SELU;
    }
    if (type == ActivationELU.class) {
      // DL4J's derivative is that of 1 for any other factor.
      return ((ActivationELU) function).getAlpha() == 1 ? StandardFunction.ELU : null;
    }
    if (type == ActivationSwish.class) {
      return new SigmoidGate(1);
    }
    if (type == ActivationGELU.class) {
      return ((ActivationGELU) function).isPrecise() ? null : SigmoidGate.GELU;
    }
    return null;
  }

  private static boolean isPlain(ActivationReLU relu) {
    return isZeroOrUnset(relu.getMax())
        && isZeroOrUnset(relu.getThreshold())
        && isZeroOrUnset(relu.getNegativeSlope());
  }

  private static boolean isZeroOrUnset(Double setting) {
    return setting == null || setting == 0;
  }

  /**
   * x, or a part of it below 0.
   *
   * @param slope the part, positive
   */
  record LeakyRelu(float slope) implements ActivationFunction {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(0, values[i]) + slope * Math.min(0, values[i]);
      }
    }

    @Override
    public void backpropagate(float[] known, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        float below = StandardFunction.isPositive(-known[i]);
        gradient[i] *= slope * below + (1 - below);
      }
    }
  }

  /**
   * x · sigmoid(factor · x): with 1 swish (SiLU), with 1.702 the approximation of GELU that DL4J
   * uses (Hendrycks and Gimpel 2016, section 2).
   */
  record SigmoidGate(float factor) implements ActivationFunction {
    static final SigmoidGate GELU = new SigmoidGate(1.702f);

    @Override
    public void apply(float[] values, int length) {
      float half = 0.5f * factor;
      for (int i = 0; i < length; i++) {
        values[i] *= 0.5f + 0.5f * StandardFunction.tanh(half * values[i]);
      }
    }

    @Override
    public void backpropagate(float[] known, float[] gradient, int length) {
      float half = 0.5f * factor;
      for (int i = 0; i < length; i++) {
        float sigmoid = 0.5f + 0.5f * StandardFunction.tanh(half * known[i]);
        gradient[i] *= sigmoid + factor * known[i] * sigmoid * (1 - sigmoid);
      }
    }

    @Override
    public boolean needsArguments() {
      return true;
    }
  }
}
