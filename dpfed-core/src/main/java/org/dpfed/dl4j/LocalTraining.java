package org.dpfed.dl4j;

import org.dpfed.federated.Augmentation;
import org.dpfed.federated.RoundSchedule;

/**
 * The amount of training per client and round.
 *
 * @param epochs passes over the client's examples, at least 1
 * @param batchSize examples per step, at least 1; the last batch of a pass may be smaller
 * @param maxExamples the most examples of a client that a round uses, at least 1; a client that has
 *     more trains on a random part of them, drawn anew each round
 * @param maxSteps the most steps that a client takes on the shared parameters in a round, at least
 *     1
 * @param learningRate multiplies the learning rates of all layers, round by round
 * @param personalSteps the steps that a client takes on its personal parameters in a round, before
 *     those on the shared ones; 0 for a network without personal layers
 * @param augmentation changes copies of the examples before each step uses them; evaluation sees
 *     them as they are
 */
public record LocalTraining(
    int epochs,
    int batchSize,
    int maxExamples,
    int maxSteps,
    RoundSchedule learningRate,
    int personalSteps,
    Augmentation augmentation) {
  public LocalTraining {
    requireAtLeastOne("epochs", epochs);
    requireAtLeastOne("batchSize", batchSize);
    requireAtLeastOne("maxExamples", maxExamples);
    requireAtLeastOne("maxSteps", maxSteps);
    if (personalSteps < 0) {
      throw new IllegalArgumentException("personalSteps must be at least 0, was " + personalSteps);
    }
  }

  /**
   * All of a client's examples in every epoch, as they are, at the network's own learning rates,
   * and no personal layers.
   */
  public LocalTraining(int epochs, int batchSize) {
    this(
        epochs,
        batchSize,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        RoundSchedule.constant(),
        0,
        Augmentation.NONE);
  }

  /**
   * The same with another bound on a client's examples, which bounds a client's time and memory.
   */
  public LocalTraining withMaxExamples(int newMaxExamples) {
    return new LocalTraining(
        epochs, batchSize, newMaxExamples, maxSteps, learningRate, personalSteps, augmentation);
  }

  /** The same with another bound on a client's steps, which bounds the time that it takes. */
  public LocalTraining withMaxSteps(int newMaxSteps) {
    return new LocalTraining(
        epochs, batchSize, maxExamples, newMaxSteps, learningRate, personalSteps, augmentation);
  }

  /** The same with learning rates that change from round to round. */
  public LocalTraining withLearningRate(RoundSchedule newLearningRate) {
    return new LocalTraining(
        epochs, batchSize, maxExamples, maxSteps, newLearningRate, personalSteps, augmentation);
  }

  /** The same for a network with personal layers, which a client trains for this many steps. */
  public LocalTraining withPersonalSteps(int newPersonalSteps) {
    return new LocalTraining(
        epochs, batchSize, maxExamples, maxSteps, learningRate, newPersonalSteps, augmentation);
  }

  /** The same on examples that this changes before each step. */
  public LocalTraining withAugmentation(Augmentation newAugmentation) {
    return new LocalTraining(
        epochs, batchSize, maxExamples, maxSteps, learningRate, personalSteps, newAugmentation);
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }
}
