package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpfed.accounting.pld.PrivacyLossComposition;
import org.dpfed.accounting.pld.PrivacyLossProfile;

/**
 * Composes privacy loss distributions and returns proven bounds, tight to about 10⁻⁵ of epsilon.
 * Supports Gaussians with any kind of sampling, and (ε, δ)-DP; refuses discrete noise.
 *
 * <p>One Gaussian on all clients has a closed form, which is used. Otherwise a lattice distribution
 * that dominates the step replaces each step (Doroshenko et al. 2022), and both directions of the
 * neighbouring relation are composed. Truncated mass counts as infinite loss, and a bound of the
 * FFT's round-off is added to δ.
 */
public final class PldAccountant extends TermAccountant {
  static final String NAME = "PLD";

  private PldAccountant(PrivacyTerms terms) {
    super(terms);
  }

  /** Nothing composed yet. */
  public PldAccountant(NeighbouringRelation relation) {
    this(PrivacyTerms.none(relation));
  }

  /**
   * Where epsilon is known to lie.
   *
   * @param lower no guarantee for the worst populations can be below this; 0 where a step is known
   *     from above only
   * @param upper what is guaranteed
   */
  public record EpsilonBounds(double lower, double upper) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PldAccountant compose(DpEvent event, long count) {
    return with(terms.plus(event, count));
  }

  @Override
  PldAccountant with(PrivacyTerms sum) {
    sum.others().keySet().forEach(term -> profile(term, Term.View.WITH_CLIENT));
    return new PldAccountant(sum);
  }

  /** Where everything is one Gaussian or unprotected. */
  @Override
  public boolean isExact() {
    return terms.nonPrivate() || terms.isOneGaussian();
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
    for (PrivacyLossComposition view : views()) {
      epsilon = Math.max(epsilon, view.epsilonAbove(delta, epsilon));
    }
    return epsilon;
  }

  /** Epsilon at {@code delta} from both sides: what is guaranteed and how loose it can be. */
  public EpsilonBounds epsilonBounds(double delta) {
    double upper = epsilon(delta);
    if (isExact()) {
      return new EpsilonBounds(upper, upper);
    }
    double lower = 0;
    for (PrivacyLossComposition view : views()) {
      lower = Math.max(lower, view.epsilonBelow(delta, lower, upper));
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
    return views().stream().mapToDouble(view -> view.deltaAbove(epsilon)).max().orElse(0);
  }

  /** The composed loss in both views; one where both are the same. */
  private List<PrivacyLossComposition> views() {
    return Arrays.stream(Term.View.values())
        .map(this::steps)
        .distinct()
        .map(PrivacyLossComposition::new)
        .toList();
  }

  private List<PrivacyLossComposition.Step> steps(Term.View view) {
    List<PrivacyLossComposition.Step> steps = new ArrayList<>();
    terms
        .counts()
        .forEach(
            (term, count) ->
                steps.add(new PrivacyLossComposition.Step(profile(term, view), count)));
    return steps;
  }

  private PrivacyLossProfile profile(Term term, Term.View view) {
    return term.profile(relation(), view).orElseThrow(() -> term.refusedBy(NAME, relation()));
  }
}
