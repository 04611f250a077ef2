package org.dpfed.imaging.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.data.Mask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JDK's writers do not write: kinds of TIFF, and chunks of PNG. */
class UncommonImagesTest {
  private static final int UNSIGNED = 1;
  private static final int SIGNED = 2;
  private static final int FLOAT = 3;
  private static final int TRANSPARENCY = 0x74524e53;

  @TempDir private Path directory;

  /** Negative as a signed number; the first leads back to the chunk's own start. */
  @ParameterizedTest
  @ValueSource(ints = {0xfffffff4, 0xffffffff, 0x80000000, 0x7fffffff, 1000})
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void read_pngChunkOfImpossibleLength_isRefused(int length) throws IOException {
    byte[] png = png(BufferedImage.TYPE_BYTE_GRAY);
    byte[] chunk = ByteBuffer.allocate(12).putInt(length).putInt(0x74455874).array();
    Path file = write("a.png", inserted(png, chunk));
    assertRefused(() -> ImageLoader.of(1, 1, 2).read(file), "damaged or shortened");
    assertRefused(() -> new MaskLoader(1, 2, 4, false).read(file), "damaged or shortened");
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void read_jpegSegmentOfImpossibleLength_isRefused() throws IOException {
    for (int length = 0; length < 2; length++) {
      byte[] jpeg = {-1, -40, -1, -32, 0, (byte) length, 0, 0, 0, 0, 0, 0, -1, -39};
      Path file = write("a.jpg", jpeg);
      assertRefused(() -> ImageLoader.of(1, 1, 2).read(file), "other bytes between them");
    }
  }

  @Test
  void read_jpegWithFillBytes_isRead() throws IOException {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ImageIO.write(grey, "jpg", written);
    byte[] jpeg = written.toByteArray();
    ByteBuffer filled = ByteBuffer.allocate(jpeg.length + 2);
    filled.put(jpeg, 0, 2).putShort((short) 0xffff).put(jpeg, 2, jpeg.length - 2);
    Path file = write("a.jpg", filled.array());
    assertThat(ImageLoader.of(1, 1, 2).read(file).values()).containsExactly(0, 0);
  }

  @Test
  void read_colourUnderTransparency_doesNotReachNeighbours() throws IOException {
    BufferedImage stored = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    stored.setRGB(0, 0, 0x00ffffff);
    stored.setRGB(1, 0, 0xff000000);
    ImageIO.write(stored, "png", directory.resolve("a.png").toFile());
    ImageLoader loader = ImageLoader.of(1, 1, 1).compositingOnBlack().resizing();
    assertThat(loader.read(directory.resolve("a.png")).at(0, 0, 0)).isZero();
    stored.setRGB(1, 0, 0xffc8c8c8);
    ImageIO.write(stored, "png", directory.resolve("a.png").toFile());
    // Half of 200; grey has weights that floats round in the 24th bit.
    assertThat(loader.read(directory.resolve("a.png")).at(0, 0, 0)).isCloseTo(100, within(1e-4f));
  }

  @ParameterizedTest
  @CsvSource({"10, 8", "11, 16"}) // Grey of 8 and 16 bits.
  void read_transparentGreyValue_isRefused(int type, int bits) throws IOException {
    byte[] chunk = ByteBuffer.allocate(2).putShort((short) 200).array();
    Path file = write("a.png", inserted(png(type), chunk(TRANSPARENCY, chunk)));
    ImageLoader loader = ImageLoader.of(1, 1, 2).withBits(bits);
    assertRefused(() -> loader.read(file), "without transparency");
    assertRefused(() -> loader.compositingOnBlack().read(file), "a grey value that stands for it");
  }

  @Test
  void read_transparentColour_isMixedWithBlack() throws IOException {
    byte[] chunk = {0, 10, 0, 10, 0, 10};
    Path file =
        write("a.png", inserted(png(BufferedImage.TYPE_INT_RGB), chunk(TRANSPARENCY, chunk)));
    Image read = ImageLoader.of(3, 1, 2).compositingOnBlack().read(file);
    assertThat(read.values()).containsExactly(0, 200, 0, 200, 0, 200);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 2, 1, signed integers",
    "16, 2, 1, signed integers",
    "32, 1, 1, signed integers",
    "32, 2, 1, signed integers",
    "64, 3, 1, signed integers",
    "16, 3, 1, signed integers",
    "12, 1, 1, signed integers",
    "4, 1, 1, 8 bits or more",
    "8, 1, 0, WhiteIsZero",
    "16, 1, 0, WhiteIsZero",
    "32, 3, 0, WhiteIsZero"
  })
  void read_tiffOfAnotherKind_isRefused(int bits, int format, int photometric, String reason)
      throws IOException {
    Path file = write("a.tif", tiff(bits, format, photometric, 1, 2));
    ImageLoader loader = ImageLoader.of(1, 1, 2).withBits(Math.max(8, Math.min(bits, 32)) & 56);
    assertRefused(() -> loader.read(file), reason);
    if (bits > 4) {
      assertRefused(() -> new MaskLoader(1, 2, 4, false).read(file), reason);
    }
  }

