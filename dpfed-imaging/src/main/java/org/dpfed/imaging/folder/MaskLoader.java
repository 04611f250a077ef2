package org.dpfed.imaging.folder;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.data.Mask;

/**
 * Reads masks from PNG and TIFF images: the class of a pixel is its grey value, of 1 to 16 bits, or
 * the number of its colour in the palette. Thread-safe.
 *
 * @param height rows of every mask
 * @param width columns of every mask
 * @param classes how many there are; values are below
 * @param resizes whether masks of another size are resized, to the class of the nearest pixel. They
 *     are refused if not
 */
record MaskLoader(int height, int width, int classes, boolean resizes) {
  /**
   * One mask.
   *
   * @throws MalformedDataException when the file is damaged, or no mask of this kind
   */
  Mask read(Path file) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    byte[] bytes = ImageLoader.bytes(file, place);
    ImageHeader header = ImageHeader.of(bytes, place);
    if (header.format() == ImageHeader.Format.JPEG) {
      throw place.problem(
          "expected a mask in PNG or TIFF format, found JPEG, which changes classes; save it as PNG");
    }
    if (header.bits() > 16) {
      throw place.problem(
          "expected a mask of integers of up to 16 bits, found floating-point numbers; save the number of each pixel's class");
    }
    Raster raster = raster(bytes, header.format(), place);
    if (raster.getNumBands() != 1) {
      throw place.problem(
          "expected a mask whose values are classes (grey, or a palette), found colours; save the number of each pixel's class");
    }
    boolean isOfSize = raster.getHeight() == height && raster.getWidth() == width;
    if (!isOfSize && !resizes) {
      throw place.problem(
          "expected a mask of %d × %d, found another size; resize it, or have images resized (data.fit: true, or ImageLoader.resizing)"
              .formatted(height, width));
    }
    return mask(raster, place);
  }

  private static Raster raster(
      byte[] bytes, ImageHeader.Format format, MalformedDataException.Place place)
      throws MalformedDataException {
    ImageReader reader = reader(format);
    try {
      reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
      return reader.read(0).getRaster();
    } catch (IOException | RuntimeException e) {
      // The reader has no exception of its own for each kind of damage.
      throw place.problem("expected a whole image, found a damaged one");
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's own; libraries on the class path may bring others. */
  private static ImageReader reader(ImageHeader.Format format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    ImageReader reader = readers.next();
    while (!reader.getClass().getName().startsWith("com.sun.imageio.")) {
      reader = readers.next();
    }
    return reader;
  }

  private Mask mask(Raster raster, MalformedDataException.Place place)
      throws MalformedDataException {
    byte[] mask = new byte[Math.multiplyExact(height, width)];
    for (int row = 0; row < height; row++) {
      int y = nearest(row, height, raster.getHeight());
      for (int column = 0; column < width; column++) {
        int value = raster.getSample(nearest(column, width, raster.getWidth()), y, 0);
        if (value < 0 || value >= Math.min(classes, Mask.MOST_CLASSES)) {
          throw place.problem(
              "expected classes from 0 to %d, found another value; name as many classes as there are, or save the number of each pixel's class"
                  .formatted(classes - 1));
        }
        mask[row * width + column] = (byte) value;
      }
    }
    return new Mask(height, width, mask);
  }

  /** The pixel whose middle is nearest. */
  private static int nearest(int position, int size, int storedSize) {
    return (int) ((2L * position + 1) * storedSize / (2L * size));
  }
}
