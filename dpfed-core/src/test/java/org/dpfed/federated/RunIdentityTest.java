package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunIdentityTest {
  /** What differs is shown, however far behind the beginning. */
  @Test
  void requireSame_longTextThatDiffersAtItsEnd_showsTheDifference() {
    String network = "network of layers " + "[36, 288, 18], ".repeat(40);
    RunIdentity before = new RunIdentity(Map.of("network", network + "personalSteps=10]"));
    RunIdentity now = new RunIdentity(Map.of("network", network + "personalSteps=7]"));
    assertThatThrownBy(() -> now.requireSame(before))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "the checkpoint is of another run: network was ….{1,40}personalSteps=10\\], is ….{1,40}personalSteps=7\\]; resume with the settings of that run, or start a new one");
  }
}
