package org.dpfed.dl4j;

import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.CrashReportingUtil;
import org.dpfed.dl4j.internal.FastLayers;
import org.dpfed.dl4j.internal.TrainingSteps;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One reused DL4J network. {@link #reset} restores the state of a new network, which is much
 * cheaper than creating one; it lists all state that training changes.
 */
final class LocalNetwork implements AutoCloseable {
  private final Model model;
  private final NeuralNetwork network;
  private final TrainedParts parts;

  /** Those that are not shared, and their values, which reset puts back. */
  private final Optional<TrainableParameters> fixed;

  private final Optional<INDArray> fixedValues;

  /** What steps do not change for now, and its values. */
  private Optional<TrainableParameters> held = Optional.empty();

  private Optional<INDArray> heldValues = Optional.empty();

  private final boolean fast;

  /** A shorter way to the same step, where there is one. */
  private final Optional<TrainingSteps> steps;

  private final RateFactor rates;

  /** Copy of the updater's state before the first step; zeros would be wrong for some updaters. */
  private final @Nullable INDArray pristineUpdaterState;

  /**
   * Switches DL4J's crash dumps off for the whole process: where a client runs out of memory, DL4J
   * would otherwise leave a file in the working directory and an error in the log, and both would
   * tell that this client took part.
   *
   * @param model freshly made, of a class that is both {@link Model} and {@link NeuralNetwork}
   * @param fast whether to compute with {@link FastLayers} where that is possible
   */
  LocalNetwork(Model model, TrainedParts parts, boolean fast) {
    CrashReportingUtil.crashDumpsEnabled(false);
    this.model = model;
    this.network = (NeuralNetwork) model;
    this.parts = parts;
    this.fixed = parts.shared().complement();
    this.fixedValues = fixed.map(others -> others.gather(model.params()));
    // Before the updater is made, which keeps the rates that it finds.
    this.rates = RateFactor.of(model);
    this.fast = fast;
    if (fast) {
      FastLayers.install(model);
    }
    this.steps = fast ? TrainingSteps.of(model) : Optional.empty();
    INDArray state = updaterState();
    this.pristineUpdaterState = state == null ? null : state.dup();
  }

  /**
   * Puts the network into the state of a new one with these parameters.
   *
   * @param parameters shape {@code [d]}, shared part; unchanged
   * @param rateFactor multiplies all learning rates until the next reset
   * @param seed of the generators that dropout draws from: that of the steps, and this thread's
   */
  void reset(INDArray parameters, double rateFactor, long seed) {
    setParameters(parameters);
    fixed.ifPresent(others -> others.scatter(fixedValues.orElseThrow(), model.params()));
    rates.set(rateFactor);
    hold(Optional.empty());
    restart();
    Nd4j.getRandom().setSeed(seed);
    steps.ifPresent(each -> each.begin(seed));
  }

  /** Restores all that training changes beside the parameters and the generator. */
  private void restart() {
    INDArray state = updaterState();
    if (state != null && pristineUpdaterState != null) {
      state.assign(pristineUpdaterState);
    }
    // Where backpropagation does not come, regularisation adds to what the last step left.
    INDArray gradients = model.getGradientsViewArray();
    if (gradients != null) {
      gradients.assign(0);
    }
    if (model instanceof MultiLayerNetwork net) {
      net.setIterationCount(0);
      net.setEpochCount(0);
      net.rnnClearPreviousState();
    } else if (model instanceof ComputationGraph graph) {
      graph.getConfiguration().setIterationCount(0);
      graph.getConfiguration().setEpochCount(0);
      graph.rnnClearPreviousState();
    }
  }

  /** From now on steps change the personal parameters alone, and begin as after a reset. */
  void trainPersonal() {
    hold(Optional.of(parts.shared()));
    restart();
  }

  /** From now on steps change the shared parameters alone, and begin as after a reset. */
  void trainShared() {
    hold(parts.personal());
    restart();
  }

  private void hold(Optional<TrainableParameters> part) {
    heldValues.ifPresent(INDArray::close);
    held = part;
    heldValues = part.map(each -> each.gather(model.params()));
  }

  /** Sets the shared part of the parameters, shape {@code [d]}, and nothing else. */
  void setParameters(INDArray parameters) {
    parts.shared().scatter(parameters, model.params());
  }

  /**
   * One step on one batch; returns the loss before it. What is held gets its values back
   * afterwards. That is the step without it: an updater treats each parameter, and gradient
   * normalisation and constraints each layer, apart from the others.
   */
  double step(Batches.Batch batch) {
    double loss = stepOnAll(batch);
    held.ifPresent(part -> part.scatter(heldValues.orElseThrow(), model.params()));
    return loss;
  }

  private double stepOnAll(Batches.Batch batch) {
    if (steps.isPresent()
        && batch.isPlain(
            steps.get().takesSeries(), steps.get().makesSeries(), steps.get().takesWeights())) {
      return steps
          .get()
          .take(
              batch.features(),
              batch.featuresShape(),
              batch.labels(),
              batch.labelsShape(),
              batch.weights());
    }
    batch.with(network::fit);
    return model.score();
  }

  /** Counts a finished epoch, for learning-rate schedules by epoch. */
  void endEpoch() {
    if (model instanceof MultiLayerNetwork net) {
      net.incrementEpochCount();
    } else if (model instanceof ComputationGraph graph) {
      graph.incrementEpochCount();
    }
  }

  /** Now minus {@code global}: a fresh array of shape {@code [d]}, owned by the caller. */
  INDArray deltaFrom(INDArray global) {
    return parts.shared().change(model.params(), global);
  }

  /** DL4J's network. */
  Model model() {
    return model;
  }

  /** Why DL4J computes the steps where fast ones were wanted, in one line; otherwise empty. */
  Optional<String> stepObstacle() {
    return fast ? TrainingSteps.obstacle(model) : Optional.empty();
  }

  /** Why learning rates cannot be multiplied by a factor; empty when they can. */
  Optional<String> rateObstacle() {
    return rates.obstacle();
  }

  /** Of all parameters, or null where the updater has none. */
  @Nullable INDArray updaterState() {
    return network.updaterState();
  }

  /** Frees the network's arrays, without the garbage collection that DL4J's own close asks for. */
  @Override
  public void close() {
    steps.ifPresent(TrainingSteps::close);
    FastLayers.close(model);
    Stream.of(model.params(), model.getGradientsViewArray(), updaterState(), pristineUpdaterState)
        .filter(array -> array != null && array.closeable())
        .forEach(INDArray::close);
    fixedValues.ifPresent(INDArray::close);
    heldValues.ifPresent(INDArray::close);
  }
}
