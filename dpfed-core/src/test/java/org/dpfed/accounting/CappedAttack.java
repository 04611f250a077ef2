package org.dpfed.accounting;

import java.util.Arrays;
import org.dpfed.accounting.numerics.Normal;

/**
 * An attack on one round of capped Poisson sampling: a population, and the cells into which the
 * attacker sorts the noisy sum, with the probability of each cell under both neighbours. All cohort
 * sizes, and all cohorts of each size, are summed directly. Whatever the cells, what they tell
 * apart is at most what the mechanism lets through.
 *
 * <p>Each other client contributes (cos angle, sin angle) or, the first {@code opposed} of them,
 * (−cos angle, sin angle); the client itself (1, 0), against (−1, 0), (0, 0) or its absence.
 *
 * @param q chance of being drawn
 * @param others number of other clients
 * @param cap the most that join
 * @param z noise standard deviation
 * @param angle in degrees
 * @param opposed how many contribute with the other sign
 */
record CappedAttack(double q, int others, int cap, double z, double angle, int opposed) {
  /** Cells in a standard deviation along the client's contribution. */
  private static final int CELLS = 8;

  /** Cohorts rarer than this are left out: some hundred of them, times e^4, come to 10⁻¹². */
  private static final double LEAST_SHARE = 1e-16;

  /** Probabilities of the cells. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Outcomes(double[] with, double[] without) {
    Outcomes swapped() {
      return new Outcomes(without, with);
    }

    /** What the best test on cells achieves. */
    double delta(double epsilon) {
      double sum = 0;
      double gamma = Math.exp(epsilon);
      for (int i = 0; i < with.length; i++) {
        sum += Math.max(0, with[i] - gamma * without[i]);
      }
      return sum;
    }

    /** The cells of equal loss, to the nearest multiple of {@code spacing} up to {@code most}. */
    Outcomes byLoss(double spacing, int most) {
      double[] p = new double[2 * most + 1];
      double[] q = new double[2 * most + 1];
      for (int i = 0; i < with.length; i++) {
        if (with[i] > 0 || without[i] > 0) {
          double loss = Math.log(with[i] / without[i]) / spacing;
          int bin = most + (int) Math.max(-most, Math.min(most, Math.rint(loss)));
          p[bin] += with[i];
          q[bin] += without[i];
        }
      }
      return new Outcomes(p, q);
    }

    /** The sum of two independent outcomes of this kind. */
    Outcomes twice() {
      return new Outcomes(convolved(with), convolved(without));
    }

    private static double[] convolved(double[] p) {
      double[] sum = new double[2 * p.length - 1];
      for (int i = 0; i < p.length; i++) {
        for (int j = 0; p[i] > 0 && j < p.length; j++) {
          sum[i + j] += p[i] * p[j];
        }
      }
      return sum;
    }
  }

  Outcomes outcomes(NeighbouringRelation relation) {
    double[] drawn = binomial(others, q);
    double[] with = new double[0];
    double[] without = new double[0];
    for (int k = 0; k <= others; k++) {
      double joins = q * Math.min(1.0, cap / (k + 1.0));
      int beside = Math.min(k, cap - 1);
      int alone = Math.min(k, cap);
      boolean absent = relation == NeighbouringRelation.ADD_OR_REMOVE_ONE;
      double instead = relation == NeighbouringRelation.REPLACE_ONE ? -1 : 0;
      with = add(with, drawn[k] * joins, beside, 1);
      with = add(with, drawn[k] * (1 - joins), alone, 0);
      without = add(without, drawn[k] * (absent ? 0 : joins), beside, instead);
      without = add(without, drawn[k] * (absent ? 1 : 1 - joins), alone, 0);
    }
    return new Outcomes(with, without);
  }

  /** Adds the cells of the sum over {@code kept} random others and the client's own part. */
  private double[] add(double[] cells, double weight, int kept, double own) {
    int columns = (int) ((2 * (cap + 1) + 16 * z) * CELLS / z);
    int rows = (int) ((cap + 1 + 16 * z) * 2 / z);
    boolean flat = Math.abs(Math.sin(Math.toRadians(angle))) < 1e-9;
    double[] sum = cells.length > 0 ? cells : new double[columns * (flat ? 1 : rows)];
    double low = -cap - 1 - 8 * z;
    double[] across = flat ? new double[] {1} : masses(rows, -8 * z, z / 2, height() * kept);
    for (int turned = 0; turned <= Math.min(kept, opposed); turned++) {
      double share = weight * hypergeometric(kept, turned);
      if (share > LEAST_SHARE) {
        double centre = Math.cos(Math.toRadians(angle)) * (kept - 2 * turned) + own;
        double[] along = masses(columns, low, z / CELLS, centre);
        for (int row = 0; row < across.length; row++) {
          for (int i = 0; i < columns; i++) {
            sum[row * columns + i] += share * across[row] * along[i];
          }
        }
      }
    }
    return sum;
  }

  private double height() {
    return Math.sin(Math.toRadians(angle));
  }

  /** Masses of N(centre, z²) in cells of this width; the outer ones have the tails. */
  private double[] masses(int count, double low, double width, double centre) {
    double[] masses = new double[count];
    for (int i = 0; i < count; i++) {
      double from = i == 0 ? Double.NEGATIVE_INFINITY : (low + i * width - centre) / z;
      double to = i == count - 1 ? Double.POSITIVE_INFINITY : (low + (i + 1) * width - centre) / z;
      masses[i] =
          from > 0
              ? tail(from) - tail(to)
              : from < 0 && to < 0 ? tail(-to) - tail(-from) : inner(from, to);
    }
    return masses;
  }

  private static double inner(double from, double to) {
    return 1 - tail(-from) - tail(to);
  }

  private static double tail(double x) {
    return x == Double.POSITIVE_INFINITY ? 0 : Normal.upperTail(x);
  }

  /** The chance that {@code turned} of {@code kept} random others are among the opposed. */
  private double hypergeometric(int kept, int turned) {
    if (turned > opposed || kept - turned > others - opposed) {
      return 0;
    }
    double chance = 1;
    for (int i = 0; i < turned; i++) {
      chance *= (double) (opposed - i) * (kept - i) / ((others - i) * (turned - i));
    }
    for (int i = 0; i < kept - turned; i++) {
      chance *= (double) (others - opposed - i) / (others - turned - i);
    }
    return chance;
  }

  static double[] binomial(int n, double q) {
    double[] masses = new double[n + 1];
    masses[0] = 1;
    for (int trial = 0; trial < n; trial++) {
      for (int k = trial + 1; k >= 0; k--) {
        masses[k] = masses[k] * (1 - q) + (k > 0 ? masses[k - 1] * q : 0);
      }
    }
    return masses;
  }

  @Override
  public String toString() {
    return Arrays.asList(q, others, cap, z, angle, opposed).toString();
  }
}
