package org.dpfed.accounting;

import java.util.Map;

/**
 * Exact for repetitions of one (ε, δ)-DP mechanism, assuming the worst mechanism with these
 * parameters. Refuses all other events.
 */
public final class OptimalCompositionAccountant extends TermAccountant {
  static final String NAME = "optimal composition";

  private OptimalCompositionAccountant(PrivacyTerms terms) {
    super(terms);
  }

  /** Nothing composed yet. */
  public OptimalCompositionAccountant(NeighbouringRelation relation) {
    this(PrivacyTerms.none(relation));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public OptimalCompositionAccountant compose(DpEvent event, long count) {
    return with(terms.plus(event, count));
  }

  @Override
  OptimalCompositionAccountant with(PrivacyTerms sum) {
    sum.counts()
        .forEach(
            (term, times) -> {
              if (sum.counts().size() > 1 || term.repeated(times).isEmpty()) {
                throw term.refusedBy(NAME, relation());
              }
            });
    return new OptimalCompositionAccountant(sum);
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public double epsilon(double delta) {
    Bounds.delta(delta);
    if (terms.nonPrivate() || terms.isEmpty()) {
      return terms.isEmpty() ? 0 : Double.POSITIVE_INFINITY;
    }
    return together().epsilonAt(delta);
  }

  @Override
  public double delta(double epsilon) {
    Bounds.epsilon(epsilon);
    if (terms.nonPrivate() || terms.isEmpty()) {
      return terms.isEmpty() ? 0 : 1;
    }
    return together().deltaAt(epsilon);
  }

  private OptimalComposition together() {
    Map.Entry<Term, Long> term = terms.others().entrySet().iterator().next();
    return term.getKey().repeated(term.getValue()).orElseThrow();
  }
}
