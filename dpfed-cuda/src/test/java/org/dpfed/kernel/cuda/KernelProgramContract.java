package org.dpfed.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.DeltaKernelContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the CUDA source must do, wherever it runs; a subclass names the program. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KernelProgramContract extends DeltaKernelContract {
  /** How far a draw may be off, relative to its radius: 16 half units in the last place. */
  private static final double DRAW_ERROR = 0x1p-20;

  private static final int[] GRIDS = {2, 3, 5, 100};

  private KernelProgram program;

  /** The program under test, built in {@code folder}. */
  protected abstract KernelProgram start(Path folder) throws IOException, InterruptedException;

  @BeforeAll
  void startOnce(@TempDir Path folder) throws IOException, InterruptedException {
    program = start(folder);
  }

  @AfterAll
  void stop() throws IOException {
    if (program != null) {
      program.close();
    }
  }

  @Override
  protected DeltaKernel kernel() {
    return new ProgramKernel(program);
  }

  /** RFC 8439, section 2.3.2 and appendix A.1, test vectors 1 to 5. */
  @ParameterizedTest
  @CsvSource({
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
        + "01000000000000090000004a00000000,"
        + "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        + "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
    "0000000000000000000000000000000000000000000000000000000000000000,"
        + "00000000000000000000000000000000,"
        + "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
    "0000000000000000000000000000000000000000000000000000000000000000,"
        + "01000000000000000000000000000000,"
        + "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
        + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    "0000000000000000000000000000000000000000000000000000000000000001,"
        + "01000000000000000000000000000000,"
        + "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
        + "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
    "00ff000000000000000000000000000000000000000000000000000000000000,"
        + "02000000000000000000000000000000,"
        + "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
        + "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
    "0000000000000000000000000000000000000000000000000000000000000000,"
        + "00000000000000000000000000000002,"
        + "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
        + "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d"
  })
  void chacha20Block_vectorOfTheRfc_isMet(String key, String counterAndNonce, String expected)
      throws IOException {
    HexFormat hex = HexFormat.of();

    byte[] block = program.chacha20(hex.parseHex(key), hex.parseHex(counterAndNonce));

    assertThat(hex.formatHex(block)).isEqualTo(expected);
  }

  @Test
  void addScaled_anyGrid_sameBits() throws IOException {
    float[] sum = new float[10_000];
    float[] deltas = new float[3 * sum.length];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = (i % 97) / 7f;
    }
    float[] scales = {1, 0.5f, 2};

    float[] expected = program.addScaled(sum, deltas, scales, 1);

    for (int blocks : GRIDS) {
      assertThat(program.addScaled(sum, deltas, scales, blocks)).isEqualTo(expected);
    }
  }

  @Test
  void perturb_anyGrid_sameBits() throws IOException {
    float[] sum = new float[10_000];
    byte[] key = new byte[32];

    float[] expected = program.perturb(sum, key, 1, 0.5f, 1);

    for (int blocks : GRIDS) {
      assertThat(program.perturb(sum, key, 1, 0.5f, blocks)).isEqualTo(expected);
    }
  }

  /**
   * At both ends of the 64 bits behind the radius, in the middle, where the logarithm changes
   * sides, along the axes, and anywhere. In units of 2⁻²⁴, relative to the radius: what is left of
   * the turn is rounded once, times π/4 (0.8), sine and cosine are off by 1 ulp and half a unit
   * (2.5), the uniform of two roundings moves the logarithm of 1/2 most (2.9, halved by the root),
   * logarithm (3, halved), reciprocal root of 2 ulp (4), its product and the last (1 each). That is
   * below 13 of the 16.
   */
  @Test
  void normalPair_anyBits_closeToTheExactTransform() throws IOException {
    long[] edges = {
      0, 1, 2, 1L << 32, Long.MAX_VALUE >> 1, Long.MAX_VALUE, Long.MIN_VALUE, -(1L << 32), -2, -1
    };
    Random random = new Random(1);
    long[] bits =
        LongStream.concat(
                Arrays.stream(edges)
                    .flatMap(radius -> Arrays.stream(edges).flatMap(a -> LongStream.of(radius, a))),
                random.longs(2 * 100_000))
            .toArray();

    float[] draws = program.normalPairs(words(bits));

    double largest = 0;
    for (int i = 0; i < bits.length; i += 2) {
      double radius = exactRadius(bits[i]);
      double angle = Math.PI * 0x1p-63 * bits[i + 1];
      assertThat((double) draws[i])
          .isCloseTo(radius * Math.cos(angle), within(DRAW_ERROR * radius));
      assertThat((double) draws[i + 1])
          .isCloseTo(radius * Math.sin(angle), within(DRAW_ERROR * radius));
      largest = Math.max(largest, Math.abs(draws[i]));
    }
    assertThat(largest).isBetween(9.49, 9.5);
  }

  private static double exactRadius(long bits) {
    double distance = ((bits >= 0 ? bits : ~bits) + 0.5) * 0x1p-64;
    return Math.sqrt(-2 * (bits >= 0 ? Math.log(distance) : Math.log1p(-distance)));
  }

  private static int[] words(long[] bits) {
    return Arrays.stream(bits)
        .flatMap(b -> LongStream.of(b, b >>> 32))
        .mapToInt(b -> (int) b)
        .toArray();
  }
}
