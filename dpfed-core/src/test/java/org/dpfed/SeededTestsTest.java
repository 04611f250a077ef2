package org.dpfed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class SeededTestsTest {
  private static float first;

  @BeforeAll
  static void draw() {
    first = Nd4j.rand(1).getFloat(0);
  }

  /** Numbers of an earlier run. */
  @Test
  void firstNumber_ofThisTest_isThatOfEveryRun() {
    assertThat(first).isEqualTo(0.39062095f);
    assertThat(Nd4j.rand(1).getFloat(0)).isEqualTo(0.7954669f);
  }
}
