package org.dpfed.imaging.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.dpfed.federated.Augmentation.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that move and change at random, and the classes of their pixels with them. */
final class ImageAugmentationTest {
  private static final ImageAugmentation FLIP = new ImageAugmentation(true, false, 0, 0, 0, 0);
  private static final ImageAugmentation ALL = new ImageAugmentation(true, true, 0.2, 30, 0.3, 0.4);

  private static float[] noise(int length, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      // Beyond 0 to 255 on both sides: nothing may be cut to bytes.
      values[i] = (float) random.nextDouble(-900, 900);
    }
    return values;
  }

  private static Values classes(int examples) {
    return new Values(new float[2 * examples], examples, 2);
  }

  /** Rows of one image, changed. */
  private static float[] changed(
      ImageAugmentation augmentation, float[] image, int seed, int... shape) {
    float[] copy = image.clone();
    augmentation.apply(
        new Values(copy, 1, shape[0], shape[1], shape[2]),
        classes(1),
        null,
        null,
        new SplittableRandom(seed));
    return copy;
  }

  private static float[] mirrored(float[] image, int width) {
    float[] mirrored = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      mirrored[i] = image[i - i % width + width - 1 - i % width];
    }
    return mirrored;
  }

  private static float[] toppled(float[] image, int height, int width) {
    float[] toppled = new float[image.length];
    int plane = height * width;
    for (int i = 0; i < image.length; i++) {
      int row = i % plane / width;
      toppled[i] = image[i - row * width + (height - 1 - row) * width];
    }
    return toppled;
  }

  /** Bit for bit, with 1 and 3 channels, even and odd sides, about half of the time. */
  @Test
  void flip_anyImage_isItOrItsMirrorImage() {
    for (int[] shape : new int[][] {{1, 6, 8}, {3, 5, 7}, {1, 1, 2}}) {
      float[] image = noise(shape[0] * shape[1] * shape[2], 1);
      float[] mirrored = mirrored(image, shape[2]);
      int count = 0;
      for (int seed = 0; seed < 200; seed++) {
        float[] result = changed(FLIP, image, seed, shape);
        boolean isMirrored = Arrays.equals(result, mirrored);
        assertThat(isMirrored || Arrays.equals(result, image)).isTrue();
        count += isMirrored ? 1 : 0;
      }
      // Binomial of 200 and 1/2: further off than 5 standard deviations of 7.07 in 6e-7 of cases.
      assertThat(count).isBetween(65, 135);
      assertThat(mirrored(mirrored, shape[2])).isEqualTo(image);
    }
  }

  @Test
  void flip_twice_isTheSameImage() {
    int seed =
        IntStream.range(0, 50).filter(ImageAugmentationTest::flips).findFirst().orElseThrow();
    float[] image = noise(3 * 5 * 7, 2);
    float[] once = changed(FLIP, image, seed, 3, 5, 7);
    assertThat(once).isNotEqualTo(image);
    assertThat(changed(FLIP, once, seed, 3, 5, 7)).isEqualTo(image);
  }

  private static boolean flips(int seed) {
    return !Arrays.equals(changed(FLIP, new float[] {1, 2}, seed, 1, 1, 2), new float[] {1, 2});
  }

  @Test
  void flipBoth_manyDraws_givesAllFourImages() {
    ImageAugmentation both = new ImageAugmentation(true, true, 0, 0, 0, 0);
    float[] image = noise(4 * 6, 3);
    Set<List<Float>> seen = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      seen.add(list(changed(both, image, seed, 1, 4, 6)));
    }
    float[] mirrored = mirrored(image, 6);
    assertThat(seen)
        .containsExactlyInAnyOrder(
            list(image), list(mirrored), list(toppled(image, 4, 6)), list(toppled(mirrored, 4, 6)));
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  /**
   * A quarter of 8 columns and of 12 rows, either way, and mirrored values in what is uncovered.
   */
  @Test
  void shift_numberedPixels_movesByWholePixelsUpToTheShare() {
    ImageAugmentation shift = new ImageAugmentation(false, false, 0.25, 0, 0, 0);
    float[] image = new float[12 * 8];
    for (int i = 0; i < image.length; i++) {
      image[i] = i;
    }
    Set<List<Integer>> seen = new HashSet<>();
    for (int seed = 0; seed < 500; seed++) {
      float[] result = changed(shift, image, seed, 1, 12, 8);
      int across = 4 - (int) result[6 * 8 + 4] % 8;
      int down = 6 - (int) result[6 * 8 + 4] / 8;
      seen.add(List.of(across, down));
      for (int row = 0; row < 12; row++) {
        for (int column = 0; column < 8; column++) {
          assertThat(result[row * 8 + column])
              .isEqualTo(image[inside(row - down, 12) * 8 + inside(column - across, 8)]);
        }
      }
    }
    // All of them: the rarest, a corner, has a chance of (1/8 · 1/12); 500 draws miss it in 0.6 %
    // of seeds, and these seeds do not.
    assertThat(seen).hasSize(5 * 7).contains(List.of(2, 3), List.of(-2, -3));
  }

  private static int inside(int at, int length) {
    return at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at;
  }

  /** Of a bright point: its distance from the middle stays, and its angle is below the bound. */
  @Test
  void rotate_brightPoint_turnsAroundTheMiddleWithinTheBound() {
    ImageAugmentation rotate = new ImageAugmentation(false, false, 0, 30, 0, 0);
    int side = 33;
    float[] image = new float[side * side];
    image[16 * side + 28] = 1;
    double most = 0;
    for (int seed = 0; seed < 200; seed++) {
      double[] point = centreOfMass(changed(rotate, image, seed, 1, side, side), side);
      double degrees = Math.toDegrees(Math.atan2(point[1] - 16, point[0] - 16));
      // OpenCV takes positions in 32nds of a pixel; the share of four pixels adds less than
      // another.
      assertThat(Math.hypot(point[0] - 16, point[1] - 16)).isCloseTo(12, within(0.25));
      assertThat(Math.abs(degrees)).isLessThan(30 + Math.toDegrees(0.25 / 12));
      most = Math.max(most, Math.abs(degrees));
    }
    assertThat(most).isGreaterThan(27);
  }

  private static double[] centreOfMass(float[] image, int side) {
    double total = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < image.length; i++) {
      total += image[i];
      int row = i / side;
      x += (double) image[i] * (i - row * side);
      y += (double) image[i] * row;
    }
    return new double[] {x / total, y / total};
  }

  /**
   * A square of class 1 where the image is bright: it stays on it, and every pixel has one class.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void masks_markedPixels_moveWithTheImageAndStayClasses(int channels) {
    int side = 32;
    int plane = side * side;
    ImageAugmentation moving = new ImageAugmentation(true, true, 0.2, 45, 0.01, 0.01);
    for (int seed = 0; seed < 50; seed++) {
      float[] image = new float[channels * plane];
      float[] masks = new float[2 * plane];
      float[] weights = new float[plane];
      for (int i = 0; i < plane; i++) {
        boolean isMarked = i / side >= 6 && i / side < 12 && i % side >= 8 && i % side < 16;
        for (int channel = 0; channel < channels; channel++) {
          image[channel * plane + i] = isMarked ? 100 : 0;
        }
        masks[i] = isMarked ? 0 : 1;
        masks[plane + i] = isMarked ? 1 : 0;
        weights[i] = isMarked ? 3 : 1;
      }
      moving.apply(
          new Values(image, 1, channels, side, side),
          new Values(masks, 1, 2, side, side),
          null,
          new Values(weights, 1, 1, side, side),
          new SplittableRandom(seed));
      for (int i = 0; i < plane; i++) {
        assertThat(masks[i] + masks[plane + i]).isEqualTo(1);
        assertThat(weights[i]).isEqualTo(masks[i] == 1 ? 1 : 3);
        assertThat(masks[i]).isIn(0f, 1f);
        // The nearest pixel has the larger share: more than a half on each axis, so a quarter.
        float last = image[(channels - 1) * plane + i];
        assertThat(masks[plane + i] == 1 ? last : 100 - last).isGreaterThan(22);
      }
      assertThat(IntStream.range(plane, 2 * plane).filter(at -> masks[at] == 1).count())
          .isPositive();
    }
  }

  /** Means move by the brightness, distances from them by the contrast; nothing is cut off. */
  @Test
  void brightnessAndContrast_floats_stayInTheirRanges() {
    ImageAugmentation shade = new ImageAugmentation(false, false, 0, 0, 50, 0.5);
    float[] image = noise(100, 4);
    double mean = mean(image);
    double leastFactor = 9;
    double mostFactor = 0;
    double mostAdded = 0;
    for (int seed = 0; seed < 300; seed++) {
      float[] result = changed(shade, image, seed, 1, 10, 10);
      double added = mean(result) - mean;
      double factor = (result[0] - mean(result)) / (image[0] - mean);
      for (int i = 0; i < image.length; i++) {
        // Floats near 1000 have steps of 6e-5, and there are four operations.
        assertThat(result[i])
            .isCloseTo((float) (mean + factor * (image[i] - mean) + added), within(0.01f));
      }
      leastFactor = Math.min(leastFactor, factor);
      mostFactor = Math.max(mostFactor, factor);
      mostAdded = Math.max(mostAdded, Math.abs(added));
    }
    assertThat(leastFactor).isBetween(0.499, 0.52);
    assertThat(mostFactor).isBetween(1.48, 1.501);
    assertThat(mostAdded).isBetween(48.0, 50.01);
  }

  private static double mean(float[] values) {
    double total = 0;
    for (float value : values) {
      total += value;
    }
    return total / values.length;
  }

  /** As alone: an image takes as much of the generator as any other, and knows no neighbour. */
  @Test
  void apply_batch_isTheSameAsItsImagesOneByOne() {
    float[] images = noise(5 * 3 * 16, 5);
    float[] batch = Arrays.copyOf(images, images.length + 7);
    ALL.apply(new Values(batch, 5, 3, 4, 4), classes(5), null, null, new SplittableRandom(9));
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 5; i++) {
      float[] image = Arrays.copyOfRange(images, 48 * i, 48 * (i + 1));
      ALL.apply(new Values(image, 1, 3, 4, 4), classes(1), null, null, random);
      assertThat(Arrays.copyOfRange(batch, 48 * i, 48 * (i + 1))).isEqualTo(image);
    }
    assertThat(Arrays.copyOfRange(batch, images.length, batch.length)).containsOnly(0);
  }

  /** Large enough that OpenCV divides an image among threads. */
  @Test
  void apply_fromSeveralThreads_isTheSame() {
    float[] image = noise(400 * 500, 6);
    float[] expected = changed(ALL, image, 3, 1, 400, 500);
    assertThat(
            IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> changed(ALL, image, 3, 1, 400, 500))
                .allMatch(result -> Arrays.equals(result, expected)))
        .isTrue();
  }

  /** OpenCV's memory of 1,000 images of 64 KiB would be 125 MiB if it waited for Java's. */
  @Test
  void apply_aThousandImages_leavesNoNativeMemory() {
    float[] image = noise(128 * 128, 7);
    changed(ALL, image, 0, 1, 128, 128);
    long before = Pointer.totalBytes();
    long pointers = Pointer.totalCount();
    for (int seed = 0; seed < 1000; seed++) {
      changed(ALL, image, seed, 1, 128, 128);
    }
    // Other threads have none here; a garbage collection could only free some.
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(pointers);
  }

  @Test
  void apply_whatIsNoImage_isRefused() {
    SplittableRandom random = new SplittableRandom(1);
    assertThatThrownBy(
            () -> FLIP.apply(new Values(new float[8], 2, 4), classes(2), null, null, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs images of shape [n, channels, height, width]")
        .hasMessageContaining("2 axes");
    Values images = new Values(new float[2 * 16], 2, 1, 4, 4);
    assertThatThrownBy(() -> FLIP.apply(images, classes(2), classes(2), null, random))
        .hasMessageContaining("a mask");
    Values halves = new Values(new float[2 * 2 * 4], 2, 2, 2, 2);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20; i++) {
                FLIP.apply(images, halves, null, null, random);
              }
            })
        .hasMessageContaining("must have the size of the images, 4 × 4, were 2 × 2");
  }

  @Test
  void settings_outOfBounds_areRefused() {
    assertThatThrownBy(() -> new ImageAugmentation(false, false, 0.6, 0, 0, 0))
        .hasMessage("shift must be from 0 to 0.5, was 0.6");
    assertThatThrownBy(() -> new ImageAugmentation(false, false, 0, 181, 0, 0))
        .hasMessageContaining("rotationDegrees");
    assertThatThrownBy(() -> new ImageAugmentation(false, false, 0, 0, -1, 0))
        .hasMessageContaining("brightness");
    assertThatThrownBy(() -> new ImageAugmentation(false, false, 0, 0, 0, Double.NaN))
        .hasMessageContaining("contrast");
  }
}
