package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.data.ImageRows;
import org.dpfed.imaging.data.Mask;
import org.dpfed.imaging.networks.ImageNetwork;

/** Images as rows in memory, as a configuration wants them. */
final class CollectedImages {
  /** Single images, all of them together, and the two sides of the split. */
  private static final int COPIES = 3;

  private final ImageSettings settings;
  private final ImageRows rows;
  private final long bytesOfOne;
  private final List<String> sites = new ArrayList<>();

  CollectedImages(ImageSettings settings) {
    InputType.InputTypeConvolutional shape =
        ImageNetwork.image(settings.size().height(), settings.size().width(), settings.channels());
    this.settings = settings;
    this.rows = new ImageRows(shape, settings.classNames(), List.of(settings.scaling()));
    this.bytesOfOne = shape.arrayElementsPerExample() * Float.BYTES;
  }

  /**
   * Refuses more images than memory holds.
   *
   * @param images how many there will be
   * @param bytesOfOne of the values of each
   * @throws IllegalArgumentException when they are too many
   */
  static void requireRoom(long images, long bytesOfOne) {
    double needed = (double) COPIES * images * bytesOfOne;
    long heap = Runtime.getRuntime().maxMemory();
    if (needed > heap) {
      throw new IllegalArgumentException(
          "%d images or more need about %.0f MiB while they are read, and the heap may take %d MiB: allow more with DPFED_JAVA_OPTS=-Xmx8g, choose a smaller data.imageSize, or read clients one at a time with the Java API (FederatedDataset)"
              .formatted(images, needed / (1 << 20), heap >> 20));
    }
  }

  /**
   * Adds an image with a class.
   *
   * @param key whose it is
   * @param site that it is from; blank where that is not known
   * @param place where the image is, for errors
   */
  void add(String key, String site, Image image, int label, MalformedDataException.Place place)
      throws MalformedDataException {
    Image fitted = fitted(image, place);
    add(site, place, () -> rows.add(key, fitted, label));
  }

  /**
   * An image of the configuration's size.
   *
   * @param place where the image is, for errors
   */
  Image fitted(Image image, MalformedDataException.Place place) throws MalformedDataException {
    requireSize(image, place);
    return sized(image);
  }

  /**
   * The row that an image becomes, for a trained model; adds nothing.
   *
   * @param place where the image is, for errors
   */
  float[] row(Image image, MalformedDataException.Place place) throws MalformedDataException {
    try {
      return rows.row(fitted(image, place));
    } catch (IllegalArgumentException e) {
      throw place.problem(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Adds an image with a class for each pixel.
   *
   * @param key whose it is
   * @param site that it is from; blank where that is not known
   * @param mask of the size of the image
   * @param place where the image is, for errors
   */
  void add(String key, String site, Image image, Mask mask, MalformedDataException.Place place)
      throws MalformedDataException {
    requireSize(image, place);
    add(
        site,
        place,
        () -> rows.add(key, sized(image), settings.fits() ? settings.size().fit(mask) : mask));
  }

  private void requireSize(Image image, MalformedDataException.Place place)
      throws MalformedDataException {
    int height = settings.size().height();
    int width = settings.size().width();
    if (image.channels() != settings.channels()) {
      throw place.problem(
          "expected images with %d channels, found others; data.channels says how many"
              .formatted(settings.channels()));
    }
    if (!settings.fits() && (image.height() != height || image.width() != width)) {
      throw place.problem(
          "expected images of %d × %d pixels (data.imageSize), found another size; choose data.fit: true to crop or pad them, or resample them"
              .formatted(height, width));
    }
  }

  private void add(String site, MalformedDataException.Place place, Runnable adding)
      throws MalformedDataException {
    requireRoom(rows.size() + 1L, bytesOfOne);
    try {
      adding.run();
      sites.add(site);
    } catch (IllegalArgumentException e) {
      throw place.problem(String.valueOf(e.getMessage()));
    }
  }

  private Image sized(Image image) {
    return settings.fits() ? settings.size().fit(image, padding()) : image;
  }

  /** The lower end of a range, which is dark; otherwise 0. */
  private float padding() {
    return settings.scaling() instanceof Scaling.Range range ? (float) range.min() : 0;
  }

  /** All of them, with their keys and sites. */
  LabelledData build() {
    return rows.build().withSites(sites);
  }
}
