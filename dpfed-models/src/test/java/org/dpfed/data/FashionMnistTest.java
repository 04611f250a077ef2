package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
  @Test
  void read_emptyDirectory_saysWhereToGetTheFiles(@TempDir Path empty) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> FashionMnist.read(empty, Scaling.Affine.PIXEL))
        .withMessageStartingWith(empty + ": expected the file train-images-idx3-ubyte or")
        .withMessageContaining("apt install dataset-fashion-mnist")
        .withMessageContaining("github.com/zalandoresearch/fashion-mnist");
  }

  @Test
  void read_installedFiles_holdThePublishedImages() throws IOException {
    requireInstalled();

    TrainTestSplit split = FashionMnist.read();

    assertThat(split.train().size()).isEqualTo(60_000);
    assertThat(split.test().size()).isEqualTo(10_000);
    for (int k = 0; k < 10; k++) {
      int label = k;
      LabelledData train = split.train();
      assertThat(IntStream.range(0, 60_000).filter(row -> train.label(row) == label).count())
          .isEqualTo(6_000);
    }
    var pixels = split.test().toDataSet().getFeatures();
    assertThat(pixels.shape()).containsExactly(10_000, 784);
    assertThat(pixels.minNumber().floatValue()).isZero();
    assertThat(pixels.maxNumber().floatValue()).isEqualTo(1);
    // The training images' published mean is 0.286; the test images, 10,000 more draws whose own
    // means spread by less than 0.2, lie within 5 · 0.2 / √10,000 = 0.01 of it.
    assertThat(pixels.meanNumber().doubleValue()).isBetween(0.276, 0.296);
  }

  private static void requireInstalled() {
    String reason =
        "Fashion-MNIST is not under " + FashionMnist.DIRECTORY + " (apt: dataset-fashion-mnist)";
    boolean installed = Files.isDirectory(FashionMnist.DIRECTORY);
    if (!installed) {
      System.out.println("skipped: " + reason);
    }
    Assumptions.assumeTrue(installed, reason);
  }
}
