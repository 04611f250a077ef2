package org.dpfed.accounting;

/**
 * Which rounds of a run were charged: its first {@code reached}, each once, and {@code again} more
 * charges for rounds among them. A round is charged again when a run is resumed from before it.
 *
 * @param reached at least 0
 * @param again at least 0
 */
public record ChargedRounds(int reached, int again) {
  public ChargedRounds {
    Bounds.atLeast("reached", 0, reached);
    Bounds.atLeast("again", 0, again);
  }

  /** The first rounds, each once. */
  public static ChargedRounds first(int rounds) {
    return new ChargedRounds(rounds, 0);
  }

  /**
   * These, and once more the rounds from {@code from} to {@code to} − 1.
   *
   * @param from counts from 0
   */
  public ChargedRounds and(int from, int to) {
    int repeated = Math.max(0, Math.min(reached, to) - from);
    return new ChargedRounds(Math.max(reached, to), Math.addExact(again, repeated));
  }

  /** How many charges these are. */
  public long total() {
    return (long) reached + again;
  }
}
