package org.dpfed.imaging.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Test;

/** Cropping and padding around the middle, the same for images and masks. */
final class ImageSizeTest {
  @Test
  void fit_largerHigherAndNarrower_cropsRowsAndPadsColumns() {
    Image image = new Image(2, 3, 1, new float[] {1, 2, 3, 4, 5, 6});
    assertThat(new ImageSize(1, 3).fit(image, -7))
        .isEqualTo(new Image(2, 1, 3, new float[] {-7, 2, -7, -7, 5, -7}));
  }

  /** Where the sides differ by one: before the middle when cropped, behind it when padded. */
  @Test
  void fit_sidesThatDifferByOne_imageAndMaskAgree() {
    Image image = new Image(1, 2, 3, new float[] {1, 2, 3, 4, 5, 6});
    Mask mask = new Mask(2, 3, new byte[] {1, 2, 3, 4, 5, 6});
    ImageSize size = new ImageSize(3, 2);
    assertThat(size.fit(image, 0)).isEqualTo(new Image(1, 3, 2, new float[] {2, 3, 5, 6, 0, 0}));
    assertThat(size.fit(mask)).isEqualTo(new Mask(3, 2, new byte[] {2, 3, 5, 6, 0, 0}));
  }

  @Test
  void fit_smallerMaskAndOfItsSize_isPaddedOrKept() {
    Mask mask = new Mask(1, 1, new byte[] {9});
    assertThat(new ImageSize(3, 3).fit(mask))
        .isEqualTo(new Mask(3, 3, new byte[] {0, 0, 0, 0, 9, 0, 0, 0, 0}));
    assertThat(new ImageSize(1, 1).fit(mask)).isEqualTo(mask);
  }

  @Test
  void constructor_sideBelowOne_isRefused() {
    assertThatThrownBy(() -> new ImageSize(0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("were 0 and 3");
  }
}
