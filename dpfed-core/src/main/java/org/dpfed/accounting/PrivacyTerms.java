package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What accountants compose: one Gaussian for everything that acts like one on all clients, and
 * counts of all other terms. Equal terms merge, so a run of any length stays small. {@link
 * NormalForm} says which terms an event is.
 *
 * <p>Full-participation Gaussians with multipliers z₁, z₂, … are together one Gaussian with (Σ
 * zᵢ⁻²)^(−½), adaptively too: the joint likelihood ratio is that of one Gaussian.
 *
 * @param relation under which the terms hold
 * @param noiseMultiplier relative to the clip norm, of the one Gaussian that all full-participation
 *     Gaussians are together; infinite when there is none
 * @param nonPrivate whether something was released without protection
 * @param others terms other than full-participation Gaussians, and how often
 * @param conditions what must be true of a run for its events to be these terms, beyond what the
 *     terms say
 */
record PrivacyTerms(
    NeighbouringRelation relation,
    double noiseMultiplier,
    boolean nonPrivate,
    Map<Term, Long> others,
    Set<String> conditions) {
  /** Below this 1/z² is near the largest double, and so is epsilon. */
  private static final double LEAST_NOISE = 1e-150;

  PrivacyTerms {
    // Copies that keep the order of composition.
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    conditions = Collections.unmodifiableSet(new LinkedHashSet<>(conditions));
  }

  static PrivacyTerms none(NeighbouringRelation relation) {
    return new PrivacyTerms(relation, Double.POSITIVE_INFINITY, false, Map.of(), Set.of());
  }

  /** Whether there is so little noise that no epsilon can be told from infinity. */
  static boolean isNoiseless(double noiseMultiplier) {
    return noiseMultiplier < LEAST_NOISE;
  }

  /** Whether nothing was released at all. */
  boolean isEmpty() {
    return isOneGaussian() && Double.isInfinite(noiseMultiplier);
  }

  /** Whether everything released, if anything, acts like one Gaussian on all clients. */
  boolean isOneGaussian() {
    return !nonPrivate && others.isEmpty();
  }

  /** What all full-participation Gaussians are together, exactly. */
  GaussianDp gaussian() {
    return new GaussianDp(relation.sensitivity() / noiseMultiplier);
  }

  /** Every term, the Gaussian of all clients among them, and how often; nothing unprotected. */
  Map<Term, Long> counts() {
    Map<Term, Long> all = new LinkedHashMap<>();
    if (Double.isFinite(noiseMultiplier)) {
      all.put(new Term.Gaussian(noiseMultiplier), 1L);
    }
    all.putAll(others);
    return all;
  }

  /** What must be true of a run for its cost to be what the terms say, a sentence each. */
  List<String> assumptions() {
    Set<String> found = new LinkedHashSet<>();
    counts().keySet().forEach(term -> found.addAll(term.assumptions()));
    found.addAll(conditions);
    if (!isEmpty()) {
      found.add("the noise is drawn afresh from a secret, secure source with full tails");
    }
    return new ArrayList<>(found);
  }

  /** These terms and {@code event}, {@code count} times. */
  PrivacyTerms plus(DpEvent event, long count) {
    Bounds.atLeast("count", 1, count);
    try {
      return NormalForm.add(this, event, count);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "all counts of an event together must be at most " + Long.MAX_VALUE + "; lower them", e);
    }
  }

  PrivacyTerms plusGaussian(double z, long count) {
    double sum = together(noiseMultiplier, z, count);
    return isNoiseless(sum)
        ? plusNonPrivate()
        : new PrivacyTerms(relation, sum, nonPrivate, others, conditions);
  }

  /** The multiplier of one Gaussian and {@code count} others together. */
  static double together(double first, double second, long count) {
    if (first == 0 || second == 0) {
      return 0;
    }
    double repeated = second / Math.sqrt((double) count);
    return Double.isInfinite(first) ? repeated : first * (repeated / Math.hypot(first, repeated));
  }

  PrivacyTerms plusNonPrivate() {
    return new PrivacyTerms(relation, noiseMultiplier, true, others, conditions);
  }

  PrivacyTerms plusOther(Term term, long count) {
    Map<Term, Long> sum = new LinkedHashMap<>(others);
    sum.merge(term, count, Math::addExact);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, sum, conditions);
  }

  PrivacyTerms onCondition(String condition) {
    Set<String> all = new LinkedHashSet<>(conditions);
    all.add(condition);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, others, all);
  }
}
