package org.dpfed.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The draws of {@link SecureGaussian}, several at a time: the same keystream, the same words, the
 * same transform in double, with series in place of the library's logarithm, sine and cosine. Their
 * remainders and all roundings together are below 2⁻⁴³ of the radius; docs/noise.md adds them up.
 */
final class VectorGaussian implements NormalDraws {
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, DOUBLES.vectorShape());

  /** Keeps exponents positive, since u ≥ 2⁻⁶⁵. */
  private static final long EXPONENT_BIAS = 128;

  // Constants are vectors, since broadcasting them in the loops is beyond what the JIT compiler
  // inlines.
  private static final DoubleVector UNIT = broadcast(1);
  private static final DoubleVector MIDDLE = broadcast(1.5);
  private static final DoubleVector ULP_52 = broadcast(0x1p-52);
  private static final DoubleVector HALF_ULP_64 = broadcast(0x1p-65);
  private static final DoubleVector EXPONENT_ZERO = broadcast(0x1p52 + EXPONENT_BIAS);
  private static final DoubleVector MINUS_TWICE_LOG_2 = broadcast(-2 * Math.log(2));

  private static final LongVector TOP = bits(Long.MIN_VALUE);
  private static final LongVector LOW_12 = bits(0xFFF);

  /** The bits of 1.0: set over 52 random bits they make a double in [1, 2). */
  private static final LongVector ONE = bits(0x3FF0_0000_0000_0000L);

  /** The bits of 2⁵²: set over a small integer they make 2⁵² plus it. */
  private static final LongVector TWO_52 = bits(0x4330_0000_0000_0000L);

  private static final LongVector EXPONENT_BITS = bits(EXPONENT_BIAS << 52);

  /** The bits of √½, where the mantissa's range begins: [√½, √2) keeps the series short. */
  private static final LongVector MANTISSA_START =
      bits(0x3FE6_A09E_667F_3BCDL - (EXPONENT_BIAS << 52));

  private static final DoubleVector LOG_1 = broadcast(-4 / 1.0);
  private static final DoubleVector LOG_3 = broadcast(-4 / 3.0);
  private static final DoubleVector LOG_5 = broadcast(-4 / 5.0);
  private static final DoubleVector LOG_7 = broadcast(-4 / 7.0);
  private static final DoubleVector LOG_9 = broadcast(-4 / 9.0);
  private static final DoubleVector LOG_11 = broadcast(-4 / 11.0);
  private static final DoubleVector LOG_13 = broadcast(-4 / 13.0);
  private static final DoubleVector LOG_15 = broadcast(-4 / 15.0);

  private static final DoubleVector TURN_1 = taylor(1);
  private static final DoubleVector TURN_2 = taylor(2);
  private static final DoubleVector TURN_3 = taylor(3);
  private static final DoubleVector TURN_4 = taylor(4);
  private static final DoubleVector TURN_5 = taylor(5);
  private static final DoubleVector TURN_6 = taylor(6);
  private static final DoubleVector TURN_7 = taylor(7);
  private static final DoubleVector TURN_8 = taylor(8);
  private static final DoubleVector TURN_9 = taylor(9);
  private static final DoubleVector TURN_10 = taylor(10);
  private static final DoubleVector TURN_11 = taylor(11);
  private static final DoubleVector TURN_12 = taylor(12);
  private static final DoubleVector TURN_13 = taylor(13);
  private static final DoubleVector TURN_14 = taylor(14);

  /**
   * What makes a chunk, in order. A call that may mean any of four things is one that the JIT
   * compiler does not inline, so it compiles each by itself; together they are more than it
   * inlines, and it would box the vectors of the rest.
   */
  private static final List<Step> STEPS =
      List.of(
          (chunk, draws) -> chunk.readWords(),
          (chunk, draws) -> uniforms(chunk.words, chunk.radii),
          (chunk, draws) -> radii(chunk.radii),
          (chunk, draws) -> turn(chunk.words, chunk.radii, draws));

  private interface Step {
    void run(VectorGaussian chunk, double[] draws);
  }

  private final Keystream keystream;
  private final byte[] bytes = new byte[SecureGaussian.CHUNK_BYTES];
  private final LongBuffer source =
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  private final long[] words = new long[SecureGaussian.CHUNK];
  private final double[] radii = new double[SecureGaussian.PAIRS];

  /**
   * @param key the bytes of a key that was taken; unchanged
   * @param firstChunk index of the chunk that the first {@link #nextChunk} gives, at least 0
   */
  VectorGaussian(byte[] key, long firstChunk) {
    keystream =
        new Keystream(key, Math.multiplyExact(firstChunk, (long) SecureGaussian.CHUNK_BLOCKS));
  }

  @Override
  public void nextChunk(double[] draws) {
    for (Step step : STEPS) {
      step.run(this, draws);
    }
  }

  /** Writes the draws that chosen words stand for, so that tests can look at the worst of them. */
  void drawsOf(long[] chosen, double[] draws) {
    System.arraycopy(chosen, 0, words, 0, words.length);
    for (Step step : STEPS.subList(1, STEPS.size())) {
      step.run(this, draws);
    }
  }

  private void readWords() {
    keystream.next(bytes);
    source.get(0, words);
  }

  /** The words before the angles as numbers in (0, 1), the same as {@link SecureGaussian}'s. */
  private static void uniforms(long[] words, double[] uniforms) {
    for (int i = 0; i < SecureGaussian.PAIRS; i += DOUBLES.length()) {
      LongVector bits = LongVector.fromArray(LONGS, words, i);
      DoubleVector high =
          bits.lanewise(VectorOperators.LSHR, 12).or(ONE).reinterpretAsDoubles().sub(UNIT);
      DoubleVector low =
          bits.and(LOW_12)
              .lanewise(VectorOperators.LSHL, 40)
              .or(ONE)
              .reinterpretAsDoubles()
              .sub(UNIT)
              .fma(ULP_52, HALF_ULP_64);
      high.add(low).intoArray(uniforms, i);
    }
  }

  /** Replaces each uniform u by √(−2 ln u). */
  private static void radii(double[] values) {
    for (int i = 0; i < SecureGaussian.PAIRS; i += DOUBLES.length()) {
      DoubleVector uniform = DoubleVector.fromArray(DOUBLES, values, i);
      minusTwiceLog(uniform).sqrt().intoArray(values, i);
    }
  }

  private static void turn(long[] words, double[] radii, double[] draws) {
    for (int i = 0; i < SecureGaussian.PAIRS; i += DOUBLES.length()) {
      LongVector bits = LongVector.fromArray(LONGS, words, SecureGaussian.PAIRS + i);
      DoubleVector radius =
          DoubleVector.fromArray(DOUBLES, radii, i)
              .reinterpretAsLongs()
              // The top bit turns the pair by half a circle: it changes both signs.
              .lanewise(VectorOperators.XOR, bits.and(TOP))
              .reinterpretAsDoubles();
      DoubleVector place =
          bits.lanewise(VectorOperators.LSHL, 1)
              .lanewise(VectorOperators.LSHR, 12)
              .or(ONE)
              .reinterpretAsDoubles()
              .sub(MIDDLE);
      // Half of the angle stays within ±π/4; doubling it gives sin 2x = 2sc and cos 2x = 1 − 2s².
      DoubleVector square = place.mul(place);
      DoubleVector sine = sine(square).mul(place);
      DoubleVector doubled = sine.add(sine);
      radius.mul(UNIT.sub(doubled.mul(sine))).intoArray(draws, i);
      radius.mul(doubled.mul(cosine(square))).intoArray(draws, SecureGaussian.PAIRS + i);
    }
  }

  /**
   * −2 ln u for u = m·2ᵉ with m in [√½, √2): ln m = 2 artanh s = 2s·(1 + s²/3 + s⁴/5 + …) with s =
   * (m − 1)/(m + 1), so s² &lt; 0.0295 and what is left out after s¹⁴/15 is below 2⁻⁴⁴ of the
   * whole.
   */
  private static DoubleVector minusTwiceLog(DoubleVector uniform) {
    LongVector bits = uniform.reinterpretAsLongs();
    LongVector shifted = bits.sub(MANTISSA_START);
    LongVector biased = shifted.lanewise(VectorOperators.LSHR, 52);
    DoubleVector exponent = biased.or(TWO_52).reinterpretAsDoubles().sub(EXPONENT_ZERO);
    DoubleVector mantissa =
        bits.sub(biased.lanewise(VectorOperators.LSHL, 52))
            .add(EXPONENT_BITS)
            .reinterpretAsDoubles();
    DoubleVector s = mantissa.sub(UNIT).div(mantissa.add(UNIT));
    DoubleVector square = s.mul(s);
    DoubleVector series = LOG_15;
    series = series.fma(square, LOG_13);
    series = series.fma(square, LOG_11);
    series = series.fma(square, LOG_9);
    series = series.fma(square, LOG_7);
    series = series.fma(square, LOG_5);
    series = series.fma(square, LOG_3);
    series = series.fma(square, LOG_1);
    return series.fma(s, exponent.mul(MINUS_TWICE_LOG_2));
  }

  /**
   * sin(πy/2)/y as a function of y² for |y| ≤ ½: Taylor's series to y¹³, whose remainder is below
   * the next term, (π/4)¹⁵/15! < 2⁻⁴⁵. Written out, since a loop would make the compiler box its
   * vectors.
   */
  private static DoubleVector sine(DoubleVector square) {
    DoubleVector series = TURN_13;
    series = series.fma(square, TURN_11);
    series = series.fma(square, TURN_9);
    series = series.fma(square, TURN_7);
    series = series.fma(square, TURN_5);
    series = series.fma(square, TURN_3);
    return series.fma(square, TURN_1);
  }

  /** cos(πy/2) as a function of y² for |y| ≤ ½: to y¹⁴, remainder below (π/4)¹⁶/16! < 2⁻⁴⁹. */
  private static DoubleVector cosine(DoubleVector square) {
    DoubleVector series = TURN_14;
    series = series.fma(square, TURN_12);
    series = series.fma(square, TURN_10);
    series = series.fma(square, TURN_8);
    series = series.fma(square, TURN_6);
    series = series.fma(square, TURN_4);
    series = series.fma(square, TURN_2);
    return series.fma(square, UNIT);
  }

  /** ±(π/2)ⁿ/n!, with the sign that sine and cosine give it. */
  private static DoubleVector taylor(int n) {
    double term = n % 4 < 2 ? 1 : -1;
    for (int k = 1; k <= n; k++) {
      term *= Math.PI / 2 / k;
    }
    return broadcast(term);
  }

  private static LongVector bits(long value) {
    return LongVector.broadcast(LONGS, value);
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(DOUBLES, value);
  }
}
