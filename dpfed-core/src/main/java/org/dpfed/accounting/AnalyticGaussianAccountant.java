package org.dpfed.accounting;

/**
 * Exact for every event that is equivalent to one Gaussian on all clients: full participation over
 * any number of rounds, trees and matrix mechanisms. Refuses all other events.
 */
public final class AnalyticGaussianAccountant extends TermAccountant {
  static final String NAME = "analytic Gaussian";

  private AnalyticGaussianAccountant(PrivacyTerms terms) {
    super(terms);
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
  public AnalyticGaussianAccountant compose(DpEvent event, long count) {
    return with(terms.plus(event, count));
  }

  @Override
  AnalyticGaussianAccountant with(PrivacyTerms sum) {
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
