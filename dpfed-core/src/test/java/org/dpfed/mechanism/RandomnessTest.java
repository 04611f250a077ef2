package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.dpfed.kernel.NoiseKey;
import org.junit.jupiter.api.Test;

final class RandomnessTest {
  @Test
  void key_everyPurposeAndRound_isItsOwn() {
    for (Randomness randomness : new Randomness[] {Randomness.secure(), Randomness.seeded(1)}) {
      Set<NoiseKey> keys = new HashSet<>();
      for (int round = 0; round < 1000; round++) {
        for (Randomness.Purpose purpose : Randomness.Purpose.values()) {
          assertThat(keys.add(randomness.key(purpose, round))).isTrue();
        }
      }
    }
  }

  @Test
  void seeded_sameSeed_sameKeys() {
    assertThat(Randomness.seeded(5).key(Randomness.Purpose.NOISE, 3))
        .isEqualTo(Randomness.seeded(5).key(Randomness.Purpose.NOISE, 3))
        .isNotEqualTo(Randomness.seeded(6).key(Randomness.Purpose.NOISE, 3));
  }

  @Test
  void secure_sameRound_freshKeyEachTime() {
    Randomness randomness = Randomness.secure();
    assertThat(randomness.key(Randomness.Purpose.NOISE, 0))
        .isNotEqualTo(randomness.key(Randomness.Purpose.NOISE, 0));
  }

  @Test
  void isSecure_seeded_isFalse() {
    assertThat(Randomness.secure().isSecure()).isTrue();
    assertThat(Randomness.seeded(1).isSecure()).isFalse();
  }
}
