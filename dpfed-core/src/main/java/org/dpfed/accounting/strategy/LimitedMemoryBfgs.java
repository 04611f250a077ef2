package org.dpfed.accounting.strategy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function by the limited-memory BFGS method (Nocedal, Wright 2006, algorithm
 * 7.5), with the weak Wolfe conditions met by bisection (Lewis, Overton 2013, algorithm 2.6).
 */
final class LimitedMemoryBfgs {
  private static final int MEMORY = 20;
  private static final int MOST_ITERATIONS = 2000;
  private static final int MOST_STEPS = 30;
  private static final double ENOUGH_DECREASE = 1e-4;
  private static final double ENOUGH_CURVATURE = 0.9;

  /** Stops when as many iterations together lower the value by less than {@link #LEAST_GAIN}. */
  private static final int PATIENCE = 20;

  /** Values are logarithms of losses: a 10⁷th of the relative precision that is asked for. */
  private static final double LEAST_GAIN = 1e-13;

  /**
   * A Newton step gains half the negative slope. Where curvatures differ by four orders the true
   * gain may be as much larger; less than this is then lost in the rounding of a value.
   */
  private static final double LEAST_SLOPE = 1e-20;

  private final DifferentiableLoss loss;
  private final Deque<Pair> pairs = new ArrayDeque<>();
  private Minimum current;

  /** A point and what the function is there. */
  static final class Minimum {
    private final double[] point;
    private final double value;
    private final double[] gradient;

    private Minimum(double[] point, double value, double[] gradient) {
      this.point = point;
      this.value = value;
      this.gradient = gradient;
    }

    double[] point() {
      return point.clone();
    }

    double value() {
      return value;
    }
  }

  /** A step, the change of the gradient over it, and their product. */
  private static final class Pair {
    private final double[] step;
    private final double[] change;
    private final double product;

    private Pair(double[] step, double[] change) {
      this.step = step;
      this.change = change;
      this.product = LimitedMemoryBfgs.product(step, change);
    }
  }

  private LimitedMemoryBfgs(DifferentiableLoss loss, double[] start) {
    this.loss = loss;
    this.current = evaluate(start.clone());
  }

  /**
   * A local minimum, reached from {@code start} and never above it.
   *
   * @param loss finite at {@code start}
   * @param start not changed
   */
  static Minimum minimise(DifferentiableLoss loss, double[] start) {
    LimitedMemoryBfgs search = new LimitedMemoryBfgs(loss, start);
    if (!Double.isFinite(search.current.value)) {
      throw new ArithmeticException("the loss of the starting strategy is " + search.current.value);
    }
    double reference = search.current.value;
    for (int i = 1; i <= MOST_ITERATIONS && search.advanced(); i++) {
      if (i % PATIENCE == 0) {
        if (reference - search.current.value < LEAST_GAIN) {
          break;
        }
        reference = search.current.value;
      }
    }
    return search.current;
  }

  private Minimum evaluate(double[] point) {
    double[] gradient = new double[point.length];
    double value = loss.at(point, gradient);
    return new Minimum(point, value, gradient);
  }

  /** Takes one step; false where none lowers the value. */
  private boolean advanced() {
    double[] direction = direction();
    double slope = product(direction, current.gradient);
    if (slope >= 0 && !pairs.isEmpty()) {
      pairs.clear();
      direction = direction();
      slope = product(direction, current.gradient);
    }
    if (!(slope < -LEAST_SLOPE)) {
      return false;
    }
    double first = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    Minimum next = step(direction, slope, first);
    if (!(next.value < current.value)) {
      if (pairs.isEmpty()) {
        return false;
      }
      pairs.clear();
      return true;
    }
    remember(next);
    current = next;
    return true;
  }

  /** The two-loop recursion. */
  private double[] direction() {
    double[] direction = current.gradient.clone();
    double[] factors = new double[pairs.size()];
    int i = 0;
    for (Pair pair : pairs) {
      factors[i] = product(pair.step, direction) / pair.product;
      add(direction, -factors[i++], pair.change);
    }
    double scale = 1;
    if (!pairs.isEmpty()) {
      Pair latest = pairs.getFirst();
      scale = latest.product / product(latest.change, latest.change);
    }
    for (int k = 0; k < direction.length; k++) {
      direction[k] *= -scale;
    }
    for (Iterator<Pair> oldest = pairs.descendingIterator(); oldest.hasNext(); ) {
      Pair pair = oldest.next();
      double factor = product(pair.change, direction) / pair.product;
      add(direction, -factors[--i] - factor, pair.step);
    }
    return direction;
  }

  private Minimum step(double[] direction, double slope, double first) {
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    double length = first;
    Minimum best = current;
    for (int i = 0; i < MOST_STEPS; i++) {
      double[] point = current.point.clone();
      add(point, length, direction);
      Minimum next = evaluate(point);
      // Not true of NaN either.
      boolean lower = next.value <= current.value + ENOUGH_DECREASE * length * slope;
      if (!lower) {
        high = length;
      } else {
        best = next;
        if (product(next.gradient, direction) >= ENOUGH_CURVATURE * slope) {
          return next;
        }
        low = length;
      }
      length = Double.isInfinite(high) ? 2 * length : (low + high) / 2;
    }
    return best;
  }

  private void remember(Minimum next) {
    double[] step = next.point.clone();
    add(step, -1, current.point);
    double[] change = next.gradient.clone();
    add(change, -1, current.gradient);
    Pair pair = new Pair(step, change);
    if (pair.product > 0) {
      pairs.addFirst(pair);
      if (pairs.size() > MEMORY) {
        pairs.removeLast();
      }
    }
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] other) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * other[i];
    }
  }
}
