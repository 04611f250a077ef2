package org.dpfed.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.cli.training.PlannedTraining;
import org.junit.jupiter.api.Test;

final class ParallelismTest {
  private static List<PlannedTraining> runs(int count, int workers, long bytes) {
    NeighbouringRelation relation = NeighbouringRelation.ADD_OR_REMOVE_ONE;
    PlannedTraining run =
        new PlannedTraining(
            new PlannedRun("patient", 9, 1, relation, 1e-5, new DpEvent.Gaussian(1)),
            1,
            1,
            Path.of("ledger"),
            OptionalDouble.empty(),
            workers,
            bytes);
    return Collections.nCopies(count, run);
  }

  @Test
  void of_coresMemoryAndRuns_eachLimits() {
    assertThat(Parallelism.of(runs(24, 1, 100), 8, 1_000_000)).isEqualTo(8);
    assertThat(Parallelism.of(runs(24, 3, 100), 8, 1_000_000)).isEqualTo(2);
    assertThat(Parallelism.of(runs(24, 1, 100), 8, 1_000)).isEqualTo(5);
    assertThat(Parallelism.of(runs(3, 1, 100), 8, 1_000_000)).isEqualTo(3);
    assertThat(Parallelism.of(runs(24, 16, 10_000), 8, 1_000)).isEqualTo(1);
  }
}
