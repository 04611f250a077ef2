package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScratchTest {
  /** A window that says it is longer than its memory would let the next batch overrun it. */
  @Test
  void ofLength_growingBatches_hasRoomForEachAndNoMore() {
    try (Scratch scratch = new Scratch()) {
      for (int length : new int[] {7, 8, 9, 72, 1000}) {
        assertThat(scratch.ofLength(length).floats().capacity()).isEqualTo(length);
      }
      assertThat(scratch.ofLength(10).floats().capacity()).isEqualTo(1000);
    }
  }
}
