package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PldAccountantTest {
  static Stream<GoldenCase> pld() {
    return GoldenCase.ofGroup("pld");
  }

  @ParameterizedTest
  @MethodSource("pld")
  void epsilonBounds_goldenCase_encloseTheTruth(GoldenCase golden) {
    long t0 = System.nanoTime();
    PldAccountant.EpsilonBounds bounds =
        new PldAccountant(golden.relation())
            .compose(golden.event(), 1)
            .epsilonBounds(golden.number("delta"));
    double tight = golden.number("tight_epsilon");
    System.err.printf(
        "PLDX %s tight %.8f up %.3e low %.3e  %.1f ms%n",
        golden,
        tight,
        bounds.upper() / tight - 1,
        bounds.lower() / tight - 1,
        (System.nanoTime() - t0) / 1e6);

    assertThat(bounds.upper()).isBetween(golden.acceptMin(), golden.acceptMax());
  }
}
