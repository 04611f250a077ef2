package org.dpfed.accounting;

import java.util.List;

/**
 * Exact for anything that is one Gaussian on all clients: full participation over any number of
 * rounds, trees and matrix mechanisms. Refuses everything else.
 */
public final class AnalyticGaussianAccountant implements PrivacyAccountant {
  private final PrivacyTerms terms;

  private AnalyticGaussianAccountant(PrivacyTerms terms) {
    this.terms = terms;
  }

  /** Nothing composed yet. */
  public AnalyticGaussianAccountant(NeighbouringRelation relation) {
    this(PrivacyTerms.none(relation));
  }

  @Override
  public String name() {
    return "analytic Gaussian";
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
  public AnalyticGaussianAccountant compose(DpEvent event, long count) {
    PrivacyTerms sum = terms.plus(event, count);
    if (!sum.others().isEmpty()) {
      throw new UnsupportedOperationException(
          "the analytic Gaussian has no answer for "
              + sum.others().keySet().iterator().next()
              + "; PLD or RDP may have one");
    }
    return new AnalyticGaussianAccountant(sum);
  }

  @Override
  public double epsilon(double delta) {
    Bounds.delta(delta);
    return terms.nonPrivate() ? Double.POSITIVE_INFINITY : terms.gaussian().epsilon(delta);
  }

  @Override
  public double delta(double epsilon) {
    Bounds.epsilon(epsilon);
    return terms.nonPrivate() ? 1 : terms.gaussian().delta(epsilon);
  }
}
