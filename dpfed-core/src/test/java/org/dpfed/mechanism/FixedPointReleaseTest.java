package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.Nd4jKernel;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FixedPointReleaseTest {
  @Test
  void release_deltasInAnyOrder_sameBits() {
    List<float[]> deltas = new ArrayList<>();
    Random random = new Random(1);
    for (int k = 0; k < 30; k++) {
      float[] delta = new float[1000];
      for (int i = 0; i < delta.length; i++) {
        delta[i] = (float) random.nextGaussian();
      }
      deltas.add(delta);
    }
    float[] forward = released(deltas, ReleaseMode.FIXED_POINT);
    float[] floats = released(deltas, ReleaseMode.FLOAT);
    Collections.shuffle(deltas, random);

    assertThat(released(deltas, ReleaseMode.FIXED_POINT)).isEqualTo(forward);
    for (int i = 0; i < forward.length; i++) {
      // 30 cuts of less than 2⁻¹⁶ C/√d each, and a rounding of the noise; the mode changes no more.
      assertThat(Math.abs(forward[i] - floats[i])).isLessThan(32 * 0x1p-16f);
    }
  }

  private static float[] released(List<float[]> deltas, ReleaseMode mode) {
    DpEvent event = new DpEvent.Gaussian(1);
    try (DeltaAggregator aggregator =
        new DeltaAggregator(new Nd4jKernel(), new Clipping.Fixed(1), 1, 1, event, 1000, mode)) {
      deltas.forEach(delta -> aggregator.accumulate(Nd4j.createFromArray(delta)));
      INDArray released =
          aggregator.release(charged -> {}, Randomness.seeded(1).key(Randomness.Purpose.NOISE, 0));
      return released.toFloatVector();
    }
  }
}
