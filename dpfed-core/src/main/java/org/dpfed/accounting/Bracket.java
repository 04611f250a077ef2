package org.dpfed.accounting;

import java.util.function.DoubleUnaryOperator;

/**
 * Two settings, of which one meets the target and the other does not, drawn together by the
 * Illinois method in log–log coordinates.
 */
final class Bracket {
  /** Answers are within this factor of the best where epsilon is smooth, */
  private static final double TOLERANCE = 1e-7;

  /** and within this where guesses do not converge, since the accountant's bounds waver. */
  private static final double ROUGH_TOLERANCE = 1e-5;

  /** Where epsilon jumps, most often to 0, they are within this factor of the jump. */
  private static final double JUMP_TOLERANCE = 1e-2;

  /** Over so short a bracket epsilon does not change by more than this but by a jump. */
  private static final double LEAST_JUMP = 0.5;

  /** Over a bracket with more change than this a line is no guide. */
  private static final double MOST_CHANGE = 8;

  /** After so many guesses there are only halves. */
  private static final int MOST_GUESSES = 12;

  /** A setting, and by how much it exceeds the target. */
  record End(double value, double excess) {
    boolean meetsTarget() {
      return excess <= 0;
    }
  }

  private final DoubleUnaryOperator excess;
  private final boolean whole;
  private End over;
  private End within;

  /** How often the same end was moved in a row: positive for the one within. */
  private int sameSide;

  private double weightOver = 1;
  private double weightWithin = 1;

  /**
   * A bracket of settings, all positive.
   *
   * @param excess the logarithm of epsilon over its target, by setting
   * @param over an end that does not meet the target
   * @param within an end that does
   * @param whole whether settings are whole numbers
   */
  Bracket(DoubleUnaryOperator excess, End over, End within, boolean whole) {
    this.excess = excess;
    this.over = over;
    this.within = within;
    this.whole = whole;
  }

  /** The end that meets the target, once the other is next to it. */
  double narrowed() {
    for (int guesses = 0; !isNarrow(guesses); guesses++) {
      boolean guess = guesses < MOST_GUESSES && Math.abs(sameSide) < 4 && change() < MOST_CHANGE;
      double value = guess ? guessed() : halved();
      move(new End(value, excess.applyAsDouble(value)), guess);
    }
    return within.value;
  }

  private boolean isNarrow(int guesses) {
    double width = Math.abs(Math.log(over.value / within.value));
    return width <= (guesses < MOST_GUESSES ? TOLERANCE : ROUGH_TOLERANCE)
        || (width <= JUMP_TOLERANCE && !whole && change() > LEAST_JUMP)
        || (whole && Math.abs(over.value - within.value) <= 1);
  }

  /** The change of log epsilon from end to end. */
  private double change() {
    return over.excess - within.excess;
  }

  private double halved() {
    return between(Math.log(over.value) + Math.log(within.value / over.value) / 2);
  }

  /** Where a line through both ends meets the target, and a little towards the end within. */
  private double guessed() {
    double from = Math.log(over.value);
    double width = Math.log(within.value) - from;
    double high = weightOver * over.excess;
    double share = high / (high - weightWithin * within.excess);
    if (!Double.isFinite(share)) {
      return halved();
    }
    double margin = Math.min(0.3 * TOLERANCE, 0.1 * Math.abs(width)) / Math.abs(width);
    return between(from + width * Math.min(1 - margin, Math.max(margin, share + margin)));
  }

  /** The value of a logarithm, kept apart from both ends. */
  private double between(double log) {
    double value = Math.exp(log);
    if (!whole) {
      return value;
    }
    double low = Math.min(over.value, within.value) + 1;
    double high = Math.max(over.value, within.value) - 1;
    return Math.min(high, Math.max(low, Math.rint(value)));
  }

  private void move(End next, boolean guess) {
    if (next.meetsTarget()) {
      within = next;
      weightWithin = 1;
      weightOver = sameSide > 0 ? weightOver / 2 : weightOver;
      sameSide = guess ? Math.max(1, sameSide + 1) : 0;
    } else {
      over = next;
      weightOver = 1;
      weightWithin = sameSide < 0 ? weightWithin / 2 : weightWithin;
      sameSide = guess ? Math.min(-1, sameSide - 1) : 0;
    }
  }
}
