package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpfed.accounting.numerics.BinomialTail;
import org.dpfed.accounting.pld.PrivacyLossComposition;
import org.dpfed.accounting.pld.PrivacyLossProfile;

/**
 * Composes privacy loss distributions and answers with proven bounds, tight to some 10⁻⁵ of
 * epsilon. Handles Gaussians with any kind of sampling, and (ε, δ)-DP; refuses discrete noise.
 *
 * <p>One Gaussian on all clients has a closed form, which is used. Else each step is replaced by a
 * lattice distribution that dominates it (Doroshenko et al. 2022), both directions of the
 * neighbouring relation are composed, cut-off mass is counted as infinite loss, and the FFT's
 * round-off is bounded and added to δ.
 */
public final class PldAccountant implements PrivacyAccountant {
  private final PrivacyTerms terms;

  private PldAccountant(PrivacyTerms terms) {
    this.terms = terms;
  }

  /** Nothing composed yet. */
  public PldAccountant(NeighbouringRelation relation) {
    this(PrivacyTerms.none(relation));
  }

  /**
   * Where epsilon is known to lie.
   *
   * @param lower no guarantee for the worst populations can be below this
   * @param upper what is guaranteed
   */
  public record EpsilonBounds(double lower, double upper) {}

  @Override
  public String name() {
    return "PLD";
  }

  @Override
  public NeighbouringRelation relation() {
    return terms.relation();
  }

  @Override
  public List<String> assumptions() {
    return Assumptions.of(terms);
  }

  @Override
  public PldAccountant compose(DpEvent event, long count) {
    PrivacyTerms sum = terms.plus(event, count);
    sum.others().keySet().forEach(PldAccountant::requireSupported);
    return new PldAccountant(sum);
  }

  private static void requireSupported(DpEvent event) {
    if (event instanceof DiscreteGaussianSum || event instanceof SkellamSum) {
      throw new UnsupportedOperationException("PLD has no bound for " + event + "; RDP has one");
    }
  }

  @Override
  public double epsilon(double delta) {
    Bounds.delta(delta);
    if (terms.nonPrivate()) {
      return Double.POSITIVE_INFINITY;
    } else if (terms.isOneGaussian()) {
      return terms.gaussian().epsilon(delta);
    }
    double epsilon = 0;
    for (PrivacyLossComposition direction : directions()) {
      epsilon = Math.max(epsilon, direction.epsilonAbove(delta, epsilon));
    }
    return epsilon;
  }

  /** Epsilon at {@code delta} from both sides: what is guaranteed and how loose it can be. */
  public EpsilonBounds epsilonBounds(double delta) {
    double upper = epsilon(delta);
    if (terms.nonPrivate() || terms.isOneGaussian()) {
      return new EpsilonBounds(upper, upper);
    }
    double lower = 0;
    for (PrivacyLossComposition direction : directions()) {
      lower = Math.max(lower, direction.epsilonBelow(delta, lower, upper));
    }
    // Should the two ever cross, the larger is the safe one, and differs from epsilon(delta).
    return new EpsilonBounds(lower, Math.max(lower, upper));
  }

  /** An upper bound of δ at {@code epsilon}; below 10⁻¹⁰⁰ it is not resolved, and may be that. */
  @Override
  public double delta(double epsilon) {
    Bounds.epsilon(epsilon);
    if (terms.nonPrivate()) {
      return 1;
    } else if (terms.isOneGaussian()) {
      return terms.gaussian().delta(epsilon);
    }
    return directions().stream().mapToDouble(d -> d.deltaAbove(epsilon)).max().orElse(0);
  }

  /** The composed loss seen from either of two neighbours; one when both see the same. */
  private List<PrivacyLossComposition> directions() {
    PrivacyLossComposition forward = new PrivacyLossComposition(steps(true));
    boolean symmetric =
        terms.relation() == NeighbouringRelation.REPLACE_ONE
            || terms.others().keySet().stream().noneMatch(PldAccountant::isDirected);
    return symmetric
        ? List.of(forward)
        : List.of(forward, new PrivacyLossComposition(steps(false)));
  }

  private static boolean isDirected(DpEvent event) {
    return event instanceof DpEvent.PoissonSampled
        || event instanceof DpEvent.TruncatedPoissonSampled;
  }

  private List<PrivacyLossComposition.Step> steps(boolean removal) {
    List<PrivacyLossComposition.Step> steps = new ArrayList<>();
    if (Double.isFinite(terms.noiseMultiplier())) {
      PrivacyLossProfile gaussian = PrivacyLossProfile.removal(1, terms.noiseToSensitivity());
      steps.add(new PrivacyLossComposition.Step(gaussian, 1));
    }
    for (Map.Entry<DpEvent, Long> term : terms.others().entrySet()) {
      steps.add(new PrivacyLossComposition.Step(profile(term.getKey(), removal), term.getValue()));
    }
    return steps;
  }

  private PrivacyLossProfile profile(DpEvent event, boolean removal) {
    if (event instanceof DpEvent.PoissonSampled sampled) {
      return poisson(sampled.samplingProbability(), sampled.event(), removal);
    } else if (event instanceof DpEvent.TruncatedPoissonSampled sampled) {
      double cut =
          BinomialTail.atLeast(
              sampled.population() - 1, sampled.samplingProbability(), sampled.maxCohort());
      return poisson(sampled.samplingProbability(), sampled.event(), removal).withInfiniteMass(cut);
    } else if (event instanceof DpEvent.SampledWithoutReplacement sampled) {
      double sigma = noiseMultiplier(sampled.event()) / 2;
      return PrivacyLossProfile.withoutReplacement(sampled.samplingProbability(), sigma);
    } else if (event instanceof DpEvent.ApproximateDp any) {
      return PrivacyLossProfile.approximateDp(any.epsilon(), any.delta());
    }
    throw new UnsupportedOperationException("PLD has no bound for " + event);
  }

  private PrivacyLossProfile poisson(double q, DpEvent event, boolean removal) {
    double sigma = noiseMultiplier(event);
    if (terms.relation() == NeighbouringRelation.REPLACE_ONE) {
      return PrivacyLossProfile.replacement(q, sigma);
    }
    return removal ? PrivacyLossProfile.removal(q, sigma) : PrivacyLossProfile.addition(q, sigma);
  }

  private static double noiseMultiplier(DpEvent event) {
    return ((DpEvent.Gaussian) event).noiseMultiplier();
  }
}
