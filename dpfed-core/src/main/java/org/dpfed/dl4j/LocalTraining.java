package org.dpfed.dl4j;

/**
 * How much each client trains in a round.
 *
 * @param epochs passes over the client's examples, at least 1
 * @param batchSize examples per step, at least 1; the last batch of a pass may be smaller
 */
public record LocalTraining(int epochs, int batchSize) {
  public LocalTraining {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs must be at least 1, was " + epochs);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1, was " + batchSize);
    }
  }
}
