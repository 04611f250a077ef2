package org.dpfed.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ImageTest {
  private final Image image =
      new Image(2, 2, 3, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});

  @Test
  void at_channelRowColumn_isTheValueInThatOrder() {
    assertThat(image.at(0, 0, 0)).isEqualTo(1);
    assertThat(image.at(0, 1, 0)).isEqualTo(4);
    assertThat(image.at(1, 0, 2)).isEqualTo(9);
    assertThat(image.at(1, 1, 2)).isEqualTo(12);
  }

  @Test
  void at_outside_isRefused() {
    assertThatThrownBy(() -> image.at(0, 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("column 3 is outside 0 to 2");
  }

  @Test
  void values_changedByTheCaller_doNotChangeTheImage() {
    image.values()[0] = 100;

    assertThat(image.at(0, 0, 0)).isEqualTo(1);
  }

  @Test
  void constructor_valuesThatDoNotFillIt_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Image(1, 2, 2, new float[3]));
    assertThatIllegalArgumentException().isThrownBy(() -> new Image(1, 0, 2, new float[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Image(65_536, 65_536, 1, new float[0]));
  }

  @Test
  void toString_always_hasNoPixel() {
    assertThat(image).hasToString("image of 2 channels, 2 × 3");
  }
}