  @Test
  void read_tiffOfACommonKind_isExact() throws IOException {
    for (int bits : new int[] {8, 16, 32}) {
      int format = bits == 32 ? FLOAT : UNSIGNED;
      long one = bits == 32 ? Float.floatToIntBits(-1000.5f) : 201;
      Path file = write("a.tif", tiff(bits, format, 1, 0, one));
      assertThat(ImageLoader.of(1, 1, 2).withBits(bits).read(file).values())
          .containsExactly(0, bits == 32 ? -1000.5f : 201);
    }
  }

  @Test
  void read_maskOfNumbersThatAreNoClasses_isRefused() throws IOException {
    Path file =
        write("a.tif", tiff(32, FLOAT, 1, Float.floatToIntBits(1.9f), Float.floatToIntBits(1)));
    assertRefused(() -> new MaskLoader(1, 2, 4, false).read(file), "found floating-point numbers");
    Path signed = write("b.tif", tiff(16, SIGNED, 1, 0xff01, 1));
    assertRefused(() -> new MaskLoader(1, 2, 4, false).read(signed), "signed integers");
    Path large = write("c.tif", tiff(16, UNSIGNED, 1, 0xff01, 1));
    assertRefused(() -> new MaskLoader(1, 2, 4, false).read(large), "expected classes from 0 to 3");
    Path plain = write("d.tif", tiff(16, UNSIGNED, 1, 3, 1));
    assertThat(new MaskLoader(1, 2, 4, false).read(plain))
        .isEqualTo(new Mask(1, 2, new byte[] {3, 1}));
  }

  @Test
  void read_tiffWithATagTwice_isRefused() throws IOException {
    byte[] tiff = tiff(16, UNSIGNED, 1, 0, 1);
    // Entry 3 is the number of bits; the one before becomes a second of its kind.
    int directory = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    ByteBuffer.wrap(tiff)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(directory + 2 + 12, (short) 258)
        .putShort(directory + 2 + 12 + 8, (short) 8);
    Path file = write("a.tif", tiff);
    assertRefused(() -> ImageLoader.of(1, 1, 2).read(file), "in the order of their tags");
  }

  /** A grey image of two pixels beside each other. */
  private static byte[] tiff(int bits, int format, int photometric, long... pixels) {
    ByteBuffer file = ByteBuffer.allocate(8 + 16 + 2 + 120 + 4).order(ByteOrder.LITTLE_ENDIAN);
    file.putShort((short) 0x4949).putShort((short) 42).putInt(24);
    for (int i = 0; i < 2; i++) {
      // Others than these are refused before their pixels are looked at.
      switch (bits) {
        case 8 -> file.put((byte) pixels[i]);
        case 16 -> file.putShort((short) pixels[i]);
        default -> file.putInt((int) pixels[i]);
      }
    }
    int[][] entries = {
      {256, 2}, {257, 1}, {258, bits}, {259, 1}, {262, photometric},
      {273, 8}, {277, 1}, {278, 1}, {279, (2 * bits + 7) / 8}, {339, format}
    };
    file.position(24).putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) 3).putInt(1).putInt(entry[1]);
    }
    return file.array();
  }

  /** Two pixels, 10 and 200 in every channel. */
  private static byte[] png(int type) throws IOException {
    BufferedImage image = new BufferedImage(2, 1, type);
    for (int band = 0; band < image.getRaster().getNumBands(); band++) {
      image.getRaster().setSample(0, 0, band, 10);
      image.getRaster().setSample(1, 0, band, 200);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  /** With more after the first chunk of a PNG file. */
  private static byte[] inserted(byte[] png, byte[] more) {
    return ByteBuffer.allocate(png.length + more.length)
        .put(png, 0, 33)
        .put(more)
        .put(png, 33, png.length - 33)
        .array();
  }

  private static byte[] chunk(int type, byte[] content) {
    ByteBuffer chunk = ByteBuffer.allocate(content.length + 12);
    chunk.putInt(content.length).putInt(type).put(content);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, content.length + 4);
    return chunk.putInt((int) crc.getValue()).array();
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private static void assertRefused(ThrowingCallable reading, String reason) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(reading)
        .withMessageContaining(reason);
  }
}
