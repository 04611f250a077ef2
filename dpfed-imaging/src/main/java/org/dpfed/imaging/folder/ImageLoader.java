package org.dpfed.imaging.folder;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.Image;

/**
 * Reads PNG, JPEG and TIFF images of one size with OpenCV, the decoder behind DataVec's {@code
 * NativeImageLoader}. Colours come out in the order red, green, blue. Values are those of the file:
 * 0 to 255, 0 to 65,535, or a TIFF's floating-point numbers. Thread-safe.
 *
 * @param channels 1 or 3. As one channel, colours become grey (0.299 red + 0.587 green + 0.114
 *     blue, ITU-R BT.601); as three, grey is repeated
 * @param height rows of every image
 * @param width columns of every image
 * @param bits of a value: 8, 16, or 32 for floating-point numbers; images with others are refused,
 *     since one scaling cannot fit both
 * @param resizes whether images of another size are resized, without regard to their proportions:
 *     by area where no side grows, bilinear otherwise. They are refused if not
 * @param compositesOnBlack whether transparent pixels are mixed with black, before resizing. Images
 *     with transparency are refused if not
 * @param rotates whether an image is turned as its EXIF orientation says. It is taken as stored if
 *     not
 */
public record ImageLoader(
    int channels,
    int height,
    int width,
    int bits,
    boolean resizes,
    boolean compositesOnBlack,
    boolean rotates) {
  private static final int MOST_FILE_BYTES = 1 << 28;

  public ImageLoader {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("channels must be 1 or 3, was " + channels);
    }
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be at least 1, were %d and %d".formatted(height, width));
    }
    if (bits != 8 && bits != 16 && bits != 32) {
      throw new IllegalArgumentException("bits must be 8, 16 or 32, were " + bits);
    }
  }

  /** Images of 8 bits and exactly this size, without transparency, as stored. */
  public static ImageLoader of(int channels, int height, int width) {
    return new ImageLoader(channels, height, width, 8, false, false, false);
  }

  /** The same for images with so many bits for a value: 8, 16 or 32. */
  public ImageLoader withBits(int other) {
    return new ImageLoader(channels, height, width, other, resizes, compositesOnBlack, rotates);
  }

  /** The same, and images of another size are resized. */
  public ImageLoader resizing() {
    return new ImageLoader(channels, height, width, bits, true, compositesOnBlack, rotates);
  }

  /** The same, and transparent pixels are mixed with black. */
  public ImageLoader compositingOnBlack() {
    return new ImageLoader(channels, height, width, bits, resizes, true, rotates);
  }

  /** The same, and images are turned as their EXIF orientation says. */
  public ImageLoader rotating() {
    return new ImageLoader(channels, height, width, bits, resizes, compositesOnBlack, true);
  }

  /**
   * One image.
   *
   * @throws MalformedDataException when the file is damaged, has several pages, or differs from
   *     what this loader takes; the message says what to do
   */
  @SuppressWarnings("unchecked") // PointerScope takes any number of classes.
  public Image read(Path file) throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    byte[] bytes = bytes(file, place);
    ImageHeader header = ImageHeader.of(bytes, place);
    if (header.hasAlpha() && !compositesOnBlack) {
      throw place.problem(
          "expected an image without transparency, found one with an alpha channel; remove it, or have transparent pixels mixed with black (data.transparency: black, or ImageLoader.compositingOnBlack)");
    }
    if (header.format() == ImageHeader.Format.TIFF && header.bits() < 8) {
      throw place.problem("expected values of 8 bits or more, found fewer; convert the image");
    }
    try (PointerScope scope = new PointerScope()) {
      Mat pixels = decoded(bytes, header, place);
      requireKind(pixels, place);
      return image(floats(sized(header.hasAlpha() ? mixed(pixels, place) : pixels, place)), place);
    }
  }

  static byte[] bytes(Path file, MalformedDataException.Place place) throws IOException {
    if (Files.size(file) > MOST_FILE_BYTES) {
      throw place.problem(
          "expected an image file of at most %d bytes, found a longer one"
              .formatted(MOST_FILE_BYTES));
    }
    return Files.readAllBytes(file);
  }

  private Mat decoded(byte[] bytes, ImageHeader header, MalformedDataException.Place place)
      throws MalformedDataException {
    int flags =
        header.hasAlpha()
            ? opencv_imgcodecs.IMREAD_UNCHANGED
            : opencv_imgcodecs.IMREAD_ANYDEPTH
                | opencv_imgcodecs.IMREAD_ANYCOLOR
                | (rotates ? 0 : opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION);
    Mat pixels;
    try {
      pixels = opencv_imgcodecs.imdecode(new Mat(bytes), flags);
    } catch (RuntimeException e) {
      // What OpenCV throws names places in its source, not in the image.
      pixels = new Mat();
    }
    boolean isTurned =
        pixels.rows() == header.width() && pixels.cols() == header.height() && rotates;
    boolean isAsStored = pixels.rows() == header.height() && pixels.cols() == header.width();
    if (pixels.empty() || !(isAsStored || isTurned)) {
      throw place.problem(
          "expected a whole image of a common kind of its format, found a damaged or uncommon one; save it again, or leave damaged ones out (data.damaged: leave-out, or DamagedImages.leftOut)");
    }
    return pixels;
  }

  private void requireKind(Mat pixels, MalformedDataException.Place place)
      throws MalformedDataException {
    int expected =
        bits == 8 ? opencv_core.CV_8U : bits == 16 ? opencv_core.CV_16U : opencv_core.CV_32F;
    if (pixels.depth() != expected) {
      throw place.problem(
          "expected values of %d bits, found others; convert the image, or read it with the bits that it has (data.bits, or ImageLoader.withBits)"
              .formatted(bits));
    }
    if (pixels.channels() == 2 || pixels.channels() > 4) {
      throw place.problem("expected a grey or colour image, found another number of channels");
    }
  }

  /** The colour of a transparent pixel means nothing, and must not reach its neighbours. */
  private Mat mixed(Mat pixels, MalformedDataException.Place place) throws MalformedDataException {
    if (pixels.channels() != 4) {
      throw place.problem(
          "expected transparency in an alpha channel, found a grey value that stands for it (tRNS); save the image with an alpha channel, or without transparency");
    }
    Mat mixed = floats(pixels);
    FloatBuffer values = mixed.createBuffer();
    float most = bits == 8 ? 255 : 65_535;
    for (int i = 0; i < values.limit(); i += 4) {
      float opacity = values.get(i + 3) / most;
      for (int channel = i; channel < i + 3; channel++) {
        values.put(channel, values.get(channel) * opacity);
      }
    }
    return mixed;
  }

  private Mat sized(Mat pixels, MalformedDataException.Place place) throws MalformedDataException {
    if (pixels.rows() == height && pixels.cols() == width) {
      return pixels;
    }
    if (!resizes) {
      throw place.problem(
          "expected an image of %d × %d, found another size; resize it, or have images resized (data.fit: true, or ImageLoader.resizing)"
              .formatted(height, width));
    }
    boolean isShrunk = height <= pixels.rows() && width <= pixels.cols();
    Mat resized = new Mat();
    opencv_imgproc.resize(
        pixels,
        resized,
        new Size(width, height),
        0,
        0,
        isShrunk ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_LINEAR);
    return resized;
  }

  private static Mat floats(Mat pixels) {
    Mat floats = new Mat();
    pixels.convertTo(floats, opencv_core.CV_32F);
    return floats;
  }

  /** From blue, green and red next to each other to channels one after another. */
  private Image image(Mat pixels, MalformedDataException.Place place)
      throws MalformedDataException {
    int stored = pixels.channels();
    FloatBuffer source = pixels.createBuffer();
    int plane = height * width;
    float[] values = new float[channels * plane];
    float[] pixel = new float[stored];
    for (int i = 0; i < plane; i++) {
      source.get(pixel);
      float blue = pixel[0];
      float green = stored == 1 ? blue : pixel[1];
      float red = stored == 1 ? blue : pixel[2];
      if (!Float.isFinite(red + green + blue)) {
        throw place.problem("expected finite values, found others; replace them");
      }
      if (channels == 1) {
        values[i] = (float) (0.299 * red + 0.587 * green + 0.114 * blue);
      } else {
        values[i] = red;
        values[plane + i] = green;
        values[2 * plane + i] = blue;
      }
    }
    return new Image(channels, height, width, values);
  }
}
