package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
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
    long[] values = {0, value, -1, 1};
    ByteBuffer bytes = ByteBuffer.allocate((int) PackedIntegers.length(values));
    PackedIntegers.write(values, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(bytes.array()).hasSize(1 + 4 * width);
    long[] read = new long[4];
    PackedIntegers.read(bytes.flip(), read);
    assertThat(read).isEqualTo(values);
  }
}
