package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.federated.Combinations.Cell;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.mechanism.LayerNoise;
import org.dpfed.mechanism.Noise;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every combination of the four choices, tried: what is refused is refused with a reason, and what
 * is accounted for runs and has the noise that it is charged for.
 *
 * <p>A layer of n coordinates gives a standard deviation with relative standard error 1/√(2n): 1.6
 * % for the smallest of 2,000. The tolerance is six of them, an error rate of 2·10⁻⁹ for each of
 * some 700 measurements, and two thirds or three halves of the scale are never within it.
 */
final class CombinationsTest {
  private static final double NOISE_MULTIPLIER = 1.3;

  static Stream<Cell> all() {
    return Combinations.all();
  }

  static Stream<Cell> accounted() {
    return Combinations.accounted();
  }

  @ParameterizedTest
  @MethodSource("all")
  void plan_everyCell_isAccountedForOrRefusedWithAReason(Cell cell) {
    if (cell.refusal().isPresent()) {
      String reason = cell.refusal().orElseThrow();
      assertThat(reason).doesNotContain("\n").contains("choose");
      for (NeighbouringRelation relation : NeighbouringRelation.values()) {
        assertThatThrownBy(() -> cell.plan(relation).noiseMultiplier(1).build())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(reason);
      }
    } else {
      assertThat(cell.relations()).contains(NeighbouringRelation.ZERO_OUT);
      for (NeighbouringRelation relation : cell.relations()) {
        PrivacyPlan plan = cell.plan(relation).noiseMultiplier(NOISE_MULTIPLIER).build();
        assertThat(plan.guarantee().epsilon()).isPositive().isFinite();
        assertThat(plan.guaranteeAfter(1).epsilon())
            .isPositive()
            .isLessThanOrEqualTo(plan.guarantee().epsilon());
        for (int completed = 1; completed <= Combinations.ROUNDS; completed++) {
          // What a ledger makes of its records; the plan's own bound may be no more than that.
          double ledger =
              new TightestAccountant(relation)
                  .compose(plan.planned().cost(ChargedRounds.first(completed)))
                  .epsilon(plan.delta());
          assertThat(ledger).isGreaterThanOrEqualTo(plan.guaranteeAfter(completed).epsilon());
          assertThat(ledger).isLessThanOrEqualTo(plan.guarantee().epsilon());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("accounted")
  void run_everyAccountedCell_hasTheNoiseThatItIsChargedFor(Cell cell) {
    PrivacyPlan plan =
        cell.plan(NeighbouringRelation.ZERO_OUT).noiseMultiplier(NOISE_MULTIPLIER).build();
    List<float[]> sums = new ArrayList<>();
    List<RoundMetrics> rounds = new ArrayList<>();
    List<Object> charged = new ArrayList<>();
    AtomicInteger trained = new AtomicInteger();
    List<Integer> cohorts = new ArrayList<>();
    FederatedAveraging.builder(plan, new NumberedClients(Combinations.POPULATION), trainer(trained))
        .execution(new Execution(1, KernelSelection.forced(Nd4jKernel.NAME)))
        .ledger(charged::add)
        .listener(
            (metrics, parameters) -> {
              rounds.add(metrics);
              cohorts.add(trained.getAndSet(0));
              sums.add(parameters.toFloatVector());
            })
        .build()
        .run();
    assertThat(charged).hasSize(Combinations.ROUNDS);
    double[][] decoder = decoder(plan.noise());
    for (int round = 0; round < Combinations.ROUNDS; round++) {
      double[] stddevs = stddevs(cell, rounds.get(round), cohorts.get(round));
      for (int layer = 0, from = 0; layer < Combinations.LAYERS.length; layer++) {
        int to = from + Combinations.LAYERS[layer];
        double expected = stddevs[layer];
        float[] fresh = difference(sums, round, from, to);
        assertScale(fresh, expected * norm(roundWeights(decoder, round)));
        if (!plan.noise().isIndependent()) {
          float[] prefix = Arrays.copyOfRange(sums.get(round), from, to);
          assertScale(prefix, expected * norm(decoder[round]));
        }
        if (round > 0) {
          float[] before = difference(sums, round - 1, from, to);
          double correlation =
              dot(roundWeights(decoder, round), roundWeights(decoder, round - 1))
                  / norm(roundWeights(decoder, round))
                  / norm(roundWeights(decoder, round - 1));
          // The correlation of n pairs has standard error at most 1/√n.
          assertThat(correlation(fresh, before) - correlation)
              .isBetween(-6 / Math.sqrt(to - from), 6 / Math.sqrt(to - from));
        }
        from = to;
      }
    }
  }

  /** Clients whose delta is zero, so that all there is to see is noise; counts who trains. */
  private static ClientTrainer trainer(AtomicInteger trained) {
    int dimension = Arrays.stream(Combinations.LAYERS).sum();
    return new ScriptedTrainer(
        dimension,
        client -> {
          trained.incrementAndGet();
          return new float[dimension];
        },
        Combinations.LAYERS);
  }

  private static void assertScale(float[] noise, double expected) {
    double squares = 0;
    for (float value : noise) {
      squares += (double) value * value;
    }
    double measured = Math.sqrt(squares / noise.length);
    double tolerance = 6 / Math.sqrt(2.0 * noise.length);
    assertThat(measured / expected).isBetween(1 - tolerance, 1 + tolerance);
    assertThat(2.0 / 3).isLessThan(1 - tolerance);
    assertThat(3.0 / 2).isGreaterThan(1 + tolerance);
  }

  /**
   * Of the mean's uncorrelated noise in each layer, by the published formulas; with local trust
   * that of all clients of the round's cohort. A cohort without clients has a chance of 10⁻⁶.
   */
  private static double[] stddevs(Cell cell, RoundMetrics round, int cohort) {
    List<Double> clipNorms = round.clipNorms();
    int layers = Combinations.LAYERS.length;
    int counts =
        (cell.clipping().adaptation().isPresent() ? clipNorms.size() : 0)
            + (int)
                cell.clipping().zeroing().stream().filter(z -> z.adaptation().isPresent()).count();
    double z = 1 / Math.sqrt(1 / (NOISE_MULTIPLIER * NOISE_MULTIPLIER) - counts / 36.0);
    double divisor =
        cell.trust().isLocal() ? Combinations.COHORT / Math.sqrt(cohort) : Combinations.COHORT;
    double[] stddevs = new double[layers];
    if (cell.clipping().layerNoise() == LayerNoise.LEAST_VARIANCE) {
      double sum = 0;
      for (int l = 0; l < layers; l++) {
        sum += clipNorms.get(l) * Math.sqrt(Combinations.LAYERS[l]);
      }
      for (int l = 0; l < layers; l++) {
        stddevs[l] =
            z * Math.sqrt(clipNorms.get(l) / Math.sqrt(Combinations.LAYERS[l]) * sum) / divisor;
      }
    } else {
      double whole = Math.sqrt(clipNorms.stream().mapToDouble(c -> c * c).sum());
      Arrays.fill(stddevs, z * whole / divisor);
    }
    return stddevs;
  }

  /** Row t: how the draws of a run enter the noise of the first t + 1 rounds together. */
  private static double[][] decoder(Noise noise) {
    int rounds = Combinations.ROUNDS;
    if (noise instanceof Noise.Tree) {
      // Draws: leaf 1, leaf 2, their node, leaf 3. The node counts ⅔ for itself, ⅓ for its leaves.
      return new double[][] {
        {1, 0, 0, 0}, {1 / 3.0, 1 / 3.0, 2 / 3.0, 0}, {1 / 3.0, 1 / 3.0, 2 / 3.0, 1}
      };
    }
    double[] c = new double[rounds];
    c[0] = 1;
    if (noise instanceof Noise.Banded banded) {
      for (int i = 0; i < banded.strategy().coefficients().size(); i++) {
        c[i] = banded.strategy().coefficients().get(i);
      }
    } else if (noise instanceof Noise.BufferedLinear blt) {
      for (int i = 1; i < rounds; i++) {
        c[i] =
            blt.strategy().outputScale().get(0)
                * Math.pow(blt.strategy().bufferDecay().get(0), i - 1);
      }
    }
    double[] inverse = new double[rounds];
    inverse[0] = 1;
    for (int t = 1; t < rounds; t++) {
      for (int i = 1; i <= t; i++) {
        inverse[t] -= c[i] * inverse[t - i];
      }
    }
    double[][] prefix = new double[rounds][rounds];
    for (int t = 0; t < rounds; t++) {
      for (int draw = 0; draw <= t; draw++) {
        prefix[t][draw] = (t == 0 ? 0 : prefix[t - 1][draw]) + inverse[t - draw];
      }
    }
    return prefix;
  }

  private static double[] roundWeights(double[][] decoder, int round) {
    double[] weights = decoder[round].clone();
    for (int i = 0; round > 0 && i < weights.length; i++) {
      weights[i] -= decoder[round - 1][i];
    }
    return weights;
  }

  private static float[] difference(List<float[]> sums, int round, int from, int to) {
    float[] fresh = Arrays.copyOfRange(sums.get(round), from, to);
    for (int i = 0; round > 0 && i < fresh.length; i++) {
      fresh[i] -= sums.get(round - 1)[from + i];
    }
    return fresh;
  }

  private static double norm(double[] values) {
    return Math.sqrt(dot(values, values));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double correlation(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
