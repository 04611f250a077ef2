package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointFormatTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("round-0000000003.checkpoint");
  }

  private void write(Checkpoint checkpoint) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CheckpointFormat.write(checkpoint, channel);
    }
  }

  private static Checkpoint small() {
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("parameters", new float[] {1.5f, -0f, Float.MIN_VALUE});
    arrays.put("bounds", new double[] {0.1});
    arrays.put("order", new int[0]);
    return new Checkpoint(3, Map.of("identity", "{\"unit\":\"Gerät\"}"), arrays);
  }

  /** Bit for bit, and longer than the pieces in which arrays are written. */
  @Test
  void read_written_isTheSame() throws IOException {
    int[] bits = {0, 0x80000000, 1, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fc01234, 0x3f800001};
    float[] floats = new float[40_000];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat(bits[i % bits.length]);
    }
    double[] doubles = {Double.MIN_VALUE, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, Math.PI};
    int[] whole = {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE};
    Map<String, Object> arrays = new LinkedHashMap<>();
    arrays.put("noise.1", doubles);
    arrays.put("noise.0", new double[0]);
    arrays.put("floats", floats);
    arrays.put("order", whole);
    Map<String, String> texts = Map.of("a\n\"b", "größer \u0000 \ud83d\ude00", "", "");
    write(new Checkpoint(7, texts, arrays));

    Checkpoint read = CheckpointFormat.read(file);
    assertThat(read.round()).isEqualTo(7);
    assertThat(read.texts()).isEqualTo(texts);
    assertThat(read.arrays().keySet()).containsExactlyElementsOf(arrays.keySet());
    assertThat(rawBits(read.array("floats", float[].class))).isEqualTo(rawBits(floats));
    assertThat(read.array("noise.1", double[].class)).isEqualTo(doubles);
    assertThat(read.array("order", int[].class)).isEqualTo(whole);
    assertThat(read.numbered("noise", double[].class)).hasSize(2);
  }

  private static int[] rawBits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  /** The metrics of 100,000 rounds are that long. */
  @Test
  void read_longText_isTheSame() throws IOException {
    String text = "0123456789".repeat(2_100_000);
    write(new Checkpoint(3, Map.of("metrics", text), Map.of()));
    assertThat(CheckpointFormat.read(file).text("metrics").equals(text)).isTrue();
  }

  @Test
  void read_anyByteChanged_isRefused() throws IOException {
    write(small());
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {0x01, 0x08, 0x80, 0xff}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        requireRefused(changed);
      }
    }
  }

  @Test
  void read_cutAnywhereOrWithMore_isRefused() throws IOException {
    write(small());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      requireRefused(Arrays.copyOf(whole, length));
      byte[] zeros = Arrays.copyOf(Arrays.copyOf(whole, length), whole.length);
      if (!Arrays.equals(zeros, whole)) {
        requireRefused(zeros);
      }
    }
    requireRefused(Arrays.copyOf(whole, whole.length + 1));
    requireRefused(Arrays.copyOf(whole, 2 * whole.length));
    assertThat(CheckpointFormat.read(write(whole)).round()).isEqualTo(3);
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(file, bytes);
  }

  private void requireRefused(byte[] bytes) throws IOException {
    write(bytes);
    Throwable refusal = catchThrowable(() -> CheckpointFormat.read(file));
    if (refusal instanceof IllegalArgumentException) {
      // One changed digit makes the version a newer one.
      assertThat(refusal).hasMessageContaining("a newer dpfed wrote");
    } else {
      assertThat(refusal).isInstanceOf(DamagedCheckpointException.class);
    }
    assertThat(refusal).hasMessageContaining(file.toString());
  }

  /** Whole files with right hashes: what stands in them is not believed either. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"round\":-1,\"texts\":{},\"arrays\":[]}",
        "{\"round\":1.5,\"texts\":{},\"arrays\":[]}",
        "{\"round\":\"1\",\"texts\":{},\"arrays\":[]}",
        "{\"round\":99999999999,\"texts\":{},\"arrays\":[]}",
        "{\"round\":1,\"texts\":{},\"arrays\":{}}",
        "{\"round\":1,\"texts\":[],\"arrays\":[]}",
        "{\"round\":1,\"texts\":{\"a\":null},\"arrays\":[]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[null]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[],\"more\":1}",
        "{\"round\":1,\"texts\":{},\"arrays\":[]} {}",
        "{\"round\":1,\"round\":2,\"texts\":{},\"arrays\":[]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[1]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"long\",\"length\":0}]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"float\"}]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"float\",\"length\":-1}]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"float\",\"length\":1}]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"kind\":\"float\",\"length\":0}]}",
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"float\",\"length\":0},"
            + "{\"name\":\"a\",\"kind\":\"int\",\"length\":0}]}"
      })
  void read_otherHeader_isRefused(String header) throws Exception {
    seal(header);
    assertThatThrownBy(() -> CheckpointFormat.read(file))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483647", "2147483648", "9223372036854775807", "1e18"})
  void read_headerClaimsALongArray_allocatesNothing(String length) throws Exception {
    seal(
        "{\"round\":1,\"texts\":{},\"arrays\":[{\"name\":\"a\",\"kind\":\"double\",\"length\":%s}]}"
            .formatted(length));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> CheckpointFormat.read(file))
        .isInstanceOf(DamagedCheckpointException.class);
    // A few pieces of 64 KB and Jackson's buffers; the smallest claim is of 16 GB.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
  }

  private void seal(String header) throws Exception {
    byte[] content = ("dpfed checkpoint 1\n" + header + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
    write(ByteBuffer.allocate(content.length + hash.length).put(content).put(hash).array());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "01", "-1", "", " 1", "1 ", "1.0", "9999999999"})
  void read_noVersion_isRefused(String version) throws IOException {
    write(("dpfed checkpoint " + version + "\n{}\n").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> CheckpointFormat.read(file))
        .isInstanceOf(DamagedCheckpointException.class);
  }

  @Test
  void read_newerVersion_isRefusedByName() throws IOException {
    write("dpfed checkpoint 999999999\n".getBytes(StandardCharsets.UTF_8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CheckpointFormat.read(file))
        .withMessageContaining("version 999999999");
  }
}
