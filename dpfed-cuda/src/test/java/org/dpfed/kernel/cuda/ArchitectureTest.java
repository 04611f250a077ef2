package org.dpfed.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final int[] KNOWN = {50, 70, 75, 80, 86};

  @Test
  void choose_knownDevice_machineCode() {
    assertThat(Architecture.choose(75, KNOWN).option()).isEqualTo("--gpu-architecture=sm_75");
  }

  @Test
  void choose_newerDevice_newestPtx() {
    assertThat(Architecture.choose(90, KNOWN).option()).isEqualTo("--gpu-architecture=compute_86");
  }

  @Test
  void choose_deviceBetween_ptxOfTheOneBelow() {
    assertThat(Architecture.choose(72, KNOWN).option()).isEqualTo("--gpu-architecture=compute_70");
  }

  @Test
  void choose_olderDevice_refusedWithWhatIsKnown() {
    assertThatThrownBy(() -> Architecture.choose(37, KNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("37")
        .hasMessageContaining("[50, 70, 75, 80, 86]");
  }
}
