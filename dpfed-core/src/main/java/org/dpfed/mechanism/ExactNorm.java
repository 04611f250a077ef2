package org.dpfed.mechanism;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares an L2 norm with a bound in exact arithmetic, for the rare delta whose norm is within
 * rounding error of the bound.
 *
 * <p>A float is a 24-bit integer times a power of two no smaller than 2⁻¹⁴⁹, so every square is an
 * integer multiple of 2⁻²⁹⁸ and the sum is an integer in that unit. The sum is stored in 32-bit
 * digits, each in a long that has room for 2³⁰ additions before carries are needed.
 */
final class ExactNorm {
  private static final int SMALLEST_EXPONENT = -149;
  private static final int DIGITS = 20;
  private static final long DIGIT_MASK = 0xFFFF_FFFFL;

  private ExactNorm() {}

  /** Whether the norm of {@code delta}, all finite, is greater than {@code bound}. */
  static boolean exceeds(INDArray delta, double bound) {
    BigDecimal units = new BigDecimal(BigInteger.ONE.shiftLeft(-2 * SMALLEST_EXPONENT));
    BigDecimal limit = new BigDecimal(bound).pow(2).multiply(units);
    return new BigDecimal(sumOfSquares(delta)).compareTo(limit) > 0;
  }

  private static BigInteger sumOfSquares(INDArray delta) {
    long[] digits = new long[DIGITS];
    for (float value : delta.ravel().toFloatVector()) {
      addSquare(digits, value);
    }
    BigInteger sum = BigInteger.ZERO;
    for (int i = DIGITS - 1; i >= 0; i--) {
      sum = sum.shiftLeft(32).add(BigInteger.valueOf(digits[i]));
    }
    return sum;
  }

  private static void addSquare(long[] digits, float value) {
    if (value == 0) {
      return;
    }
    int exponent = Math.max(Math.getExponent(value), Float.MIN_EXPONENT) - 23;
    long significand = (long) Math.abs(Math.scalb((double) value, -exponent));
    long square = significand * significand;
    int shift = 2 * (exponent - SMALLEST_EXPONENT);
    int digit = shift >> 5;
    int bit = shift & 31;
    digits[digit] += (square << bit) & DIGIT_MASK;
    digits[digit + 1] += (square >>> (32 - bit)) & DIGIT_MASK;
    digits[digit + 2] += bit == 0 ? 0 : square >>> (64 - bit);
  }
}
