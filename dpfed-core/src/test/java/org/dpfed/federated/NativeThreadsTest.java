package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

final class NativeThreadsTest {
  private final int before = Nd4j.getEnvironment().maxMasterThreads();
  private final int blasBefore = Nd4j.factory().blas().getMaxThreads();

  /** ND4J takes no more than the machine has. */
  @BeforeEach
  void choose() {
    set(2, 2);
    assumeTrue(
        Nd4j.getEnvironment().maxMasterThreads() == 2,
        "ND4J uses one thread on this machine whatever is set, so nothing can be restored");
  }

  @AfterEach
  void putBack() {
    set(before, blasBefore);
  }

  @Test
  void close_firstOfTwo_leavesTheSecondItsOneThread() {
    NativeThreads first = NativeThreads.onePerOperation();
    NativeThreads second = NativeThreads.onePerOperation();
    first.close();
    assertThreads(1, 1);
    second.close();
    assertThreads(2, 2);
  }

  @Test
  void close_secondOfTwoFirst_leavesTheFirstItsOneThread() {
    try (NativeThreads first = NativeThreads.onePerOperation()) {
      NativeThreads.onePerOperation().close();
      assertThreads(1, 1);
    }
    assertThreads(2, 2);
  }

  @Test
  void close_twice_countsOnce() {
    NativeThreads first = NativeThreads.onePerOperation();
    try (NativeThreads second = NativeThreads.onePerOperation()) {
      first.close();
      first.close();
      assertThreads(1, 1);
    }
    assertThreads(2, 2);
  }

  private static void set(int masterThreads, int blasThreads) {
    Nd4j.getEnvironment().setMaxMasterThreads(masterThreads);
    Nd4j.factory().blas().setMaxThreads(blasThreads);
  }

  private static void assertThreads(int masterThreads, int blasThreads) {
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(masterThreads);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(blasThreads);
  }
}
