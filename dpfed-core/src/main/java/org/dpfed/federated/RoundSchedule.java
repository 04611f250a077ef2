package org.dpfed.federated;

import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A factor per round that multiplies a learning rate. The schedules in a network's configuration
 * count one client's steps and restart in each round; this one counts rounds.
 *
 * @param factors evaluated at the round number, from 0, for both iteration and epoch
 */
public record RoundSchedule(ISchedule factors) {
  /** 1 in every round. */
  public static RoundSchedule constant() {
    return new RoundSchedule(new FixedSchedule(1));
  }

  /**
   * The factor of one round.
   *
   * @param round from 0
   * @throws IllegalArgumentException when it is not positive and finite
   */
  public double factor(int round) {
    double factor = factors.valueAt(round, round);
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "a learning rate's factor must be positive and finite, was %s in round %d; change the schedule or the number of rounds"
              .formatted(factor, round + 1));
    }
    return factor;
  }

  /** Whether no round differs from another. */
  public boolean isConstant() {
    return factors instanceof FixedSchedule;
  }

  /**
   * Evaluates the factors of a run before it starts.
   *
   * @param rounds how many there will be
   * @throws IllegalArgumentException when one is not positive and finite
   */
  public void check(int rounds) {
    for (int round = 0; round < rounds; round++) {
      factor(round);
    }
  }
}
