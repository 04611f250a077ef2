package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class KernelSelectionTest {
  private record Absent(String name, String reason) implements KernelProvider {
    @Override
    public DeltaKernel open() throws KernelUnavailableException {
      throw new KernelUnavailableException(reason);
    }
  }

  private record Present(String name) implements KernelProvider {
    @Override
    public DeltaKernel open() {
      return new Nd4jKernel();
    }
  }

  private static final List<KernelProvider> CANDIDATES =
      List.of(new Absent("a", "no device"), new Absent("b", "no module"), new Present("nd4j"));

  @Test
  void firstUsable_someAbsent_saysWhyEachWasPassedOver() {
    KernelSelection selection = KernelSelection.firstUsable(CANDIDATES);

    assertThat(selection.line())
        .isEqualTo("kernel nd4j; passed over: a (no device), b (no module)");
  }

  @Test
  void firstUsable_firstIsPresent_laterOnesAreNotTried() {
    KernelSelection selection =
        KernelSelection.firstUsable(List.of(new Present("nd4j"), new Absent("a", "no device")));

    assertThat(selection.line()).isEqualTo("kernel nd4j");
  }

  @Test
  void forced_absent_refusedWithTheReason() {
    assertThatThrownBy(() -> KernelSelection.forced("b", CANDIDATES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel b cannot be used here: no module");
  }

  @Test
  void forced_unknown_refusedWithTheNames() {
    assertThatThrownBy(() -> KernelSelection.forced("z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("z")
        .hasMessageContaining("nd4j");
  }

  @Test
  void forced_reference_isGiven() {
    assertThat(KernelSelection.forced("nd4j").kernel()).isInstanceOf(Nd4jKernel.class);
  }

  @Test
  void automatic_here_givesAKernelWhoseNameIsInTheLine() {
    KernelSelection selection = KernelSelection.automatic();

    assertThat(selection.line()).startsWith("kernel " + selection.kernel().name());
  }
}
