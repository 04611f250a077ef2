package org.dpfed.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The draws of {@link SecureGaussian}, several at a time: the same keystream, the same words, the
 * same transform in double, with series in place of the library's logarithm, sine and cosine. Their
 * remainders are below 2⁻⁴⁰ relative to the radius, far below the one rounding to {@code float}
 * that ends each draw.
 */
final class VectorGaussian {
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, DOUBLES.vectorShape());
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

  /** The bits of 1.0: set over 52 random bits they make a double in [1, 2). */
  private static final long ONE = 0x3FF0_0000_0000_0000L;

  /** The bits of 2⁵²: set over a small integer they make 2⁵² plus it. */
  private static final long TWO_52 = 0x4330_0000_0000_0000L;

  /** The bits of √½, where the mantissa's range begins: [√½, √2) keeps the series short. */
  private static final long SQRT_HALF = 0x3FE6_A09E_667F_3BCDL;

  /** Keeps exponents positive, since u ≥ 2⁻⁶⁵. */
  private static final long EXPONENT_BIAS = 128;

  private static final double QUARTER_TURN = Math.PI / 2;

  private final Keystream keystream;
  private final byte[] bytes = new byte[SecureGaussian.CHUNK_BYTES];
  private final LongBuffer source =
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  private final long[] words = new long[SecureGaussian.CHUNK];

  /**
   * @param firstChunk index of the chunk that the first {@link #nextChunk} gives, at least 0
   */
  VectorGaussian(NoiseKey key, long firstChunk) {
    keystream =
        new Keystream(key, Math.multiplyExact(firstChunk, (long) SecureGaussian.CHUNK_BLOCKS));
  }

  /**
   * Writes the next chunk of draws of N(0, stddev²).
   *
   * @param draws at least {@link SecureGaussian#CHUNK} long; that many are overwritten
   */
  void nextChunk(float[] draws, double stddev) {
    keystream.next(bytes);
    source.get(0, words);
    transform(words, draws, stddev);
  }

  static void transform(long[] words, float[] draws, double stddev) {
    for (int i = 0; i < SecureGaussian.PAIRS; i += DOUBLES.length()) {
      LongVector angleBits = LongVector.fromArray(LONGS, words, SecureGaussian.PAIRS + i);
      DoubleVector radius =
          radius(LongVector.fromArray(LONGS, words, i))
              .mul(stddev)
              .reinterpretAsLongs()
              // The top bit turns the pair by half a circle: it changes both signs.
              .lanewise(VectorOperators.XOR, angleBits.and(Long.MIN_VALUE))
              .reinterpretAsDoubles();
      DoubleVector place =
          angleBits
              .lanewise(VectorOperators.LSHL, 1)
              .lanewise(VectorOperators.LSHR, 12)
              .or(ONE)
              .reinterpretAsDoubles()
              .sub(1.5);
      // Half of the angle stays within ±π/4; doubling it gives sin 2x = 2sc and cos 2x = 1 − 2s².
      DoubleVector square = place.mul(place);
      DoubleVector sine = sine(square).mul(place);
      DoubleVector doubled = sine.add(sine);
      store(radius.mul(broadcast(1).sub(doubled.mul(sine))), draws, i);
      store(radius.mul(doubled.mul(cosine(square))), draws, SecureGaussian.PAIRS + i);
    }
  }

  private static void store(DoubleVector draws, float[] target, int at) {
    ((FloatVector) draws.convertShape(VectorOperators.D2F, FLOATS, 0)).intoArray(target, at);
  }

  /** See {@link SecureGaussian#radius}: the uniform is the same to the bit. */
  private static DoubleVector radius(LongVector bits) {
    DoubleVector high =
        bits.lanewise(VectorOperators.LSHR, 12).or(ONE).reinterpretAsDoubles().sub(1);
    DoubleVector low =
        bits.and(0xFFF)
            .lanewise(VectorOperators.LSHL, 40)
            .or(ONE)
            .reinterpretAsDoubles()
            .sub(1)
            .fma(broadcast(0x1p-52), broadcast(0x1p-65));
    return minusTwiceLog(high.add(low)).sqrt();
  }

  /**
   * −2 ln u for u = m·2ᵉ with m in [√½, √2): ln m = 2 artanh s = 2s·(1 + s²/3 + s⁴/5 + …) with s =
   * (m − 1)/(m + 1), so s² &lt; 0.0295 and what is left out after s¹⁴/15 is below 2⁻⁴⁴ of the
   * whole.
   */
  private static DoubleVector minusTwiceLog(DoubleVector uniform) {
    LongVector bits = uniform.reinterpretAsLongs();
    LongVector shifted = bits.sub(SQRT_HALF - (EXPONENT_BIAS << 52));
    LongVector biased = shifted.lanewise(VectorOperators.LSHR, 52);
    DoubleVector exponent = biased.or(TWO_52).reinterpretAsDoubles().sub(0x1p52 + EXPONENT_BIAS);
    DoubleVector mantissa =
        bits.sub(biased.lanewise(VectorOperators.LSHL, 52))
            .add(EXPONENT_BIAS << 52)
            .reinterpretAsDoubles();
    DoubleVector s = mantissa.sub(1).div(mantissa.add(1));
    DoubleVector square = s.mul(s);
    DoubleVector series = broadcast(-4 / 15.0);
    series = series.fma(square, broadcast(-4 / 13.0));
    series = series.fma(square, broadcast(-4 / 11.0));
    series = series.fma(square, broadcast(-4 / 9.0));
    series = series.fma(square, broadcast(-4 / 7.0));
    series = series.fma(square, broadcast(-4 / 5.0));
    series = series.fma(square, broadcast(-4 / 3.0));
    series = series.fma(square, broadcast(-4.0));
    return series.fma(s, exponent.mul(-2 * Math.log(2)));
  }

  /**
   * sin(πy/2)/y as a function of y² for |y| ≤ ½: Taylor's series to y¹³, whose remainder is below
   * the next term, (π/4)¹⁵/15! &lt; 2⁻⁴⁵.
   */
  private static DoubleVector sine(DoubleVector square) {
    DoubleVector series = broadcast(taylor(13));
    for (int n = 11; n >= 1; n -= 2) {
      series = series.fma(square, broadcast(taylor(n)));
    }
    return series;
  }

  /** cos(πy/2) as a function of y² for |y| ≤ ½: to y¹⁴, remainder below (π/4)¹⁶/16! &lt; 2⁻⁴⁹. */
  private static DoubleVector cosine(DoubleVector square) {
    DoubleVector series = broadcast(taylor(14));
    for (int n = 12; n >= 0; n -= 2) {
      series = series.fma(square, broadcast(taylor(n)));
    }
    return series;
  }

  private static final double[] TAYLOR = new double[15];

  static {
    double term = 1;
    for (int n = 0; n < TAYLOR.length; n++) {
      TAYLOR[n] = n % 4 < 2 ? term : -term;
      term *= QUARTER_TURN / (n + 1);
    }
  }

  /** ±(π/2)ⁿ/n!, with the sign that sine and cosine give it. */
  private static double taylor(int n) {
    return TAYLOR[n];
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(DOUBLES, value);
  }
}
