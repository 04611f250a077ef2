package org.dpfed.imaging.augmentation;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.dpfed.federated.Augmentation;

/**
 * Moves images of one size by OpenCV: mirrored, turned around their middle, and shifted, in one
 * interpolation. What lies outside is the image mirrored at its sides. Owns native memory for one
 * plane, whatever the number of images. Not thread-safe.
 */
final class Movement implements AutoCloseable {
  private static final int AXES_OF_PIXELS = 4;

  private final int height;
  private final int width;
  private final Mat source;
  private final Mat target;
  private final Mat affine;
  private final Size size;
  private final Scalar unused;
  private final FloatBuffer sourceValues;
  private final FloatBuffer targetValues;
  private final DoubleBuffer matrix;

  Movement(int height, int width) {
    this.height = height;
    this.width = width;
    this.source = new Mat(height, width, opencv_core.CV_32F);
    this.target = new Mat(height, width, opencv_core.CV_32F);
    this.affine = new Mat(2, 3, opencv_core.CV_64F);
    this.size = new Size(width, height);
    this.unused = new Scalar();
    this.sourceValues = source.createBuffer();
    this.targetValues = target.createBuffer();
    this.matrix = affine.createBuffer();
  }

  /**
   * Sets the movement; false where it leaves images as they are.
   *
   * @param mirrors left to right
   * @param topples upside down
   * @param across share of the width to shift by, rounded to whole pixels
   * @param down share of the height to shift by, rounded to whole pixels
   * @param degrees to turn by
   */
  boolean set(boolean mirrors, boolean topples, double across, double down, double degrees) {
    long right = Math.round(across * width);
    long below = Math.round(down * height);
    double cosine = Math.cos(Math.toRadians(degrees));
    double sine = Math.sin(Math.toRadians(degrees));
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    // Where the value of a pixel comes from: middle + flip · rotation · (pixel − shift − middle).
    row(
        0,
        mirrors ? -cosine : cosine,
        mirrors ? -sine : sine,
        middleX,
        middleX + right,
        middleY + below);
    row(
        1,
        topples ? sine : -sine,
        topples ? -cosine : cosine,
        middleY,
        middleX + right,
        middleY + below);
    return mirrors || topples || right != 0 || below != 0 || degrees != 0;
  }

  private void row(int row, double byX, double byY, double middle, double x, double y) {
    matrix.put(3 * row, byX);
    matrix.put(3 * row + 1, byY);
    matrix.put(3 * row + 2, middle - byX * x - byY * y);
  }

  /** Moves the planes of an example, between pixels by bilinear interpolation. */
  void move(Augmentation.Values values, int example) {
    move(values, example, opencv_imgproc.INTER_LINEAR);
  }

  /**
   * Moves the planes of an example, each pixel with the value of the nearest one; leaves values
   * that are not of pixels as they are.
   *
   * @throws IllegalArgumentException when pixels are of another size than the images
   */
  void moveNearest(Augmentation.Values values, int example) {
    if (values.rank() != AXES_OF_PIXELS) {
      return;
    }
    if (values.size(2) != height || values.size(3) != width) {
      throw new IllegalArgumentException(
          "labels of pixels must have the size of the images, %d × %d, were %d × %d; train without augmentation"
              .formatted(height, width, values.size(2), values.size(3)));
    }
    move(values, example, opencv_imgproc.INTER_NEAREST);
  }

  private void move(Augmentation.Values values, int example, int interpolation) {
    int plane = height * width;
    int planes = values.size(1);
    for (int i = 0; i < planes; i++) {
      int at = (example * planes + i) * plane;
      sourceValues.put(0, values.array(), at, plane);
      opencv_imgproc.warpAffine(
          source,
          target,
          affine,
          size,
          interpolation | opencv_imgproc.WARP_INVERSE_MAP,
          opencv_core.BORDER_REFLECT,
          unused);
      targetValues.get(0, values.array(), at, plane);
    }
  }

  @Override
  public void close() {
    Stream.of(source, target, affine, size, unused).forEach(Pointer::close);
  }
}
