package org.dpfed.dl4j.internal;

/** The activation functions without a setting. */
enum StandardFunction implements ActivationFunction {
  IDENTITY {
    @Override
    public void apply(float[] values, int length) {}

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {}
  },
  RELU {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(0, values[i]);
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= isPositive(values[i]);
      }
    }
  },
  RELU6 {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.min(6, Math.max(0, values[i]));
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= isPositive(values[i]) * isPositive(6 - values[i]);
      }
    }
  },
  TANH {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = tanh(values[i]);
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= 1 - values[i] * values[i];
      }
    }
  },
  SIGMOID {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = (float) (1 / (1 + Math.exp(-values[i])));
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= values[i] * (1 - values[i]);
      }
    }
  },
  /** x between -1 and 1, where the derivative is 1. */
  HARD_TANH {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(-1, Math.min(1, values[i]));
      }
    }

    @Override
    public void backpropagate(float[] arguments, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= 1 - isPositive(Math.abs(arguments[i]) - 1);
      }
    }

    @Override
    public boolean needsArguments() {
      return true;
    }
  },
  /** x / 5 + 1/2 between 0 and 1. */
  HARD_SIGMOID {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(0, Math.min(1, 0.2f * values[i] + 0.5f));
      }
    }

    @Override
    public void backpropagate(float[] arguments, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= 0.2f * (1 - isPositive(Math.abs(arguments[i]) - 2.5f));
      }
    }

    @Override
    public boolean needsArguments() {
      return true;
    }
  },
  /** log(1 + eˣ), whose derivative is 1 - e⁻ʸ at the value y. */
  SOFTPLUS {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = (float) (Math.max(0, values[i]) + Math.log1p(Math.exp(-Math.abs(values[i]))));
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= -expMinus1(-values[i]);
      }
    }
  },
  /** x / (1 + |x|). */
  SOFTSIGN {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] /= 1 + Math.abs(values[i]);
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        float rest = 1 - Math.abs(values[i]);
        gradient[i] *= rest * rest;
      }
    }
  },
  ELU {
    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(0, values[i]) + expMinus1(Math.min(0, values[i]));
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        gradient[i] *= 1 + Math.min(0, values[i]);
      }
    }
  },
  /** Klambauer et al. 2017, with the derivative at 0 from below, as DL4J has it. */
  SELU {
    private static final float SCALE = 1.050701f;
    private static final float DEPTH = 1.7580993f;

    @Override
    public void apply(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        values[i] = SCALE * Math.max(0, values[i]) + DEPTH * expMinus1(Math.min(0, values[i]));
      }
    }

    @Override
    public void backpropagate(float[] values, float[] gradient, int length) {
      for (int i = 0; i < length; i++) {
        float above = isPositive(values[i]);
        gradient[i] *= SCALE * above + (DEPTH + Math.min(0, values[i])) * (1 - above);
      }
    }
  };

  /**
   * 1 for the smallest positive float or more, otherwise 0: arithmetic, since nobody could predict
   * a branch here.
   */
  static float isPositive(float value) {
    return Math.max(0, Math.min(1, value * 0x1p127f * 0x1p127f));
  }

  /**
   * A quotient of two polynomials of degree 4 in x², fitted to tanh x / x with a relative error of
   * 2.6e-8 up to where a float's tanh is 1; evaluated in float, three units in the last place.
   * Arithmetic alone, so that loops over it become vector instructions.
   */
  static float tanh(float value) {
    float x = Math.max(-9.2f, Math.min(9.2f, value));
    float t = x * x;
    float p = 1.3002188e-8f * t + 2.035351e-5f;
    p = p * t + 0.003480012f;
    p = p * t + 0.13367897f;
    p = p * t + 1;
    float q = 7.63193e-7f * t + 3.2601925e-4f;
    q = q * t + 0.025817683f;
    q = q * t + 0.4670121f;
    q = q * t + 1;
    return Math.max(-1, Math.min(1, x * p / q));
  }

  /** eˣ - 1 = 2 t / (1 - t) with t = tanh x/2, of a value that is not positive. */
  static float expMinus1(float value) {
    float t = tanh(0.5f * value);
    return 2 * t / (1 - t);
  }
}
