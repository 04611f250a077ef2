package org.dpfed.accounting;

import java.util.List;

/**
 * Exact for every event that is equivalent to one Gaussian on all clients: full participation over
 * any number of rounds, trees and matrix mechanisms. Refuses all other events.
 */
public final class AnalyticGaussianAccountant implements PrivacyAccountant {
  static final String NAME = "analytic Gaussian";

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
    return NAME;
  }

  @Override
  public NeighbouringRelation relation() {
    return terms.relation();
  }

  @Override
  public List<String> assumptions() {
    return terms.assumptions();
  }

  @Override
  public AnalyticGaussianAccountant compose(DpEvent event, long count) {
    PrivacyTerms sum = terms.plus(event, count);
    for (Term other : sum.others().keySet()) {
      throw other.refusedBy(NAME, relation());
    }
    return new AnalyticGaussianAccountant(sum);
  }

  @Override
  public boolean isExact() {
    return true;
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
