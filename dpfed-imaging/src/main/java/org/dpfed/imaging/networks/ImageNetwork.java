package org.dpfed.imaging.networks;

import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.imaging.layers.GroupNorm;
import org.dpfed.imaging.losses.CrossEntropy;
import org.dpfed.imaging.losses.ImageLoss;
import org.dpfed.imaging.losses.SoftDice;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A network for images: a function from the shape of an image and the number of classes to a
 * Deeplearning4j graph with one input and one output.
 *
 * <p>All have {@code float} parameters, images {@code [n, channels, height, width]}, 3×3
 * convolutions without bias, each followed by {@link GroupNorm} with 4 groups, ReLU, initial
 * weights of He, and softmax at the end. They use no dropout and no regularisation. Widths are
 * multiples of 4.
 */
public sealed interface ImageNetwork permits ImageCnn, ResidualNetwork, UNet {
  /**
   * Classes that networks of this module are saved with and that are not Deeplearning4j's, for
   * {@code ModelFile.readGraph}. Whatever a file says, making one of them does no more than hold
   * numbers, and the numbers are checked before a network is made.
   */
  Set<Class<?>> SAVED_CLASSES = Set.of(GroupNorm.class, CrossEntropy.class, SoftDice.class);

  /** Its name, such as {@code unet}. */
  String name();

  /**
   * The pixels of an output for one image: 1 for a classifier, otherwise those of the image.
   *
   * @param image shape of an image
   */
  int outputPixels(InputType.InputTypeConvolutional image);

  /**
   * The configuration, ready for {@code ComputationGraph.init()}.
   *
   * @param image shape of an image, of 1 channel or more, as {@code InputType.convolutional(height,
   *     width, channels)} makes it
   * @param classes at least 2; for segmentation with the background, which is class 0
   * @param loss for images of {@link #outputPixels}
   * @param updater the optimiser of local training; cloned
   * @param seed of the initial weights, not 0: ND4J takes that for no seed
   * @throws IllegalArgumentException when the network cannot take such images; the message says
   *     what it needs
   */
  ComputationGraphConfiguration configuration(
      InputType.InputTypeConvolutional image,
      int classes,
      ImageLoss loss,
      IUpdater updater,
      long seed);

  /** As the other, with cross-entropy. */
  default ComputationGraphConfiguration configuration(
      InputType.InputTypeConvolutional image, int classes, IUpdater updater, long seed) {
    return configuration(image, classes, CrossEntropy.of(outputPixels(image)), updater, seed);
  }

  /**
   * Shape of an image, of which {@code InputType.convolutional} forgets the type.
   *
   * @param height rows
   * @param width columns
   * @param channels 1 for grey, 3 for colour
   */
  static InputType.InputTypeConvolutional image(int height, int width, int channels) {
    return new InputType.InputTypeConvolutional(height, width, channels, CNN2DFormat.NCHW);
  }
}
