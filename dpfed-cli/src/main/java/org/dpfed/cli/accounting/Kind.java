package org.dpfed.cli.accounting;

import java.util.regex.Pattern;
import org.dpfed.cli.UsageException;

/**
 * The type of an option's value. Numbers are decimals such as {@code 7}, {@code +.5} or {@code
 * 1e-5}: no other bases, no underscores, no type suffixes, neither NaN nor infinity.
 */
enum Kind {
  /** No value: the option is there or it is not. */
  SWITCH(""),
  TEXT(""),
  NUMBER("a number", -Double.MAX_VALUE, Double.MAX_VALUE),
  POSITIVE("a positive number", Double.MIN_VALUE, Double.MAX_VALUE),
  NOT_NEGATIVE("a number of at least 0", 0, Double.MAX_VALUE),
  PROBABILITY("a number in (0, 1]", Double.MIN_VALUE, 1),
  SMALL_DELTA("a number in (0, 1)", Double.MIN_VALUE, Math.nextDown(1.0)),
  FRACTION("a number in [0, 1)", 0, Math.nextDown(1.0)),
  /** Every whole number up to here is a double, and the next is not taken for one of them. */
  COUNT("a whole number from 1 to " + ((1L << 53) - 1), 1, (1L << 53) - 1),
  INDEX("a whole number from 1 to " + Integer.MAX_VALUE, 1, Integer.MAX_VALUE);

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?<digits>\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");
  private static final Pattern ZERO = Pattern.compile("[0.]*");

  private final String bound;
  private final double least;
  private final double most;

  Kind(String bound) {
    this(bound, 0, 0);
  }

  Kind(String bound, double least, double most) {
    this.bound = bound;
    this.least = least;
    this.most = most;
  }

  boolean isNumeric() {
    return this != SWITCH && this != TEXT;
  }

  boolean isWhole() {
    return this == COUNT || this == INDEX;
  }

  /**
   * The number that {@code text} is.
   *
   * @param label what the message calls the option
   * @throws UsageException when it is none, or not one of this kind
   */
  double read(String label, String text) {
    var decimal = DECIMAL.matcher(text);
    if (!decimal.matches()) {
      throw refusal(label, text, "");
    }
    double value = Double.parseDouble(text);
    boolean vanished = value == 0 && !ZERO.matcher(decimal.group("digits")).matches();
    if (Double.isInfinite(value) || vanished) {
      throw refusal(
          label, text, ", which is too " + (vanished ? "small" : "large") + " to compute");
    }
    boolean isOfThisKind = !isWhole() || value == Math.rint(value);
    if (!isOfThisKind || value < least || value > most) {
      throw refusal(label, text, "");
    }
    return value;
  }

  private UsageException refusal(String label, String text, String reason) {
    return new UsageException(label + " must be " + bound + ", was '" + text + "'" + reason);
  }
}
