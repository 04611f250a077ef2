package org.dpfed.federated;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Updates the global parameters with the noisy mean of the deltas (Reddi et al. 2021, "Adaptive
 * Federated Optimization", Algorithm 2). It sees the mean only after noise was added, so it costs
 * no privacy.
 *
 * <p>An optimizer contains only its settings; {@link #start} creates the state for one run.
 */
public sealed interface ServerOptimizer {

  /**
   * State for one run over parameters of length {@code dimension}, to be closed after it.
   *
   * @param dimension at least 1
   */
  Stepper start(long dimension);

  /**
   * What the learning rate is multiplied by in one round; 1 unless {@link Scheduled}.
   *
   * @param round from 0
   */
  default double rateFactor(int round) {
    return 1;
  }

  /**
   * Checks the settings against the length of a run, before it starts.
   *
   * @param rounds how many there will be
   * @throws IllegalArgumentException when a learning rate of one of them is not positive and finite
   */
  default void check(int rounds) {}

  /** One run's state: applies means in the order of the rounds. */
  interface Stepper extends AutoCloseable {
    /**
     * Moves {@code parameters} along {@code mean}.
     *
     * @param parameters shape {@code [d]}; changed in place
     * @param mean shape {@code [d]}, noisy mean delta; may be overwritten
     * @param rateFactor multiplies the learning rate of this step
     */
    void step(INDArray parameters, INDArray mean, double rateFactor);

    /** What later steps depend on: the optimizer's own vectors, shape {@code [d]}. */
    List<INDArray> state();

    /** Frees the state. */
    @Override
    void close();
  }

  /**
   * {@code m ← momentum · m + mean}, {@code parameters ← parameters + learningRate · m}. With
   * learning rate 1 and no momentum this is plain federated averaging.
   *
   * @param learningRate positive
   * @param momentum in [0, 1)
   */
  record Sgd(double learningRate, double momentum) implements ServerOptimizer {
    public Sgd {
      requirePositive("learningRate", learningRate);
      requireDecay("momentum", momentum);
    }

    /** Plain federated averaging: the mean is added as it is. */
    public Sgd() {
      this(1, 0);
    }

    @Override
    public Stepper start(long dimension) {
      return new MomentumStepper(this, dimension);
    }
  }

  /**
   * {@code v ← beta2 · v + (1 − beta2) · mean²} (FedAdam, no bias correction).
   *
   * @param learningRate positive
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param adaptivity τ, positive: added to √v, which starts at τ
   */
  record Adam(double learningRate, double beta1, double beta2, double adaptivity)
      implements ServerOptimizer {
    public Adam {
      requireAdaptive(learningRate, beta1, beta2, adaptivity);
    }

    /** The decays and τ of Reddi et al. 2021, §5: 0.9, 0.99, 10⁻³. */
    public Adam(double learningRate) {
      this(learningRate, 0.9, 0.99, 1e-3);
    }

    @Override
    public Stepper start(long dimension) {
      return new AdaptiveStepper(
          learningRate,
          beta1,
          adaptivity,
          dimension,
          (v, square) -> v.muli(beta2).addi(square.muli(1 - beta2)));
    }
  }

  /**
   * {@code v ← v + mean²} (FedAdagrad).
   *
   * @param learningRate positive
   * @param beta1 decay of the first moment, in [0, 1)
   * @param adaptivity τ, positive: added to √v, which starts at τ
   */
  record Adagrad(double learningRate, double beta1, double adaptivity) implements ServerOptimizer {
    public Adagrad {
      requireAdaptive(learningRate, beta1, 0, adaptivity);
    }

    /** No momentum and τ = 10⁻³, as in Reddi et al. 2021, §5. */
    public Adagrad(double learningRate) {
      this(learningRate, 0, 1e-3);
    }

    @Override
    public Stepper start(long dimension) {
      return new AdaptiveStepper(
          learningRate, beta1, adaptivity, dimension, (v, square) -> v.addi(square));
    }
  }

  /**
   * {@code v ← v − (1 − beta2) · mean² · sign(v − mean²)} (FedYogi).
   *
   * @param learningRate positive
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param adaptivity τ, positive: added to √v, which starts at τ
   */
  record Yogi(double learningRate, double beta1, double beta2, double adaptivity)
      implements ServerOptimizer {
    public Yogi {
      requireAdaptive(learningRate, beta1, beta2, adaptivity);
    }

    /** The decays and τ of Reddi et al. 2021, §5: 0.9, 0.99, 10⁻³. */
    public Yogi(double learningRate) {
      this(learningRate, 0.9, 0.99, 1e-3);
    }

    @Override
    public Stepper start(long dimension) {
      return new AdaptiveStepper(
          learningRate,
          beta1,
          adaptivity,
          dimension,
          (v, square) -> {
            INDArray sign = Transforms.sign(v.sub(square), false);
            v.subi(square.muli(sign).muli(1 - beta2));
          });
    }
  }

  /**
   * Another optimizer whose learning rate changes from round to round.
   *
   * @param optimizer whose learning rate is multiplied
   * @param schedule by what, in each round
   */
  record Scheduled(ServerOptimizer optimizer, RoundSchedule schedule) implements ServerOptimizer {
    @Override
    public Stepper start(long dimension) {
      return optimizer.start(dimension);
    }

    @Override
    public double rateFactor(int round) {
      return schedule.factor(round) * optimizer.rateFactor(round);
    }

    @Override
    public void check(int rounds) {
      schedule.check(rounds);
      optimizer.check(rounds);
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be positive and finite, was " + value);
    }
  }

  private static void requireDecay(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), was " + value);
    }
  }

  private static void requireAdaptive(
      double learningRate, double beta1, double beta2, double adaptivity) {
    requirePositive("learningRate", learningRate);
    requireDecay("beta1", beta1);
    requireDecay("beta2", beta2);
    requirePositive("adaptivity", adaptivity);
  }
}
