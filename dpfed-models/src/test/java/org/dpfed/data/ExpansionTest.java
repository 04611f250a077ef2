package org.dpfed.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that claim or expand to far more than they hold are refused before memory is taken. */
final class ExpansionTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"2147483647,1,1", "1,46340,46340", "65536,32767,1", "-2147483648,1,1"})
  void read_headerOfManyImages_allocatesNothing(int images, int height, int width)
      throws IOException {
    Path file = directory.resolve("images");
    byte[] header =
        ByteBuffer.allocate(16).putInt(0x0803).putInt(images).putInt(height).putInt(width).array();
    Files.write(file, header);
    assertRefused(MEGABYTE, "", () -> images().read(file, file));
    write(file, new byte[0], header, 1);
    assertRefused(MEGABYTE, "", () -> images().read(file, file));
  }

  @Test
  void read_imagesThatExpandTooFar_areRefused() throws IOException {
    Path file = directory.resolve("images");
    byte[] header =
        ByteBuffer.allocate(16).putInt(0x0803).putInt(256).putInt(1024).putInt(1024).array();
    write(file, header, new byte[MEGABYTE], 256);
    // Each megabyte comes to about a kilobyte.
    assertThat(Files.size(file)).isLessThan(MEGABYTE / 2);
    assertRefused(
        3 * (PossiblyGzipped.ALWAYS_ALLOWED + PossiblyGzipped.MOST_EXPANSION * Files.size(file)),
        "expected a gzip file that expands at most 200-fold",
        () -> images().read(file, file));
  }

  @Test
  void read_rowsThatExpandTooFar_areRefused() throws IOException {
    Path file = directory.resolve("rows.csv");
    write(file, "x,y\n".getBytes(UTF_8), "1,0\n".repeat(MEGABYTE / 4).getBytes(UTF_8), 64);
    assertRefused(
        400L * (PossiblyGzipped.ALWAYS_ALLOWED + PossiblyGzipped.MOST_EXPANSION * Files.size(file)),
        "expected a gzip file that expands at most 200-fold",
        () ->
            new CsvReader(
                    CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 9).build())
                .read(file));
  }

  /** Equal rows expand far too, but these are few. */
  @Test
  void read_fewRowsThatExpandFar_areRead() throws IOException {
    Path file = directory.resolve("rows.csv");
    write(file, "x,y\n".getBytes(UTF_8), "1,0\n".repeat(MEGABYTE / 4).getBytes(UTF_8), 2);
    assertThat(2.0 * MEGABYTE / Files.size(file)).isGreaterThan(PossiblyGzipped.MOST_EXPANSION);
    CsvSchema schema = CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 9).build();
    assertThat(new CsvReader(schema).read(file).size()).isEqualTo(MEGABYTE / 2);
  }

  private static IdxReader images() {
    return new IdxReader(List.of("a"), Scaling.Affine.PIXEL);
  }

  private static void write(Path file, byte[] head, byte[] block, int times) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(head);
      for (int i = 0; i < times; i++) {
        out.write(block);
      }
    }
  }

  private static void assertRefused(long mostBytes, String problem, ThrowingCallable reading) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(reading)
        .withMessageContaining(problem);
    assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
        .isLessThan(mostBytes);
  }
}
