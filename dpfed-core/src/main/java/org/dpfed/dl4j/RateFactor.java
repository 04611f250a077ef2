package org.dpfed.dl4j;

import java.io.Serializable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Multiplies all learning rates of one network, for schedules by round. The network's own
 * schedules, which count the steps of one client, continue to apply.
 */
final class RateFactor implements Serializable {
  private double factor = 1;
  private @Nullable String obstacle;

  private RateFactor() {}

  /**
   * Takes over the learning rates of a network.
   *
   * @param model with a configuration of its own, and no updater yet
   */
  static RateFactor of(Model model) {
    RateFactor all = new RateFactor();
    Set<IUpdater> done = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Parameter parameter : ParameterLayout.of(model).parameters()) {
      IUpdater updater = parameter.owner().getConfig().getUpdaterByParam(parameter.name());
      // A parameter with no updater fails at the first step, which NetworkGuard takes.
      if (updater != null && !(updater instanceof NoOp) && done.add(updater)) {
        all.takeOver(parameter, updater);
      }
    }
    return all;
  }

  private void takeOver(Parameter parameter, IUpdater updater) {
    if (updater.hasLearningRate()) {
      updater.setLrAndSchedule(Double.NaN, new Scaled(this, updater.clone()));
      IUpdater now = parameter.owner().getConfig().getUpdaterByParam(parameter.name());
      double full = now.getLearningRate(0, 0);
      factor = 0.5;
      boolean follows = now.getLearningRate(0, 0) == 0.5 * full;
      factor = 1;
      if (follows) {
        return;
      }
    }
    if (obstacle == null) {
      obstacle =
          "%s has the updater %s, which has no learning rate that can be changed"
              .formatted(parameter.label(), updater.getClass().getSimpleName());
    }
  }

  /** Why not all rates follow the factor; empty when they do. */
  Optional<String> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /** Changes the factor from the next step on. */
  void set(double newFactor) {
    factor = newFactor;
  }

  /** The rate of {@code updater} times the factor. */
  private record Scaled(RateFactor owner, IUpdater updater) implements ISchedule {
    @Override
    public double valueAt(int iteration, int epoch) {
      return owner.factor * updater.getLearningRate(iteration, epoch);
    }

    @Override
    public ISchedule clone() {
      return this;
    }
  }
}
