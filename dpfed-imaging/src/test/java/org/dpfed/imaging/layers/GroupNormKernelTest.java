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
    for (boolean innermost : new boolean[] {false, true}) {
      int n = each.get("n").asInt();
      int channels = each.get("channels").asInt();
      GroupNormKernel kernel =
          new GroupNormKernel(
              channels, each.get("groups").asInt(), 1e-5, each.get("relu").asBoolean());
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

  @Test
  void forward_equalPixels_areBeta() {
    float[] y = new float[8];
    GroupNormKernel kernel = new GroupNormKernel(2, 1, 1e-5, false);
    kernel.prepare(1, 4, false);
    float[] gamma = {2, 2};
    float[] beta = {0.5f, -1};
    kernel.forward(new float[] {3, 3, 3, 3, 3, 3, 3, 3}, gamma, beta, y);
    assertThat(y).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, -1, -1, -1, -1);
  }

  /** ReLU must not turn an example that has diverged into zeros. */
  @Test
  void forward_notANumber_staysInItsExampleAndIsSeen() {
    float[] y = new float[8];
    GroupNormKernel kernel = new GroupNormKernel(1, 1, 1e-5, true);
    kernel.prepare(2, 4, false);
    float[] x = {Float.NaN, 1, 2, 3, 0, 1, 2, 3};
    kernel.forward(x, new float[] {1}, new float[] {0}, y);
    assertThat(y[1]).isNaN();
    assertThat(y[7]).isGreaterThan(1);
  }
}
