package org.dpfed.imaging.networks;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.imaging.losses.ImageLoss;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A classifier: convolutions with maximum pooling between them until 8 pixels or fewer are left of
 * the shorter side, then the mean over the pixels and a softmax layer. With {@code width} 16, one
 * channel and 2 classes it has 23,538 parameters for 28×28, 60,530 for 64×64 and 97,522 for
 * 128×128.
 *
 * @param width channels of the first convolution; later ones have up to four times as many
 */
public record ImageCnn(int width) implements ImageNetwork {
  /** With 16 channels. */
  public ImageCnn() {
    this(16);
  }

  /**
   * @throws IllegalArgumentException when the width is no multiple of 4
   */
  public ImageCnn {
    GraphParts.requireWidth(width);
  }

  @Override
  public String name() {
    return "image-cnn";
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
    String last = parts.convolution("convolution0", width, GraphParts.INPUT);
    for (int i = 1; i <= GraphParts.halvings(image); i++) {
      last = parts.pooling("pooling" + i, last);
      last = parts.convolution("convolution" + i, GraphParts.channels(width, i), last);
    }
    return parts.classifier(classes, loss, last);
  }
}
