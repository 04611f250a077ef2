package org.dpfed.imaging.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that the JDK wrote. */
class ImageLoaderTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "png, 10, 1, 8",
    "png, 11, 1, 16",
    "png, 5, 3, 8",
    "tiff, 10, 1, 8",
    "tiff, 11, 1, 16",
    "tiff, 5, 3, 8"
  })
  void read_losslessFormats_isExact(String format, int type, int channels, int bits)
      throws IOException {
    BufferedImage stored = random(37, 23, type);
    Path file = write(stored, format);

    Image read = ImageLoader.of(channels, 23, 37).withBits(bits).read(file);

    for (int row = 0; row < 23; row++) {
      for (int column = 0; column < 37; column++) {
        for (int channel = 0; channel < channels; channel++) {
          // The raster's bands are red, green, blue, whatever the order in memory.
          assertThat(read.at(channel, row, column))
              .isEqualTo(stored.getRaster().getSample(column, row, channel));
        }
      }
    }
  }

  @Test
  void read_jpeg_isNearAndInTheRightOrder() throws IOException {
    BufferedImage stored = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      stored.setRGB(i % 16, i / 16, 0xc81e46);
    }
    Image read = ImageLoader.of(3, 16, 16).read(write(stored, "jpg"));
    // A single colour loses nothing but the rounding of colour spaces.
    assertThat(read.at(0, 8, 8)).isCloseTo(0xc8, within(3f));
    assertThat(read.at(1, 8, 8)).isCloseTo(0x1e, within(3f));
    assertThat(read.at(2, 8, 8)).isCloseTo(0x46, within(3f));
  }

  @Test
  void read_greyAsColourAndColourAsGrey_convert() throws IOException {
    BufferedImage grey = random(4, 3, BufferedImage.TYPE_BYTE_GRAY);
    Image read = ImageLoader.of(3, 3, 4).read(write(grey, "png"));
    for (int channel = 0; channel < 3; channel++) {
      assertThat(read.at(channel, 2, 1)).isEqualTo(grey.getRaster().getSample(1, 2, 0));
    }
    BufferedImage colour = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    colour.setRGB(0, 0, 0x6f6f6f);
    colour.setRGB(1, 0, 0xff0000);
    Image asGrey = ImageLoader.of(1, 1, 2).read(write(colour, "png"));
    assertThat(asGrey.at(0, 0, 0)).isEqualTo(0x6f);
    assertThat(asGrey.at(0, 0, 1)).isEqualTo((float) (0.299 * 255));
  }

  @Test
  void read_transparency_isRefusedOrMixedWithBlack() throws IOException {
    BufferedImage stored = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    stored.setRGB(0, 0, 0x33ff8040);
    stored.setRGB(1, 0, 0xff102030);
    Path file = write(stored, "png");

    assertRefused(ImageLoader.of(3, 1, 2), file, "without transparency");
    Path tiff = write(stored, "tiff");
    assertRefused(ImageLoader.of(3, 1, 2).compositingOnBlack(), tiff, "without transparency");
    Image read = ImageLoader.of(3, 1, 2).compositingOnBlack().read(file);
    // 0x33 is a fifth of 0xff; floats round in the 24th bit.
    assertThat(read.at(0, 0, 0)).isCloseTo(51, within(1e-4f));
    assertThat(read.at(2, 0, 0)).isCloseTo(64 / 5f, within(1e-4f));
    assertThat(read.at(0, 0, 1)).isEqualTo(0x10);
    assertThat(read.at(2, 0, 1)).isEqualTo(0x30);
  }

  @Test
  void read_anotherSize_isRefusedOrResizedByArea() throws IOException {
    BufferedImage stored = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
    int[] values = {10, 20, 30, 40, 50, 60, 70, 80};
    stored.getRaster().setPixels(0, 0, 4, 2, values);
    Path file = write(stored, "png");

    assertRefused(ImageLoader.of(1, 1, 2), file, "expected an image of 1 × 2, found another size");
    Image read = ImageLoader.of(1, 1, 2).resizing().read(file);
    assertThat(read.values()).containsExactly(35, 55);
    assertThat(ImageLoader.of(1, 4, 8).resizing().read(file).at(0, 0, 0)).isEqualTo(10);
  }

  @Test
  void read_otherBits_areRefused() throws IOException {
    Path file = write(random(4, 4, BufferedImage.TYPE_USHORT_GRAY), "png");
    assertRefused(ImageLoader.of(1, 4, 4), file, "expected values of 8 bits");
  }

  @Test
  void read_exifOrientation_turnsOnPurposeOnly() throws IOException {
    BufferedImage stored = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int row = 0; row < 16; row++) {
      for (int column = 0; column < 32; column++) {
        stored.getRaster().setSample(column, row, 0, column < 16 ? 40 : 200);
      }
    }
    Path file = directory.resolve("turned.jpg");
    Files.write(file, withOrientation(Files.readAllBytes(write(stored, "jpg")), 6));

    assertThat(ImageLoader.of(1, 16, 32).read(file).at(0, 8, 4)).isCloseTo(40, within(2f));
    assertRefused(ImageLoader.of(1, 16, 32).rotating(), file, "found another size");
    Image turned = ImageLoader.of(1, 32, 16).rotating().read(file);
    // Orientation 6: the stored left is shown on top.
    assertThat(turned.at(0, 4, 8)).isCloseTo(40, within(2f));
    assertThat(turned.at(0, 28, 8)).isCloseTo(200, within(2f));
  }

  @Test
  void read_tiffOnItsSide_isRefused() throws IOException {
    byte[] tiff = Files.readAllBytes(write(random(40, 30, 10), "tiff"));
    ByteBuffer file = ByteBuffer.wrap(tiff);
    file.order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int entry = file.getInt(4) + 2;
    while (file.getShort(entry) < 274) {
      entry += 12;
    }
    // Writers that leave out the orientation have the number of samples next, which is 1, too.
    file.putShort(entry, (short) 274);
    assertThat(ImageLoader.of(1, 30, 40).read(Files.write(directory.resolve("t.tif"), tiff)))
        .isEqualTo(ImageLoader.of(1, 30, 40).read(directory.resolve("a.tiff")));
    file.putShort(entry + 8, (short) 3);
    Path turned = Files.write(directory.resolve("t.tif"), tiff);
    assertRefused(ImageLoader.of(1, 30, 40), turned, "found another orientation");
  }

  @Test
  void read_severalPages_isRefused() throws IOException {
    Path file = directory.resolve("pages.tif");
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int page = 0; page < 2; page++) {
        writer.writeToSequence(
            new IIOImage(random(4, 4, BufferedImage.TYPE_BYTE_GRAY), null, null), null);
      }
      writer.endWriteSequence();
    }
    assertRefused(ImageLoader.of(1, 4, 4), file, "one page, found several");
  }

  @Test
  void read_cutAnywhere_isRefusedWithTheFile() throws IOException {
    for (String format : List.of("png", "jpg", "tiff")) {
      byte[] whole = Files.readAllBytes(write(random(40, 30, 10), format));
      for (int length = 0; length < whole.length - 12; length += 1 + whole.length / 50) {
        Path file = directory.resolve("cut." + format);
        Files.write(file, Arrays.copyOf(whole, length));
        assertRefused(ImageLoader.of(1, 30, 40), file, "cut." + format);
      }
    }
  }

  @Test
  void read_headerThatPromisesMore_isRefusedBeforeItIsDecoded() throws IOException {
    byte[] png = Files.readAllBytes(write(random(4, 4, 10), "png"));
    ByteBuffer.wrap(png).putInt(16, 8000).putInt(20, 8000);
    Path file = Files.write(directory.resolve("large.png"), png);
    assertRefused(ImageLoader.of(1, 4, 4), file, "as many pixels as the file can hold");
    ByteBuffer.wrap(png).putInt(16, 80_000);
    Files.write(file, png);
    assertRefused(ImageLoader.of(1, 4, 4), file, "at most 67108864 pixels");
    Files.write(file, "GIF89a and more".getBytes(StandardCharsets.US_ASCII));
    assertRefused(ImageLoader.of(1, 4, 4), file, "expected a PNG, JPEG or TIFF image");
  }

  private static void assertRefused(ImageLoader loader, Path file, String reason) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> loader.read(file))
        .withMessageContaining(reason)
        .withMessageStartingWith(file.toString());
  }

  private static BufferedImage random(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    WritableRaster raster = image.getRaster();
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < raster.getNumBands(); band++) {
          raster.setSample(
              x, y, band, random.nextInt(1 << raster.getSampleModel().getSampleSize(band)));
        }
      }
    }
    return image;
  }

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = directory.resolve("a." + format);
    Files.deleteIfExists(file);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  /** A JPEG file with an EXIF segment that says one thing. */
  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(36);
    exif.putShort((short) 0xffe1).putShort((short) 34);
    exif.put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII));
    exif.putInt(8).putShort((short) 1);
    exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
    exif.putShort((short) 0).putInt(0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, 2);
    bytes.writeBytes(exif.array());
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }
}
