package org.dpfed.data;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothing, 28×28 pixels, grey, 10 classes
 * (Xiao, Rasul and Vollgraf 2017). Read from a directory; not included in dpfed.
 */
public final class FashionMnist {
  /** Where Debian's package {@code dataset-fashion-mnist} puts the files. */
  public static final Path DIRECTORY = Path.of("/usr/share/datasets/fashion-mnist");

  /** The published names, in the order of the labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private FashionMnist() {}

  /** The published split from {@link #DIRECTORY}, pixels scaled to [0, 1] by 1/255. */
  public static TrainTestSplit read() throws IOException {
    return read(DIRECTORY, Scaling.Affine.PIXEL);
  }

  /**
   * The published split from a directory.
   *
   * @param directory holds the four IDX files, plain or gzipped
   * @param scaling of a pixel, an integer from 0 to 255
   * @throws NoSuchFileException when a file is missing; the message says where to get it
   * @throws MalformedDataException when a file does not hold what it should
   */
  public static TrainTestSplit read(Path directory, Scaling scaling) throws IOException {
    try {
      return new IdxReader(CLASS_NAMES, scaling).readDirectory(directory);
    } catch (NoSuchFileException e) {
      NoSuchFileException explained =
          new NoSuchFileException(
              e.getFile(),
              null,
              e.getReason()
                  + "; Debian and Ubuntu install Fashion-MNIST under "
                  + DIRECTORY
                  + " with 'apt install dataset-fashion-mnist', others find its four files at"
                  + " https://github.com/zalandoresearch/fashion-mnist");
      explained.initCause(e);
      throw explained;
    }
  }
}
