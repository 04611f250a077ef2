package org.dpfed.imaging.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dpfed.dl4j.layers.IncubatorVectors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class GroupNormKernelTest {
  /** Without the Vector API and with it, which tests have. */
  private static List<Supplier<GroupPasses>> bothPasses() {
    return List.of(
        PlainGroupPasses::new, () -> IncubatorVectors.find(GroupPasses.class).orElseThrow());
  }

  /** By PyTorch in double; {@code group_norm.py} beside the file makes it. */
  static Stream<Arguments> cases() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(GroupNormKernelTest.class.getResourceAsStream("group_norm.json"))) {
      JsonNode cases = new ObjectMapper().readTree(file).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .flatMap(
              each ->
                  bothPasses().stream()
                      .map(Supplier::get)
                      .map(
                          passes ->
                              Arguments.of(
                                  Named.of(each.get("name").asText(), each),
                                  Named.of(passes.getClass().getSimpleName(), passes))));
    }
  }

  /**
   * Single floats are right to 6e-8 of their size. Sizes here are at most 10, each result is made
   * of a few float operations on sums in double; so 4e-6. Far from zero the float mean of 1000 is
   * subtracted exactly.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void forwardAndBackward_anyShape_areThoseOfPyTorch(JsonNode each, GroupPasses passes) {
    for (boolean innermost : new boolean[] {false, true}) {
      int n = each.get("n").asInt();
      int channels = each.get("channels").asInt();
      GroupNormKernel kernel =
          new GroupNormKernel(
              channels, each.get("groups").asInt(), 1e-5, each.get("relu").asBoolean(), passes);
      float[] x = laidOut(floats(each, "x"), n, innermost);
      float[] y = new float[x.length];
      float[] gamma = floats(each, "gamma");
      kernel.prepare(n, x.length / n / channels, innermost);
      kernel.forward(x, gamma, floats(each, "beta"), y);
      float[] dx = laidOut(floats(each, "dy"), n, innermost);
      float[] gammaGradient = new float[channels];
      float[] betaGradient = new float[channels];
      kernel.backward(x, y, gamma, dx, dx, gammaGradient, betaGradient);

      assertThat(y).containsExactly(laidOut(floats(each, "y"), n, innermost), within(4e-6f));
      assertThat(dx).containsExactly(laidOut(floats(each, "dx"), n, innermost), within(4e-6f));
      assertThat(gammaGradient).containsExactly(floats(each, "dgamma"), within(4e-6f));
      assertThat(betaGradient).containsExactly(floats(each, "dbeta"), within(4e-6f));
    }
  }

  /** Examples, channels, groups and pixels; with runs of less than a vector, of one and of many. */
  static Stream<Arguments> shapes() {
    return Stream.of(
            new int[] {1, 2, 2, 1},
            new int[] {1, 3, 1, 17},
            new int[] {3, 4, 2, 5},
            new int[] {10, 8, 4, 49},
            new int[] {10, 4, 1, 784},
            new int[] {16, 4, 2, 33},
            new int[] {24, 2, 1, 7},
            new int[] {37, 4, 4, 31})
        .flatMap(shape -> bothPasses().stream().map(passes -> Arguments.of(shape, passes.get())));
  }

  /**
   * Against the formulas in double. Sizes and float operations are those of the other test, so is
   * the tolerance. Sums of up to 16 floats are right to 1e-6 of the sum of their sizes.
   */
  @ParameterizedTest
  @MethodSource("shapes")
  void forwardAndBackward_oddSizes_areTheFormulas(int[] shape, GroupPasses passes) {
    for (boolean relu : new boolean[] {false, true}) {
      for (boolean innermost : new boolean[] {false, true}) {
        requireFormulas(shape, passes, relu, innermost);
      }
    }
  }

  private static void requireFormulas(
      int[] shape, GroupPasses passes, boolean relu, boolean innermost) {
    int n = shape[0];
    int channels = shape[1];
    int groups = shape[2];
    int pixels = shape[3];
    int size = channels * pixels;
    SplittableRandom random = new SplittableRandom(7);
    float[] x = floats(random, n * size, 3);
    float[] gamma = floats(random, channels, 1);
    float[] beta = floats(random, channels, 0);
    float[] dy = floats(random, n * size, 0);
    // Longer than their content, and not 0 before.
    float[] y = floats(random, n * size + 5, 0);
    float[] after = Arrays.copyOfRange(y, n * size, n * size + 5);
    float[] dx = Arrays.copyOf(laidOut(dy, n, innermost), n * size + 5);
    float[] gammaGradient = new float[channels];
    float[] betaGradient = new float[channels];
    GroupNormKernel kernel = new GroupNormKernel(channels, groups, 1e-5, relu, passes);
    kernel.prepare(n, pixels, innermost);
    // Twice, so that what the first left behind would be seen.
    for (int times = 0; times < 2; times++) {
      System.arraycopy(laidOut(dy, n, innermost), 0, dx, 0, n * size);
      kernel.forward(laidOut(x, n, innermost), gamma, beta, y);
      kernel.backward(laidOut(x, n, innermost), y, gamma, dx, dx, gammaGradient, betaGradient);
    }
    assertThat(Arrays.copyOfRange(y, n * size, n * size + 5)).containsExactly(after);
    assertThat(Arrays.copyOfRange(dx, n * size, n * size + 5)).containsOnly(0);

    float[] wantedY = new float[n * size];
    float[] wantedDx = new float[n * size];
    double[] wantedGamma = new double[channels];
    double[] wantedBeta = new double[channels];
    double[] gammaSize = new double[channels];
    double[] betaSize = new double[channels];
    int inGroup = channels / groups;
    int count = inGroup * pixels;
    for (int g = 0; g < n * groups; g++) {
      int start = g * count;
      double mean = 0;
      for (int i = 0; i < count; i++) {
        mean += (double) x[start + i] / count;
      }
      double variance = 0;
      for (int i = 0; i < count; i++) {
        variance += Math.pow(x[start + i] - mean, 2) / count;
      }
      double scale = 1 / Math.sqrt(variance + 1e-5);
      double along = 0;
      double across = 0;
      double[] u = new double[count];
      for (int i = 0; i < count; i++) {
        int channel = g % groups * inGroup + i / pixels;
        double normal = (x[start + i] - mean) * scale;
        double value = gamma[channel] * normal + beta[channel];
        // Which side of 0 a value is on, rounding may decide.
        float got = y[innermost ? (start + i) % size * n + (start + i) / size : start + i];
        u[i] = relu && got == 0 ? 0 : dy[start + i];
        wantedY[start + i] = (float) (relu ? Math.max(0, value) : value);
        wantedGamma[channel] += u[i] * normal;
        wantedBeta[channel] += u[i];
        gammaSize[channel] += Math.abs(u[i] * normal);
        betaSize[channel] += Math.abs(u[i]);
        along += gamma[channel] * u[i] * normal / count;
        across += gamma[channel] * u[i] / count;
      }
      for (int i = 0; i < count; i++) {
        int channel = g % groups * inGroup + i / pixels;
        double normal = (x[start + i] - mean) * scale;
        wantedDx[start + i] = (float) (scale * (gamma[channel] * u[i] - across - normal * along));
      }
    }
    // A group of one pixel has a variance of 0, so that its scale is 316.
    float tolerance = count == 1 ? 316 * 4e-6f : 4e-6f;
    assertThat(Arrays.copyOf(y, n * size))
        .containsExactly(laidOut(wantedY, n, innermost), within(4e-6f));
    assertThat(Arrays.copyOf(dx, n * size))
        .containsExactly(laidOut(wantedDx, n, innermost), within(tolerance));
    for (int channel = 0; channel < channels; channel++) {
      assertThat((double) gammaGradient[channel])
          .isCloseTo(wantedGamma[channel], within(1e-6 * (1 + gammaSize[channel])));
      assertThat((double) betaGradient[channel])
          .isCloseTo(wantedBeta[channel], within(1e-6 * (1 + betaSize[channel])));
    }
  }

  private static float[] floats(SplittableRandom random, int length, double mean) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (mean + random.nextDouble(-2, 2));
    }
    return values;
  }

  /** The same with the examples innermost, if wanted. */
  private static float[] laidOut(float[] values, int n, boolean innermost) {
    if (!innermost) {
      return values;
    }
    float[] turned = new float[values.length];
    int length = values.length / n;
    for (int i = 0; i < values.length; i++) {
      turned[i % length * n + i / length] = values[i];
    }
    return turned;
  }

  private static float[] floats(JsonNode each, String name) {
    JsonNode list = each.get(name);
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) list.get(i).asDouble();
    }
    return values;
  }

  static Stream<GroupPasses> passes() {
    return bothPasses().stream().map(Supplier::get);
  }

  @ParameterizedTest
  @MethodSource("passes")
  void forward_equalPixels_areBeta(GroupPasses passes) {
    float[] y = new float[8];
    GroupNormKernel kernel = new GroupNormKernel(2, 1, 1e-5, false, passes);
    kernel.prepare(1, 4, false);
    float[] gamma = {2, 2};
    float[] beta = {0.5f, -1};
    kernel.forward(new float[] {3, 3, 3, 3, 3, 3, 3, 3}, gamma, beta, y);
    assertThat(y).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, -1, -1, -1, -1);
  }

  /** ReLU must not turn an example that has diverged into zeros. */
  @ParameterizedTest
  @MethodSource("passes")
  void forward_notANumber_staysInItsExampleAndIsSeen(GroupPasses passes) {
    for (int pixels : new int[] {4, 64}) {
      float[] y = new float[2 * pixels];
      GroupNormKernel kernel = new GroupNormKernel(1, 1, 1e-5, true, passes);
      kernel.prepare(2, pixels, false);
      float[] x = new float[2 * pixels];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % pixels;
      }
      x[0] = Float.NaN;
      kernel.forward(x, new float[] {1}, new float[] {0}, y);
      assertThat(y[1]).isNaN();
      assertThat(y[2 * pixels - 1]).isGreaterThan(1);
    }
  }
}
