package org.dpfed.dl4j.vector;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** An activation function whose derivative follows from its value. */
enum VectorActivation {
  IDENTITY {
    @Override
    FloatVector value(FloatVector x) {
      return x;
    }

    @Override
    FloatVector slope(FloatVector value) {
      return FloatVector.broadcast(SPECIES, 1);
    }
  },
  RELU {
    @Override
    FloatVector value(FloatVector x) {
      return x.max(0);
    }

    @Override
    FloatVector slope(FloatVector value) {
      return FloatVector.zero(SPECIES).blend(1, value.compare(VectorOperators.GT, 0));
    }
  },
  TANH {
    @Override
    FloatVector value(FloatVector x) {
      return VectorExponential.tanh(x);
    }

    @Override
    FloatVector slope(FloatVector value) {
      return value.neg().fma(value, FloatVector.broadcast(SPECIES, 1));
    }
  },
  SIGMOID {
    @Override
    FloatVector value(FloatVector x) {
      return FloatVector.broadcast(SPECIES, 1).div(VectorExponential.exp(x.neg()).add(1));
    }

    @Override
    FloatVector slope(FloatVector value) {
      return value.neg().fma(value, value);
    }
  };

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  abstract FloatVector value(FloatVector x);

  abstract FloatVector slope(FloatVector value);

  /** The twin of DL4J's function, where there is one. */
  static Optional<VectorActivation> of(IActivation function) {
    Class<?> type = function.getClass();
    if (type == ActivationIdentity.class) {
      return Optional.of(IDENTITY);
    }
    if (type == ActivationTanH.class) {
      return Optional.of(TANH);
    }
    if (type == ActivationSigmoid.class) {
      return Optional.of(SIGMOID);
    }
    return type == ActivationReLU.class && isPlain((ActivationReLU) function)
        ? Optional.of(RELU)
        : Optional.empty();
  }

  private static boolean isPlain(ActivationReLU relu) {
    return isZeroOrUnset(relu.getMax())
        && isZeroOrUnset(relu.getThreshold())
        && isZeroOrUnset(relu.getNegativeSlope());
  }

  private static boolean isZeroOrUnset(Double setting) {
    return setting == null || setting == 0;
  }

  /** Replaces {@code length} values by the function of them. */
  void apply(OffHeapFloats values, int length) {
    if (this == IDENTITY) {
      return;
    }
    int lanes = SPECIES.length();
    int i = 0;
    for (; i <= length - lanes; i += lanes) {
      values.put(value(values.vector(SPECIES, i)), i);
    }
    if (i < length) {
      float[] rest = new float[lanes];
      for (int j = i; j < length; j++) {
        rest[j - i] = values.get(j);
      }
      FloatVector last = value(FloatVector.fromArray(SPECIES, rest, 0));
      for (int j = i; j < length; j++) {
        values.put(last.lane(j - i), j);
      }
    }
  }

  /** {@code delta = epsilon · f′}, with f′ from the function's values. */
  void backpropagate(OffHeapFloats values, OffHeapFloats epsilon, OffHeapFloats delta, int length) {
    int lanes = SPECIES.length();
    int i = 0;
    for (; i <= length - lanes; i += lanes) {
      delta.put(epsilon.vector(SPECIES, i).mul(slope(values.vector(SPECIES, i))), i);
    }
    for (; i < length; i++) {
      FloatVector value = FloatVector.broadcast(SPECIES, values.get(i));
      delta.put(epsilon.get(i) * slope(value).lane(0), i);
    }
  }
}
