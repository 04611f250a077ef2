package org.dpfed.cli.accounting;

import java.util.List;
import java.util.function.Function;
import org.dpfed.accounting.AnalyticGaussianAccountant;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.OptimalCompositionAccountant;
import org.dpfed.accounting.PldAccountant;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.accounting.strategy.Workload;

/**
 * The forms of {@code --sampling}, {@code --mechanism}, {@code --accountant}, {@code --objective}
 * and {@code --workload}.
 */
final class Choices {
  static final Choice<Sampling> SAMPLINGS =
      new Choice<>(
          Flag.SAMPLING,
          List.of(
              Sampling.Everybody.form(),
              Sampling.Poisson.formByProbability(),
              Sampling.Poisson.formByCohort(),
              Sampling.TruncatedPoisson.formByProbability(),
              Sampling.TruncatedPoisson.formByCohort(),
              Sampling.FixedSize.form()));

  static final Choice<Objective.Measure> OBJECTIVES =
      new Choice<>(
          Flag.OBJECTIVE, List.of(measure(Objective.Measure.MEAN), measure(Objective.Measure.MAX)));

  static final Choice<Workload> WORKLOADS =
      new Choice<>(
          Flag.WORKLOAD,
          List.of(
              new Form<>("prefix", Flag.set(), Flag.set(), options -> new Workload.Prefix()),
              new Form<>(
                  "momentum",
                  Flag.set(),
                  Flag.set(Flag.MOMENTUM),
                  options -> new Workload.Momentum(options.number(Flag.MOMENTUM, 0.9)))));

  static final Choice<Mechanism> MECHANISMS =
      new Choice<>(
          Flag.MECHANISM,
          List.of(
              Mechanism.Gaussian.form(),
              CorrelatedNoise.Tree.form(),
              CorrelatedNoise.RestartedTree.form(),
              CorrelatedNoise.Matrix.formByCoefficients(),
              CorrelatedNoise.Matrix.formByBuffers(),
              CorrelatedNoise.Matrix.formByOptimisedBands(),
              CorrelatedNoise.Matrix.formByOptimisedBuffers(),
              CorrelatedNoise.AmplifiedBanded.formByProbability(),
              CorrelatedNoise.AmplifiedBanded.formByCohort(),
              ClientNoise.DiscreteGaussian.form(),
              ClientNoise.Skellam.form(),
              ClientNoise.LocalDp.form(),
              ClientNoise.LocalGaussian.form(),
              Mechanism.Shuffled.form()));

  /** Accountants with nothing composed yet, given the relation. */
  static final Choice<Function<NeighbouringRelation, PrivacyAccountant>> ACCOUNTANTS =
      new Choice<>(
          Flag.ACCOUNTANT,
          List.of(
              accountant("tightest", TightestAccountant::new),
              new Form<>("rdp", Flag.set(), Flag.set(Flag.ORDERS), Choices::renyi),
              accountant("pld", PldAccountant::new),
              accountant("analytic-gaussian", AnalyticGaussianAccountant::new),
              accountant("optimal-composition", OptimalCompositionAccountant::new)));

  private Choices() {}

  private static Form<Objective.Measure> measure(Objective.Measure measure) {
    return new Form<>(measure.label(), Flag.set(), Flag.set(), options -> measure);
  }

  /** What an optimised matrix minimises; where nothing is said, the mean error of prefix sums. */
  static Objective objective(OptionValues options) {
    return new Objective(
        WORKLOADS.make(options.text(Flag.WORKLOAD, "prefix"), options),
        OBJECTIVES.make(options.text(Flag.OBJECTIVE, "mean"), options));
  }

  private static Form<Function<NeighbouringRelation, PrivacyAccountant>> accountant(
      String name, Function<NeighbouringRelation, PrivacyAccountant> make) {
    return new Form<>(name, Flag.set(), Flag.set(), options -> make);
  }

  private static Function<NeighbouringRelation, PrivacyAccountant> renyi(OptionValues options) {
    if (!options.has(Flag.ORDERS)) {
      return RdpAccountant::new;
    }
    double[] orders = RenyiOrders.read(options.label(Flag.ORDERS), options.text(Flag.ORDERS, ""));
    return relation -> new RdpAccountant(relation, orders);
  }
}
