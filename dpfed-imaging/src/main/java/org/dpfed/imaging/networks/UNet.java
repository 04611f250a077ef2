package org.dpfed.imaging.networks;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.imaging.losses.ImageLoss;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A compact U-Net for segmentation (Ronneberger, Fischer and Brox, <i>U-Net</i>, MICCAI 2015,
 * section 2), with padding and group normalisation: two convolutions at each scale, maximum pooling
 * on the way down; on the way up each pixel is repeated and convolved, which leaves no
 * checkerboards as transposed convolutions do, and the channels of the way down are put beside. At
 * the end are the probabilities of the classes of each pixel. With {@code width} 16, {@code depth}
 * 3, one channel and 2 classes it has 536,338 parameters.
 *
 * @param width channels of the first scale; doubled at each of the next
 * @param depth how often an image is halved, 1 to 5; sides must be multiples of 2 to the power of
 *     it
 */
public record UNet(int width, int depth) implements ImageNetwork {
  /** With 16 channels and 3 halvings. */
  public UNet() {
    this(16, 3);
  }

  /**
   * @throws IllegalArgumentException when the width is no multiple of 4, or the depth out of range
   */
  public UNet {
    GraphParts.requireWidth(width);
    if (depth < 1 || depth > 5) {
      throw new IllegalArgumentException("depth must be from 1 to 5, was " + depth);
    }
  }

  @Override
  public String name() {
    return "unet";
  }

  @Override
  public int outputPixels(InputType.InputTypeConvolutional image) {
    return Math.toIntExact(image.getHeight() * image.getWidth());
  }

  @Override
  public ComputationGraphConfiguration configuration(
      InputType.InputTypeConvolutional image,
      int classes,
      ImageLoss loss,
      IUpdater updater,
      long seed) {
    long unit = 1L << depth;
    if (image.getHeight() % unit != 0 || image.getWidth() % unit != 0) {
      throw new IllegalArgumentException(
          "%s of depth %d needs images whose sides are multiples of %d, got %d×%d; pad or crop them, or choose another depth"
              .formatted(name(), depth, unit, image.getHeight(), image.getWidth()));
    }
    GraphParts parts = new GraphParts(image, updater, seed);
    List<String> downs = new ArrayList<>();
    String last = pair(parts, "down0", width, GraphParts.INPUT);
    for (int i = 1; i <= depth; i++) {
      downs.add(last);
      last = pair(parts, "down" + i, width << i, parts.pooling("pooling" + i, last));
    }
    for (int i = depth - 1; i >= 0; i--) {
      String larger = parts.upsampling("larger" + i, last);
      String half = parts.convolution("half" + i, width << i, larger);
      last = pair(parts, "up" + i, width << i, parts.merge("both" + i, downs.get(i), half));
    }
    return parts.segmentation(classes, loss, outputPixels(image), last);
  }

  private static String pair(GraphParts parts, String name, int channels, String input) {
    String first = parts.convolution(name + "-first", channels, input);
    return parts.convolution(name + "-second", channels, first);
  }
}
