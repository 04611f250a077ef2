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

/** The forms of {@code --sampling}, {@code --mechanism} and {@code --accountant}. */
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

  static final Choice<Mechanism> MECHANISMS =
      new Choice<>(
          Flag.MECHANISM,
          List.of(
              Mechanism.Gaussian.form(),
              CorrelatedNoise.Tree.form(),
              CorrelatedNoise.RestartedTree.form(),
              CorrelatedNoise.Matrix.formByCoefficients(),
              CorrelatedNoise.Matrix.formByBuffers(),
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
