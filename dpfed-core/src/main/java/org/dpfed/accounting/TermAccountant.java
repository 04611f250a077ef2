package org.dpfed.accounting;

import java.util.List;

/** An accountant of {@link PrivacyTerms}, which hold all that was composed. */
abstract sealed class TermAccountant implements PrivacyAccountant
    permits AnalyticGaussianAccountant, OptimalCompositionAccountant, PldAccountant, RdpAccountant {
  /** Everything composed. */
  final PrivacyTerms terms;

  TermAccountant(PrivacyTerms terms) {
    this.terms = terms;
  }

  /**
   * This accountant with other terms.
   *
   * @throws UnsupportedEventException when it has no bound for them
   */
  abstract TermAccountant with(PrivacyTerms sum);

  @Override
  public final NeighbouringRelation relation() {
    return terms.relation();
  }

  @Override
  public final List<String> assumptions() {
    return terms.assumptions();
  }
}
