package org.dpfed.accounting;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Composes Rényi divergences at each order and answers with the best order. Supports every event
 * except truncated Poisson sampling and (ε, δ)-DP with δ &gt; 0.
 *
 * <p>Conversion to (ε, δ) after Canonne, Kamath, Steinke 2020, proposition 12.
 */
public final class RdpAccountant extends TermAccountant {
  static final String NAME = "RDP";

  /** Orders so near 1 are skipped in the conversion: dividing by α − 1 leaves only round-off. */
  private static final double LEAST_ORDER = 1.01;

  private final double[] orders;
  private final Map<Term, double[]> curves;

  private RdpAccountant(double[] orders, PrivacyTerms terms, Map<Term, double[]> curves) {
    super(terms);
    this.orders = orders;
    this.curves = curves;
  }

  /** Nothing composed yet, at {@link #extendedOrders()}. */
  public RdpAccountant(NeighbouringRelation relation) {
    this(relation, extendedOrders());
  }

  /**
   * Nothing composed yet.
   *
   * @param orders at least one, finite, above 1; copied
   */
  public RdpAccountant(NeighbouringRelation relation, double... orders) {
    this(orders.clone(), PrivacyTerms.none(relation), Map.of());
    Bounds.atLeast("number of orders", 1, orders.length);
    for (double order : orders) {
      if (!(order > 1 && order < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("orders must be finite and above 1, one was " + order);
      }
    }
  }

  /** The orders of Google's dp_accounting: 1.1 to 10.9 by 0.1, 11 to 63, 128, 256, 512, 1024. */
  public static double[] defaultOrders() {
    return DoubleStream.concat(
            IntStream.range(11, 110).mapToDouble(tenth -> tenth / 10.0),
            DoubleStream.concat(
                IntStream.rangeClosed(11, 63).asDoubleStream(),
                DoubleStream.of(128, 256, 512, 1024)))
        .toArray();
  }

  /**
   * The default orders with the gaps above 63 filled and orders up to 16384 added, for tiny
   * sampling probabilities and much noise.
   */
  public static double[] extendedOrders() {
    return DoubleStream.concat(
            Arrays.stream(defaultOrders()),
            DoubleStream.of(72, 80, 96, 112, 160, 192, 224, 320, 384, 768, 2048, 4096, 16384))
        .sorted()
        .toArray();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public RdpAccountant compose(DpEvent event, long count) {
    return with(terms.plus(event, count));
  }

  @Override
  RdpAccountant with(PrivacyTerms sum) {
    Map<Term, double[]> next = new LinkedHashMap<>();
    for (Term term : sum.counts().keySet()) {
      double[] known = curves.get(term);
      next.put(term, known != null ? known : curve(term));
    }
    return new RdpAccountant(orders, sum, next);
  }

  private double[] curve(Term term) {
    return term.renyi(relation(), orders).orElseThrow(() -> term.refusedBy(NAME, relation()));
  }

  /** The orders in use, a copy. */
  public double[] orders() {
    return orders.clone();
  }

  /** The Rényi divergence of everything composed, at each of {@link #orders()}. */
  public double[] divergences() {
    return IntStream.range(0, orders.length).mapToDouble(this::divergence).toArray();
  }

  private double divergence(int i) {
    if (terms.nonPrivate()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    Map<Term, Long> counts = terms.counts();
    for (Map.Entry<Term, double[]> curve : curves.entrySet()) {
      sum += counts.getOrDefault(curve.getKey(), 0L) * curve.getValue()[i];
    }
    return sum;
  }

  @Override
  public double epsilon(double delta) {
    Bounds.delta(delta);
    return best(delta).epsilon;
  }

  /** The order that gives {@link #epsilon(double)}. */
  public double bestOrder(double delta) {
    Bounds.delta(delta);
    return best(delta).order;
  }

  private record Best(double epsilon, double order) {}

  private Best best(double delta) {
    Best best = new Best(Double.POSITIVE_INFINITY, orders[0]);
    for (int i = 0; i < orders.length; i++) {
      double epsilon = epsilon(orders[i], divergence(i), delta);
      if (epsilon < best.epsilon) {
        best = new Best(epsilon, orders[i]);
      }
    }
    return best;
  }

  private static double epsilon(double order, double divergence, double delta) {
    if (order <= LEAST_ORDER) {
      return Double.POSITIVE_INFINITY;
    }
    // Total variation is at most √(1 − e^(−KL)), and the KL divergence at most this one.
    if (delta * delta + Math.expm1(-divergence) > 0) {
      return 0;
    }
    double epsilon = divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    return Math.max(0, epsilon);
  }

  @Override
  public double delta(double epsilon) {
    Bounds.epsilon(epsilon);
    double best = 1;
    for (int i = 0; i < orders.length; i++) {
      double order = orders[i];
      double divergence = divergence(i);
      if (order > LEAST_ORDER && divergence < Double.POSITIVE_INFINITY) {
        double logDelta =
            (order - 1) * (divergence - epsilon + Math.log1p(-1 / order)) - Math.log(order);
        double variation = Math.sqrt(-Math.expm1(-divergence));
        best = Math.min(best, Math.min(Math.exp(logDelta), variation));
      }
    }
    return best;
  }
}
