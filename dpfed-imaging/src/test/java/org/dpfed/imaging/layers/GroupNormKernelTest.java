package org.dpfed.imaging.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class GroupNormKernelTest {
  /** By PyTorch in double; {@code group_norm.py} beside the file makes it. */
  static Stream<Arguments> cases() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(GroupNormKernelTest.class.getResourceAsStream("group_norm.json"))) {
      JsonNode cases = new ObjectMapper().readTree(file).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .map(each -> Arguments.of(Named.of(each.get("name").asText(), each)));
    }
  }

  /**
   * Single floats are right to 6e-8 of their size. Sizes here are at most 10, each result is made
   * of a few float operations on sums in double; so 4e-6. Far from zero the float mean of 1000 is
   * subtracted exactly.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void forwardAndBackward_anyShape_areThoseOfPyTorch(JsonNode each) {
    int channels = each.get("channels").asInt();
    GroupNormKernel kernel =
        new GroupNormKernel(
            channels, each.get("groups").asInt(), 1e-5, each.get("relu").asBoolean());
    float[] x = floats(each, "x");
    float[] y = new float[x.length];
    float[] gamma = floats(each, "gamma");
    int n = each.get("n").asInt();
    kernel.forward(x, gamma, floats(each, "beta"), y, n, x.length / n / channels);
    float[] dx = floats(each, "dy");
    float[] gammaGradient = new float[channels];
    float[] betaGradient = new float[channels];
    kernel.backward(x, y, gamma, dx, gammaGradient, betaGradient);

    assertThat(y).containsExactly(floats(each, "y"), within(4e-6f));
    assertThat(dx).containsExactly(floats(each, "dx"), within(4e-6f));
    assertThat(gammaGradient).containsExactly(floats(each, "dgamma"), within(4e-6f));
    assertThat(betaGradient).containsExactly(floats(each, "dbeta"), within(4e-6f));
  }

  private static float[] floats(JsonNode each, String name) {
    JsonNode list = each.get(name);
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) list.get(i).asDouble();
    }
    return values;
  }

  @Test
  void forward_equalPixels_areBeta() {
    float[] y = new float[8];
    new GroupNormKernel(2, 1, 1e-5, false)
        .forward(
            new float[] {3, 3, 3, 3, 3, 3, 3, 3},
            new float[] {2, 2},
            new float[] {0.5f, -1},
            y,
            1,
            4);
    assertThat(y).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, -1, -1, -1, -1);
  }

  /** ReLU must not turn an example that has diverged into zeros. */
  @Test
  void forward_notANumber_staysInItsExampleAndIsSeen() {
    float[] y = new float[8];
    new GroupNormKernel(1, 1, 1e-5, true)
        .forward(
            new float[] {Float.NaN, 1, 2, 3, 0, 1, 2, 3},
            new float[] {1},
            new float[] {0},
            y,
            2,
            4);
    assertThat(y[1]).isNaN();
    assertThat(y[7]).isGreaterThan(1);
  }
}
