package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.positive;
import static org.dpfed.cli.training.Kind.upTo;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.federated.Augmentation;
import org.dpfed.imaging.augmentation.ImageAugmentation;

/** Settings of the random changes of images in local training. */
final class AugmentationSettings {
  private static final String FLIP = "client.flip";
  private static final String SHIFT = "client.shift";
  private static final String ROTATE = "client.rotate";
  private static final String BRIGHTNESS = "client.brightness";
  private static final String CONTRAST = "client.contrast";
  private static final List<String> KEYS = List.of(FLIP, SHIFT, ROTATE, BRIGHTNESS, CONTRAST);

  static final List<Setting> ALL =
      List.of(
          image(
              FLIP,
              "--flip",
              oneOf("horizontal", "vertical", "both"),
              "Mirror every second image, drawn at random, left to right, upside down or both independently, with its mask."),
          image(
              SHIFT,
              "--shift",
              upTo(ImageAugmentation.MOST_SHIFT),
              "Shift images at random by up to this share of their width and height, with their masks."),
          image(
              ROTATE,
              "--rotate",
              upTo(ImageAugmentation.MOST_DEGREES),
              "Turn images at random by up to this many degrees either way, with their masks."),
          image(
              BRIGHTNESS,
              "--brightness",
              positive(),
              "Add a random number between minus and plus this one to all scaled pixels of an image."),
          image(
              CONTRAST,
              "--contrast",
              upTo(1),
              "Multiply the distances of an image's pixels from their mean by a random factor between 1 minus and 1 plus this number."));

  private AugmentationSettings() {}

  /** A setting of images alone. */
  private static Setting image(String key, String flag, Kind kind, String description) {
    return Setting.of(key, flag, kind, "", description)
        .onlyWith("data.set", "medmnist", "image-folder", "nifti", "dicom", IndexedSource.SET);
  }

  /**
   * Refuses changes of rows that are no images, which an index may hold.
   *
   * @throws IllegalArgumentException when they are asked for
   */
  static void require(Configuration configuration, InputType rows) {
    if (!(rows instanceof InputType.InputTypeConvolutional)) {
      KEYS.stream()
          .filter(configuration::has)
          .findFirst()
          .ifPresent(
              key -> {
                throw new IllegalArgumentException(
                    "%s changes images, and this index is of %s; leave it out"
                        .formatted(
                            key,
                            rows instanceof InputType.InputTypeConvolutionalFlat
                                ? "images as rows of pixels (data.set idx or fashion-mnist)"
                                : "rows of numbers"));
              });
    }
  }

  /** What a configuration asks for; nothing unless it names one of the changes. */
  static Augmentation of(Configuration configuration) {
    if (KEYS.stream().noneMatch(configuration::has)) {
      return Augmentation.NONE;
    }
    String flip = configuration.optionalText(FLIP).orElse("");
    return new ImageAugmentation(
        flip.equals("horizontal") || flip.equals("both"),
        flip.equals("vertical") || flip.equals("both"),
        configuration.optionalNumber(SHIFT).orElse(0),
        configuration.optionalNumber(ROTATE).orElse(0),
        configuration.optionalNumber(BRIGHTNESS).orElse(0),
        configuration.optionalNumber(CONTRAST).orElse(0));
  }
}
