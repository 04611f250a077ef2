package org.dpfed.accounting;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What accountants compose: one Gaussian for everything that acts like one on all clients, and
 * counts of the indivisible rest. Equal events merge, so a run of any length stays small. {@link
 * NormalForm} says what an event amounts to.
 *
 * <p>Full-participation Gaussians with multipliers z₁, z₂, … are together one Gaussian with (Σ
 * zᵢ⁻²)^(−½), adaptively too: the joint likelihood ratio is that of one Gaussian.
 *
 * @param relation under which the terms hold
 * @param noiseMultiplier relative to the clip norm, of the one Gaussian that all full-participation
 *     Gaussians amount to; infinite when there is none
 * @param nonPrivate whether something was released without protection
 * @param others events other than full-participation Gaussians, and how often; samples hold one
 *     Gaussian
 * @param conditions what must be true of a run for its events to be these terms, beyond what the
 *     terms say
 */
record PrivacyTerms(
    NeighbouringRelation relation,
    double noiseMultiplier,
    boolean nonPrivate,
    Map<DpEvent, Long> others,
    Set<String> conditions) {
  PrivacyTerms {
    // Copies that keep the order of composition.
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    conditions = Collections.unmodifiableSet(new LinkedHashSet<>(conditions));
  }

  static PrivacyTerms none(NeighbouringRelation relation) {
    return new PrivacyTerms(relation, Double.POSITIVE_INFINITY, false, Map.of(), Set.of());
  }

  /** Whether nothing was released at all. */
  boolean empty() {
    return isOneGaussian() && Double.isInfinite(noiseMultiplier);
  }

  /** As {@link #noiseMultiplier()}, relative to the sensitivity under the relation. */
  double noiseToSensitivity() {
    return noiseMultiplier / relation.sensitivity();
  }

  /** Whether everything released, if anything, acts like one Gaussian on all clients. */
  boolean isOneGaussian() {
    return !nonPrivate && others.isEmpty();
  }

  /** What all full-participation Gaussians amount to, exactly. */
  GaussianDp gaussian() {
    return new GaussianDp(1 / noiseToSensitivity());
  }

  /** These terms and {@code event}, {@code count} times. */
  PrivacyTerms plus(DpEvent event, long count) {
    Bounds.atLeast("count", 1, count);
    return NormalForm.add(this, event, count);
  }

  PrivacyTerms plusGaussian(double z, long count) {
    return z == 0
        ? plusNonPrivate()
        : new PrivacyTerms(
            relation, together(noiseMultiplier, z, count), nonPrivate, others, conditions);
  }

  /** The multiplier of one Gaussian and {@code count} others together. */
  static double together(double first, double second, long count) {
    if (first == 0 || second == 0) {
      return 0;
    }
    double repeated = second / Math.sqrt((double) count);
    return Double.isInfinite(first) ? repeated : first * repeated / Math.hypot(first, repeated);
  }

  PrivacyTerms plusNonPrivate() {
    return new PrivacyTerms(relation, noiseMultiplier, true, others, conditions);
  }

  PrivacyTerms plusOther(DpEvent term, long count) {
    Map<DpEvent, Long> sum = new LinkedHashMap<>(others);
    sum.merge(term, count, Math::addExact);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, sum, conditions);
  }

  PrivacyTerms onCondition(String condition) {
    Set<String> all = new LinkedHashSet<>(conditions);
    all.add(condition);
    return new PrivacyTerms(relation, noiseMultiplier, nonPrivate, others, all);
  }
}
