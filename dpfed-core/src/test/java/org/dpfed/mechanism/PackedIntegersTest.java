package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PackedIntegersTest {
  @ParameterizedTest
  @CsvSource({
    "0,1",
    "127,1",
    "-128,1",
    "128,2",
    "-129,2",
    "32767,2",
    "-32768,2",
    "32768,3",
    "8388607,3",
    "-8388609,4",
    "2147483648,5",
    "9223372036854775807,8",
    "-9223372036854775808,8"
  })
  void read_whatWasWritten_isTheSameInAsFewBytes(long value, int width) {
    // More than are read as whole longs, and fewer.
    requireSame(new long[] {0, value, -1, 1, value, 2, -2, ~value, 3, value, -3}, width);
    requireSame(new long[] {value}, width);
  }

  private static void requireSame(long[] values, int width) {
    ByteBuffer bytes = ByteBuffer.allocate((int) PackedIntegers.length(values));
    PackedIntegers.write(values, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(bytes.array()).hasSize(1 + values.length * width);
    long[] sum = new long[values.length];
    Arrays.fill(sum, 5);
    PackedIntegers.addTo(sum, bytes.flip());
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(sum).isEqualTo(Arrays.stream(values).map(each -> 5 + each).toArray());
    assertThat(PackedIntegers.squares(bytes.flip(), values.length))
        .isCloseTo(
            Arrays.stream(values).mapToDouble(each -> (double) each * each).sum(),
            // Of eleven positive terms each sum is rounded by half of 2⁻⁵².
            withinPercentage(100 * 11 * 0x1p-52));
    assertThat(bytes.hasRemaining()).isFalse();
  }
}
