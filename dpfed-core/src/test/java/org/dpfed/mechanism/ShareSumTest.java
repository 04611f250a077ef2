package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class ShareSumTest {
  private static final KernelSelection KERNELS = KernelSelection.forced(Nd4jKernel.NAME);
  private static final double COHORT = 10;

  @Test
  void accumulate_sharesAndSingleDeltas_meanOfAll() {
    try (DeltaAggregator aggregator = round(new Clipping.Fixed(4))) {
      // 1 and ½ lie on the grid of clip norm 4.
      aggregator.accumulate(0, delta(1));
      ShareSum.Fates fates =
          aggregator.accumulate(new int[] {1, 2, 3}, 1, share(aggregator, 0.5f, 8));
      assertThat(fates).isEqualTo(new ShareSum.Fates(2, 0, 1));
      float mean = mean(aggregator);
      // The third is clipped to 4: a little less, since its factor is rounded down.
      assertThat((double) mean).isBetween(5.4999 / COHORT, 5.5 / COHORT);
    }
  }

  @Test
  void accumulate_clientThatHasAdded_refusesTheShareAndFreesItsOtherClients() {
    try (DeltaAggregator aggregator = round(new Clipping.Fixed(4))) {
      aggregator.accumulate(2, delta(1));
      byte[] share = share(aggregator, 0.5f);
      assertThatThrownBy(() -> aggregator.accumulate(new int[] {1, 2}, 1, share))
          .hasMessageContaining("one delta a round");
      assertThatThrownBy(() -> aggregator.accumulate(new int[] {1, 11}, 1, share))
          .hasMessageContaining("of this round's cohort");
      aggregator.accumulate(new int[] {1}, 0, share);
      assertThat(mean(aggregator)).isEqualTo((float) (1.5 / COHORT));
    }
  }

  @Test
  void accumulate_shareThatNoClientsCanHaveSent_addsNothingAndFreesItsClients() {
    try (DeltaAggregator aggregator = round(new Clipping.Fixed(4))) {
      aggregator.accumulate(0, delta(1));
      byte[] good = share(aggregator, 0.5f);
      byte[] tooLong = share(aggregator, 3, 3);
      ByteBuffer.wrap(tooLong).putInt(0, 1);
      for (byte[] bad :
          List.of(
              tooLong,
              Arrays.copyOf(good, good.length - 1),
              Arrays.copyOf(good, good.length + 1))) {
        assertThatThrownBy(() -> aggregator.accumulate(new int[] {1}, 0, bad))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("the sum of a share");
      }
      aggregator.accumulate(new int[] {1}, 0, good);
      assertThat(mean(aggregator)).isEqualTo((float) (1.5 / COHORT));
    }
  }

  @Test
  void shareSum_noClipNorm_isRefused() {
    try (DeltaAggregator aggregator = round(new Clipping.None())) {
      assertThatThrownBy(() -> new ShareSum(aggregator.bounds(), KERNELS))
          .hasMessageContaining("choose a clipNorm");
      assertThatThrownBy(() -> aggregator.accumulate(new int[] {1}, 0, new byte[20]))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Everybody of ten clients is in the cohort. */
  private static DeltaAggregator round(Clipping clipping) {
    return Mechanisms.firstRound(
        Mechanisms.poisson(10, COHORT, clipping, 0, Randomness.seeded(1)), 1);
  }

  private static byte[] share(DeltaAggregator aggregator, float... deltas) {
    ShareSum sum = new ShareSum(aggregator.bounds(), KERNELS);
    for (float delta : deltas) {
      sum.add(delta(delta));
    }
    return sum.toBytes();
  }

  private static INDArray delta(float value) {
    return Nd4j.createFromArray(value);
  }

  private static float mean(DeltaAggregator aggregator) {
    try (INDArray mean = aggregator.release(event -> {})) {
      return mean.getFloat(0);
    }
  }
}
