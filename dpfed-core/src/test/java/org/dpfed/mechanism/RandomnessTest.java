package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RandomnessTest {
  @Test
  void key_everyPurposeAndRound_isItsOwn() {
    for (Randomness randomness : new Randomness[] {Randomness.secure(), Randomness.seeded(1)}) {
      Set<String> keys = new HashSet<>();
      for (int round = 0; round < 1000; round++) {
        for (Randomness.Purpose purpose : Randomness.Purpose.values()) {
          assertThat(keys.add(bytes(randomness, purpose, round))).isTrue();
        }
      }
    }
  }

  @Test
  void seeded_sameSeed_sameKeys() {
    assertThat(bytes(Randomness.seeded(5), Randomness.Purpose.NOISE, 3))
        .isEqualTo(bytes(Randomness.seeded(5), Randomness.Purpose.NOISE, 3))
        .isNotEqualTo(bytes(Randomness.seeded(6), Randomness.Purpose.NOISE, 3));
  }

  @Test
  void secure_sameRound_freshKeyEachTime() {
    Randomness randomness = Randomness.secure();
    assertThat(bytes(randomness, Randomness.Purpose.NOISE, 0))
        .isNotEqualTo(bytes(randomness, Randomness.Purpose.NOISE, 0));
  }

  @Test
  void isSecure_seeded_isFalse() {
    assertThat(Randomness.secure().isSecure()).isTrue();
    assertThat(Randomness.seeded(1).isSecure()).isFalse();
  }

  private static String bytes(Randomness randomness, Randomness.Purpose purpose, int round) {
    return HexFormat.of().formatHex(randomness.key(purpose, round).take());
  }
}
