package org.dpfed.imaging.networks;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.imaging.losses.ImageLoss;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A classifier of residual blocks (He, Zhang, Ren and Sun, <i>Deep Residual Learning for Image
 * Recognition</i>, CVPR 2016, section 3): a convolution, then one block of two convolutions at each
 * scale until 8 pixels or fewer are left of the shorter side, then the mean over the pixels and a
 * softmax layer. A block that halves the image or changes the channels has a 1×1 convolution beside
 * it. With {@code width} 16, one channel and 2 classes it has 77,234 parameters for 28×28 and
 * 155,442 for 64×64.
 *
 * @param width channels of the first block; later ones have up to four times as many
 */
public record ResidualNetwork(int width) implements ImageNetwork {
  /** With 16 channels. */
  public ResidualNetwork() {
    this(16);
  }

  /**
   * @throws IllegalArgumentException when the width is no multiple of 4
   */
  public ResidualNetwork {
    GraphParts.requireWidth(width);
  }

  @Override
  public String name() {
    return "residual";
  }

  @Override
  public int outputPixels(InputType.InputTypeConvolutional image) {
    return 1;
  }

  @Override
  public ComputationGraphConfiguration configuration(
      InputType.InputTypeConvolutional image,
      int classes,
      ImageLoss loss,
      IUpdater updater,
      long seed) {
    GraphParts parts = new GraphParts(image, updater, seed);
    String last = parts.convolution("stem", width, GraphParts.INPUT);
    for (int i = 0; i <= GraphParts.halvings(image); i++) {
      last = block(parts, "block" + i, GraphParts.channels(width, i), i == 0 ? 1 : 2, last);
    }
    return parts.classifier(classes, loss, last);
  }

  private static String block(
      GraphParts parts, String name, int channels, int stride, String input) {
    String first = parts.convolution(name + "-first", channels, 3, stride, true, input);
    String second = parts.convolution(name + "-second", channels, 3, 1, false, first);
    String beside =
        stride == 1
            ? input
            : parts.convolution(name + "-beside", channels, 1, stride, false, input);
    return parts.sumWithRelu(name, second, beside);
  }
}
