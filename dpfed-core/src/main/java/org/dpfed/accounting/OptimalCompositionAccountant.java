package org.dpfed.accounting;

import java.util.List;
import java.util.Map;

/**
 * Exact for repetitions of one (ε, δ)-DP mechanism, the worst of its kind. Refuses everything else.
 */
public final class OptimalCompositionAccountant implements PrivacyAccountant {
  private final PrivacyTerms terms;

  private OptimalCompositionAccountant(PrivacyTerms terms) {
    this.terms = terms;
  }

  /** Nothing composed yet. */
  public OptimalCompositionAccountant(NeighbouringRelation relation) {
    this(PrivacyTerms.none(relation));
  }

  @Override
  public String name() {
    return "optimal composition";
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
  public OptimalCompositionAccountant compose(DpEvent event, long count) {
    PrivacyTerms sum = terms.plus(event, count);
    boolean one =
        Double.isInfinite(sum.noiseMultiplier())
            && sum.others().size() <= 1
            && sum.others().keySet().stream().allMatch(DpEvent.ApproximateDp.class::isInstance);
    if (!one) {
      throw new UnsupportedOperationException(
          "optimal composition covers one repeated ApproximateDp, not "
              + event
              + " with what came before; use PLD");
    }
    return new OptimalCompositionAccountant(sum);
  }

  @Override
  public double epsilon(double delta) {
    Bounds.delta(delta);
    if (terms.nonPrivate() || terms.empty()) {
      return terms.empty() ? 0 : Double.POSITIVE_INFINITY;
    }
    return together().epsilonAt(delta);
  }

  @Override
  public double delta(double epsilon) {
    Bounds.epsilon(epsilon);
    if (terms.nonPrivate() || terms.empty()) {
      return terms.empty() ? 0 : 1;
    }
    return together().deltaAt(epsilon);
  }

  private OptimalComposition together() {
    Map.Entry<DpEvent, Long> term = terms.others().entrySet().iterator().next();
    DpEvent.ApproximateDp each = (DpEvent.ApproximateDp) term.getKey();
    return new OptimalComposition(each.epsilon(), each.delta(), term.getValue());
  }
}
