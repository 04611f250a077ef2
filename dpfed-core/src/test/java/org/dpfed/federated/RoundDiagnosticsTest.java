package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RoundDiagnosticsTest {
  /** Of the norms 1 to 10, one tenth is at most 1, half at most 5, nine tenths at most 9. */
  @Test
  void quantiles_tenNorms_areThoseThatTheShareDoesNotExceed() {
    double[] norms = IntStream.rangeClosed(1, 10).mapToDouble(i -> 11 - i).toArray();
    assertThat(RoundDiagnostics.quantiles(norms)).containsExactly(1.0, 5.0, 9.0);
    assertThat(RoundDiagnostics.quantiles(7)).containsExactly(7.0, 7.0, 7.0);
    assertThat(RoundDiagnostics.quantiles()).isEmpty();
  }

  @Test
  void metricsJson_diagnostics_comeBackAsTheyWere() {
    RoundMetrics round =
        new RoundMetrics(
            1,
            0.25,
            0.5,
            List.of(0.3),
            0.2,
            Optional.empty(),
            Optional.of(new RoundDiagnostics(9, 1, 2, 3, 0.7, List.of(0.1, 0.2, 1 / 3.0), 0.4)));
    assertThat(MetricsJson.read(MetricsJson.write(List.of(round)))).containsExactly(round);
  }
}
