package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * Prefix sums released through a sequence of binary trees (DP-FTRL with restarts, Kairouz et al.
 * 2021, section 4). Holds under zero-out and replace-one; add-or-remove-one is refused.
 *
 * @param noiseMultiplier noise standard deviation of one node divided by the clip norm
 * @param treeRounds the rounds that each tree covers, each at least 1, in order
 * @param maxParticipations the most rounds of the whole run that one client joins, at least 1
 * @param minSeparation the smallest difference between the indices of two of them that are of one
 *     tree, at least 1; the number of a tree's rounds or more means once in it. Rounds of different
 *     trees may be as close as they like
 */
public record RestartedTreeAggregation(
    double noiseMultiplier, List<Integer> treeRounds, int maxParticipations, int minSeparation)
    implements CorrelatedNoise {
  public RestartedTreeAggregation {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    treeRounds = List.copyOf(treeRounds);
    Bounds.atLeast("number of trees", 1, treeRounds.size());
    treeRounds.forEach(rounds -> Bounds.atLeast("treeRounds", 1, rounds));
    Bounds.atLeast("maxParticipations", 1, maxParticipations);
    Bounds.atLeast("minSeparation", 1, minSeparation);
  }

  /** Trees, of each of which a client joins at most one round. */
  public RestartedTreeAggregation(double noiseMultiplier, List<Integer> treeRounds) {
    this(noiseMultiplier, treeRounds, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** Trees, of each of which a client joins at most one round, and so many of them in all. */
  public static RestartedTreeAggregation oncePerTree(
      double noiseMultiplier, List<Integer> treeRounds, int maxParticipations) {
    return new RestartedTreeAggregation(
        noiseMultiplier, treeRounds, maxParticipations, Integer.MAX_VALUE);
  }

  /** The trees over those rounds alone, the last of them cut. */
  @Override
  public RestartedTreeAggregation firstRounds(int rounds) {
    Bounds.atLeast("rounds", 1, rounds);
    List<Integer> first = new ArrayList<>();
    int left = rounds;
    for (int tree = 0; tree < treeRounds.size() && left > 0; left -= treeRounds.get(tree++)) {
      first.add(Math.min(left, treeRounds.get(tree)));
    }
    return new RestartedTreeAggregation(noiseMultiplier, first, maxParticipations, minSeparation);
  }

  @Override
  public Gaussian roundAgain() {
    int longest = treeRounds.stream().mapToInt(Integer::intValue).max().orElseThrow();
    return TreeSensitivity.roundAgain(noiseMultiplier, longest, attainable(), minSeparation);
  }

  @Override
  public double sensitivity() {
    return Math.sqrt((double) squaredSensitivity());
  }

  @Override
  public String participationRule() {
    boolean oncePerTree = treeRounds.stream().allMatch(rounds -> rounds <= minSeparation);
    if (!oncePerTree) {
      return "no client joins more than "
          + attainable()
          + " rounds, whose indices differ by at least "
          + minSeparation
          + " within a tree";
    } else if (maxParticipations == 1) {
      return "no client joins more than one round";
    }
    return "no client joins more than one round of each tree"
        + (maxParticipations < treeRounds.size()
            ? ", nor more than " + maxParticipations + " rounds"
            : "");
  }

  private long attainable() {
    long room = treeRounds.stream().mapToLong(rounds -> 1 + (rounds - 1) / minSeparation).sum();
    return Math.min(maxParticipations, room);
  }

  /**
   * The square of the L2 norm, in clip norms, by which a client moves the vector of all nodes; an
   * upper bound of it where a client may take part in many rounds of one tree.
   */
  public long squaredSensitivity() {
    return TreeSensitivity.squared(
        treeRounds, (int) Math.min(Integer.MAX_VALUE, attainable()), minSeparation);
  }
}
