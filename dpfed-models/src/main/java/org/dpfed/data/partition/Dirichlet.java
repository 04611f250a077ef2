package org.dpfed.data.partition;

import java.util.Arrays;
import java.util.Random;
import org.dpfed.data.LabelledData;

/**
 * Clients of equal size with different mixes of labels. Each client draws class proportions from
 * Dirichlet(α · p), where p are the class shares of the whole data, then draws that many rows
 * without replacement (Hsu, Qi and Brown 2019, <i>Measuring the Effects of Non-Identical Data
 * Distribution for Federated Visual Classification</i>, section 3).
 *
 * <p>As α goes to 0, a client has one class; as it goes to infinity, the mix of the whole data. For
 * balanced classes this α is the number of classes times that of the symmetric Dirichlet(α, …, α)
 * used elsewhere. When a class runs out, the remaining classes take over its proportion, so the
 * last clients get what is left.
 *
 * @param examplesPerClient at least 1; the last client gets what is left where it does not divide
 *     the number of rows
 * @param alpha concentration, in [1e-9, 1e9]
 * @param seed determines which client gets which row
 */
public record Dirichlet(int examplesPerClient, double alpha, long seed) implements Partitioner {
  private static final double MIN_ALPHA = 1e-9;
  private static final double MAX_ALPHA = 1e9;

  public Dirichlet {
    RowOrder.requireAtLeastOne(examplesPerClient);
    if (!(alpha >= MIN_ALPHA && alpha <= MAX_ALPHA)) {
      throw new IllegalArgumentException(
          "alpha must be in [%s, %s], was %s; outside this range the partition no longer changes"
              .formatted(MIN_ALPHA, MAX_ALPHA, alpha));
    }
  }

  @Override
  public String name() {
    return "dirichlet";
  }

  @Override
  public String unit(LabelledData data) {
    return ClientUnit.SIMULATED;
  }

  @Override
  public Partition partition(LabelledData data, String unit) {
    ClientUnit client = ClientUnit.ofDeal(name(), unit);
    Random random = new Random(seed);
    int[] sorted = RowOrder.identity(data.size());
    RowOrder.shuffle(sorted, random);
    int[] starts = RowOrder.sortByLabel(sorted, data);
    int[] next = Arrays.copyOf(starts, data.classes());

    int[] order = new int[data.size()];
    double[] proportions = new double[data.classes()];
    for (int at = 0; at < order.length; at++) {
      if (at % examplesPerClient == 0) {
        drawProportions(starts, random, proportions);
      }
      order[at] = sorted[next[drawClass(proportions, next, starts, random)]++];
    }
    return Partition.consecutive(client, data, order, examplesPerClient);
  }

  /**
   * Dirichlet(α · p) as normalised gamma variates, kept as logarithms until the largest is known:
   * at small α all of them underflow.
   */
  private void drawProportions(int[] starts, Random random, double[] proportions) {
    int rows = starts[proportions.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < proportions.length; k++) {
      double shape = alpha * (starts[k + 1] - starts[k]) / rows;
      proportions[k] = shape > 0 ? logGamma(shape, random) : Double.NEGATIVE_INFINITY;
      largest = Math.max(largest, proportions[k]);
    }
    for (int k = 0; k < proportions.length; k++) {
      proportions[k] = StrictMath.exp(proportions[k] - largest);
    }
  }

  /**
   * A class among those with rows left. When the client's proportions give none of them any weight,
   * the rows left decide.
   */
  private static int drawClass(double[] proportions, int[] next, int[] starts, Random random) {
    double total = 0;
    for (int k = 0; k < proportions.length; k++) {
      total += next[k] < starts[k + 1] ? proportions[k] : 0;
    }
    boolean byRowsLeft = !(total > 0);
    if (byRowsLeft) {
      for (int k = 0; k < proportions.length; k++) {
        total += starts[k + 1] - next[k];
      }
    }
    double target = random.nextDouble() * total;
    int chosen = -1;
    for (int k = 0; k < proportions.length; k++) {
      int left = starts[k + 1] - next[k];
      double weight = left == 0 ? 0 : byRowsLeft ? left : proportions[k];
      if (weight > 0) {
        chosen = k;
        target -= weight;
        if (target < 0) {
          break;
        }
      }
    }
    return chosen;
  }

  /**
   * The logarithm of a Gamma(shape, 1) variate: Marsaglia and Tsang 2000, with their boost G(a) =
   * G(a + 1) · U^(1/a) for every shape, so that the method's condition shape ≥ 1 always holds.
   * StrictMath, because a last bit that differs between machines would deal other rows.
   */
  private static double logGamma(double shape, Random random) {
    double d = shape + 1 - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double t = 1 + c * x;
      double v = t * t * t;
      // 1 − u lies in (0, 1], where a logarithm is finite.
      double u = 1 - random.nextDouble();
      if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        double boost = StrictMath.log(1 - random.nextDouble()) / shape;
        return StrictMath.log(d) + StrictMath.log(v) + boost;
      }
    }
  }
}
