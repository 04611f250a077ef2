package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.hipparchus.dfp.Dfp;
import org.hipparchus.dfp.DfpField;
import org.hipparchus.dfp.DfpMath;
import org.junit.jupiter.api.Test;

/**
 * How far draws are from Box and Muller's of the same bits, worked out to 40 digits: the bound that
 * docs/noise.md derives, on the inputs where its terms are largest and on random ones.
 */
class GaussianErrorTest {
  private static final DfpField FIELD = new DfpField(40);
  private static final int CHUNKS = 4;

  /** The series, and all roundings after that of the uniform, relative to the radius. */
  private static final double TRANSFORM = 0x1p-43;

  private final Random random = new Random(1);

  @Test
  void vectorDraws_worstAndRandomWords_withinTheDerivedBound() {
    VectorGaussian gaussian = new VectorGaussian(Keys.bytes(1), 0);
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      long[] words = words();
      double[] draws = new double[SecureGaussian.CHUNK];

      gaussian.drawsOf(words, draws);

      for (int i = 0; i < SecureGaussian.PAIRS; i++) {
        int other = SecureGaussian.PAIRS + i;
        assertWithinBound(words[i], words[other], draws[i], draws[other]);
      }
    }
  }

  @Test
  void scalarDraws_worstAndRandomWords_withinTheDerivedBound() {
    long[] words = words();
    for (int i = 0; i < SecureGaussian.PAIRS; i++) {
      long angleBits = words[SecureGaussian.PAIRS + i];
      double radius = SecureGaussian.radius(words[i]);
      double angle = SecureGaussian.angle(angleBits);
      assertWithinBound(words[i], angleBits, radius * Math.cos(angle), radius * Math.sin(angle));
    }
  }

  private static void assertWithinBound(
      long radiusBits, long angleBits, double cosine, double sine) {
    Dfp uniform = exactUniform(radiusBits);
    Dfp radius = DfpMath.log(uniform).multiply(-2).sqrt();
    Dfp place = FIELD.newDfp(((angleBits << 1) >>> 12) * 0x1p-52 - 0.5);
    Dfp angle = FIELD.getPi().multiply(angleBits < 0 ? place.add(1) : place);
    double r = radius.toDouble();
    // Rounding u to 53 bits moves −2 ln u by 2⁻⁵² at most (1 % for the higher orders), and its root
    // by no more than the root of that.
    double bound = TRANSFORM * r + Math.min(1.01 * 0x1p-52 / r, 1.01 * 0x1p-26);
    String input = "words %016x %016x".formatted(radiusBits, angleBits);
    assertThat(distance(cosine, radius.multiply(DfpMath.cos(angle))))
        .as(input)
        .isLessThanOrEqualTo(bound);
    assertThat(distance(sine, radius.multiply(DfpMath.sin(angle))))
        .as(input)
        .isLessThanOrEqualTo(bound);
  }

  /** (bits + ½)·2⁻⁶⁴, bits read as unsigned. */
  private static Dfp exactUniform(long bits) {
    String doubled =
        new BigDecimal(Long.toUnsignedString(bits))
            .multiply(BigDecimal.valueOf(2))
            .add(BigDecimal.ONE)
            .toString();
    return FIELD.newDfp(doubled).multiply(FIELD.newDfp(0x1p-65));
  }

  private static double distance(double actual, Dfp exact) {
    return FIELD.newDfp(actual).subtract(exact).abs().toDouble();
  }

  /** One chunk of words for radii and for angles, half of them where errors are largest. */
  private long[] words() {
    long[] words = new long[SecureGaussian.CHUNK];
    for (int i = 0; i < SecureGaussian.PAIRS; i++) {
      words[i] = random.nextBoolean() ? random.nextLong() : worstRadiusBits();
      words[SecureGaussian.PAIRS + i] = random.nextBoolean() ? random.nextLong() : worstAngleBits();
    }
    return words;
  }

  /**
   * Where the logarithm's series is longest, next to √½ times a power of two; next to 0; next to 1.
   */
  private long worstRadiusBits() {
    int shift = random.nextInt(63);
    long near = random.nextInt(9) - 4L;
    return switch (random.nextInt(3)) {
      case 0 -> (0xB504_F333_F9DE_6484L >>> shift) + near;
      case 1 -> 4 + near + (1L << shift);
      default -> -1 - (random.nextLong() >>> 1 >>> shift);
    };
  }

  /** The ends of either half of the circle, where the series are longest, and its middle. */
  private long worstAngleBits() {
    long place =
        switch (random.nextInt(3)) {
          case 0 -> random.nextInt(4);
          case 1 -> (1L << 52) - 1 - random.nextInt(4);
          default -> (1L << 51) + random.nextInt(9) - 4;
        };
    return (random.nextBoolean() ? Long.MIN_VALUE : 0) | place << 11;
  }
}
