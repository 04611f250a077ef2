package org.dpfed.imaging.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.data.Mask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskLoaderTest {
  private static final byte[] CLASSES = {0, 1, 2, 3, 3, 0};

  @TempDir private Path directory;

  @Test
  void read_greyOf8And16BitsAndPalette_areTheirNumbers() throws IOException {
    // Colours that say nothing about the numbers.
    byte[] red = {9, 7, 7, 0};
    byte[] green = {9, 1, 7, 0};
    byte[] blue = {9, 1, 7, 7};
    for (BufferedImage image :
        new BufferedImage[] {
          new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY),
          new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY),
          new BufferedImage(
              3, 2, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 4, red, green, blue)),
          new BufferedImage(
              3, 2, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(2, 4, red, green, blue))
        }) {
      for (String format : List.of("png", "tiff")) {
        assertThat(loader(4).read(write(image, format))).isEqualTo(new Mask(2, 3, CLASSES));
      }
      assertRefused(loader(3), "expected classes from 0 to 2, found another value");
    }
  }

  @Test
  void read_anotherSize_isRefusedOrTakenFromTheNearestPixel() throws IOException {
    write(new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY), "png");
    assertRefused(new MaskLoader(4, 6, 4, false), "expected a mask of 4 × 6");
    Mask mask = new MaskLoader(4, 6, 4, true).read(directory.resolve("a.png"));
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 6; column++) {
        assertThat(mask.at(row, column)).isEqualTo(CLASSES[row / 2 * 3 + column / 2]);
      }
    }
  }

  @Test
  void read_coloursAndOtherFormats_areRefused() throws IOException {
    BufferedImage colours = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(colours, "png", directory.resolve("a.png").toFile());
    assertRefused(loader(4), "found colours");
    ImageIO.write(colours, "tiff", directory.resolve("a.png").toFile());
    assertRefused(loader(4), "found colours");
    ImageIO.write(colours, "jpg", directory.resolve("a.png").toFile());
    assertRefused(loader(4), "found JPEG");
  }

  private static MaskLoader loader(int classes) {
    return new MaskLoader(2, 3, classes, false);
  }

  private Path write(BufferedImage image, String format) throws IOException {
    for (int i = 0; i < CLASSES.length; i++) {
      image.getRaster().setSample(i % 3, i / 3, 0, CLASSES[i]);
    }
    Path file = directory.resolve("a.png");
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private void assertRefused(MaskLoader loader, String reason) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> loader.read(directory.resolve("a.png")))
        .withMessageContaining(reason);
  }
}
