package org.dpfed.accounting;

import java.util.List;

/**
 * Prefix sums released through a sequence of binary trees, a client taking part at most once in
 * each (DP-FTRL with restarts, Kairouz et al. 2021, section 4). Holds under zero-out and
 * replace-one; add-or-remove-one is refused.
 *
 * @param noiseMultiplier noise standard deviation of one node divided by the clip norm
 * @param treeRounds the rounds that each tree covers, each at least 1, in order
 */
public record RestartedTreeAggregation(double noiseMultiplier, List<Integer> treeRounds)
    implements CorrelatedNoise {
  public RestartedTreeAggregation {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    treeRounds = List.copyOf(treeRounds);
    Bounds.atLeast("number of trees", 1, treeRounds.size());
    treeRounds.forEach(rounds -> Bounds.atLeast("treeRounds", 1, rounds));
  }

  @Override
  public double sensitivity() {
    return Math.sqrt((double) squaredSensitivity());
  }

  @Override
  public String participationRule() {
    return "no client joins more than one round of each tree";
  }

  /** The square of the L2 norm, in clip norms, by which a client moves the vector of all nodes. */
  public long squaredSensitivity() {
    // A leaf of a tree over n rounds lies in at most ⌊log₂ n⌋ + 1 complete nodes.
    return treeRounds.stream().mapToLong(n -> Integer.SIZE - Integer.numberOfLeadingZeros(n)).sum();
  }
}
