package org.dpfed.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.DiscreteGaussianSum;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.RestartedTreeAggregation;
import org.dpfed.accounting.RoundedSum;
import org.dpfed.accounting.SkellamSum;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.TreeAggregation;

/** One event of every kind, and what the kinds are. */
final class EventSamples {
  static final DpEvent GAUSSIAN = new DpEvent.Gaussian(1.1);
  static final DpEvent MATRIX =
      new MatrixMechanism(1.5, ToeplitzStrategy.of(1, 0.5, 0.1 + 0.2), new Participation(8, 2, 4));

  private static final RoundedSum ROUNDED = new RoundedSum(1, 0x1p-10, 0.1, 100);

  static final List<DpEvent> ALL =
      List.of(
          GAUSSIAN,
          new DpEvent.PoissonSampled(1e-7, GAUSSIAN),
          new DpEvent.TruncatedPoissonSampled(0.1, 1L << 40, 12, GAUSSIAN),
          new DpEvent.SampledWithoutReplacement(455, 45, GAUSSIAN),
          new DpEvent.SelfComposed(new DpEvent.PoissonSampled(0.25, GAUSSIAN), Long.MAX_VALUE),
          new DpEvent.Composed(List.of(GAUSSIAN, new DpEvent.NonPrivate())),
          new DpEvent.Composed(List.of()),
          new DpEvent.NonPrivate(),
          new DpEvent.ApproximateDp(Double.MIN_VALUE, Math.nextDown(1.0)),
          new DpEvent.RoundOf(MATRIX, 3),
          MATRIX,
          new TreeAggregation(Double.MAX_VALUE, Participation.once(1)),
          new RestartedTreeAggregation(2, List.of(3, 3, 2), 2, 5),
          new AmplifiedBandedMechanism(-0.0, Math.nextUp(0.0), 7, 3),
          new DiscreteGaussianSum(ROUNDED, 1.5, 9),
          new SkellamSum(ROUNDED, 1.5, 9));

  private EventSamples() {}

  /** Every record of the sealed family, found by reflection: a new event is a new kind. */
  static List<Class<?>> kinds() {
    List<Class<?>> kinds = new ArrayList<>();
    collect(DpEvent.class, kinds);
    return kinds;
  }

  private static void collect(Class<?> type, List<Class<?>> kinds) {
    if (type.isSealed()) {
      Stream.of(type.getPermittedSubclasses()).forEach(member -> collect(member, kinds));
    } else {
      kinds.add(type);
    }
  }
}
