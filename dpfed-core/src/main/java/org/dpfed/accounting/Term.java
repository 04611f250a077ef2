package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.numerics.CappedBinomial;
import org.dpfed.accounting.pld.CappedSample;
import org.dpfed.accounting.pld.PrivacyLossProfile;

/**
 * A step that accountants treat as a whole, with the parameters that determine its cost. {@link
 * NormalForm} converts events to terms.
 *
 * <p>Equal terms are merged and counted, so a term contains only what its cost depends on.
 */
sealed interface Term {
  /** What every Gaussian rests on. */
  String CLIPPED = "each Gaussian event bounds one client's contribution by its clip norm";

  /** What noise that the clients add themselves rests on. */
  String ALL_ADD_NOISE = "every client that was counted on adds its share of the noise";

  /** Which of two populations sees the output. */
  enum View {
    /** The one that has the client. */
    WITH_CLIENT,
    /** The one that lacks it. */
    WITHOUT_CLIENT
  }

  /** The term as an event, for messages. */
  DpEvent event();

  /** What must be true of a run for the term to cost what it is said to cost, a sentence each. */
  List<String> assumptions();

  /** The privacy loss in one view; empty where no distribution of it is proven. */
  default Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
    return Optional.empty();
  }

  /**
   * The Rényi divergence at each order, the larger of both views; infinite where nothing is proven
   * at an order, empty where nothing is proven at any.
   */
  default Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
    return Optional.empty();
  }

  /** The exact cost of {@code count} such terms; empty where no closed form is known. */
  default Optional<OptimalComposition> repeated(long count) {
    return Optional.empty();
  }

  /** The accountants that have a bound for this term alone. */
  default List<String> accountants(NeighbouringRelation relation) {
    List<String> able = new ArrayList<>();
    if (repeated(1).isPresent()) {
      able.add(OptimalCompositionAccountant.NAME);
    }
    if (profile(relation, View.WITH_CLIENT).isPresent()) {
      able.add(PldAccountant.NAME);
    }
    if (renyi(relation, 2).isPresent()) {
      able.add(RdpAccountant.NAME);
    }
    return able;
  }

  /** A refusal by {@code accountant}, naming those that have a bound. */
  default UnsupportedEventException refusedBy(String accountant, NeighbouringRelation relation) {
    return UnsupportedEventException.by(accountant, event(), accountants(relation));
  }

  /** A Gaussian on all clients. */
  record Gaussian(double noiseMultiplier) implements Term {
    @Override
    public DpEvent event() {
      return new DpEvent.Gaussian(noiseMultiplier);
    }

    @Override
    public List<String> assumptions() {
      return List.of(CLIPPED);
    }

    @Override
    public Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
      return Optional.of(PrivacyLossProfile.removal(1, noiseMultiplier / relation.sensitivity()));
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return Optional.of(
          GaussianDivergences.unsampled(noiseMultiplier / relation.sensitivity(), orders));
    }

    @Override
    public List<String> accountants(NeighbouringRelation relation) {
      return List.of(AnalyticGaussianAccountant.NAME, PldAccountant.NAME, RdpAccountant.NAME);
    }
  }

  /** A Gaussian on a Poisson sample. */
  record PoissonSample(double samplingProbability, double noiseMultiplier) implements Term {
    @Override
    public DpEvent event() {
      return new DpEvent.PoissonSampled(samplingProbability, new DpEvent.Gaussian(noiseMultiplier));
    }

    @Override
    public List<String> assumptions() {
      return List.of(
          CLIPPED,
          "each client that a round samples from joins it independently with the sampling"
              + " probability, in secret");
    }

    @Override
    public Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
      if (relation == NeighbouringRelation.REPLACE_ONE) {
        return Optional.of(PrivacyLossProfile.replacement(samplingProbability, noiseMultiplier));
      }
      return Optional.of(
          view == View.WITH_CLIENT
              ? PrivacyLossProfile.removal(samplingProbability, noiseMultiplier)
              : PrivacyLossProfile.addition(samplingProbability, noiseMultiplier));
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return Optional.of(
          relation == NeighbouringRelation.REPLACE_ONE
              ? GaussianDivergences.sampled(
                  PrivacyLossProfile.replacement(samplingProbability, noiseMultiplier),
                  noiseMultiplier / relation.sensitivity(),
                  orders)
              : GaussianDivergences.poisson(samplingProbability, noiseMultiplier, orders));
    }
  }

  /** A Gaussian on a Poisson sample that is cut to a largest cohort, below the population. */
  record TruncatedPoissonSample(
      double samplingProbability, long population, long maxCohort, double noiseMultiplier)
      implements Term {
    @Override
    public DpEvent event() {
      return new DpEvent.TruncatedPoissonSampled(
          samplingProbability, population, maxCohort, new DpEvent.Gaussian(noiseMultiplier));
    }

    @Override
    public List<String> assumptions() {
      return List.of(
          CLIPPED,
          "each client joins each round independently, in secret, and a cohort above the maximum is"
              + " cut to a uniformly random part");
    }

    /** The other clients: all of the run where the neighbour has one more. */
    private long others(NeighbouringRelation relation) {
      return relation == NeighbouringRelation.ADD_OR_REMOVE_ONE ? population : population - 1;
    }

    /** More noise than this on a cut sample is taken for this, which costs no less. */
    private static final double MOST_NOISE = 1e6;

    @Override
    public Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
      CappedSample sample =
          new CappedSample(
              samplingProbability,
              CappedBinomial.of(samplingProbability, others(relation), maxCohort),
              Math.min(MOST_NOISE, noiseMultiplier));
      boolean present = view == View.WITH_CLIENT;
      return Optional.of(
          switch (relation) {
            case REPLACE_ONE -> sample.replacement();
            case ZERO_OUT -> present ? sample.zeroOutRemoval() : sample.zeroOutAddition();
            case ADD_OR_REMOVE_ONE -> present ? sample.removal() : sample.addition();
          });
    }

    /** The divergence is an integral of hockey-stick divergences: what dominates one bounds it. */
    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      // Under zero-out the cohort is the same; otherwise another client may take the place.
      double distance = relation == NeighbouringRelation.ZERO_OUT ? 1 : 2;
      double[] largest = new double[orders.length];
      for (View view : View.values()) {
        PrivacyLossProfile profile = profile(relation, view).orElseThrow();
        double[] found = GaussianDivergences.sampled(profile, noiseMultiplier / distance, orders);
        Arrays.setAll(largest, i -> Math.max(largest[i], found[i]));
      }
      return Optional.of(largest);
    }
  }

  /** A Gaussian on a cohort of fixed size; both neighbours have the same population. */
  record FixedSizeSample(long population, long cohort, double noiseMultiplier) implements Term {
    @Override
    public DpEvent event() {
      return new DpEvent.SampledWithoutReplacement(
          population, cohort, new DpEvent.Gaussian(noiseMultiplier));
    }

    @Override
    public List<String> assumptions() {
      return List.of(CLIPPED, "each cohort is a uniformly random set of fixed size, in secret");
    }

    /** Under zero-out as under replace-one, which is the dearer of the two. */
    private double sigma() {
      return noiseMultiplier / NeighbouringRelation.REPLACE_ONE.sensitivity();
    }

    private PrivacyLossProfile profile() {
      return PrivacyLossProfile.withoutReplacement((double) cohort / population, sigma());
    }

    @Override
    public Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
      return Optional.of(profile());
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return Optional.of(GaussianDivergences.sampled(profile(), sigma(), orders));
    }
  }

  /** Any mechanism of which no more is known than that it is (epsilon, delta)-DP. */
  record AnyMechanism(double epsilon, double delta) implements Term {
    @Override
    public DpEvent event() {
      return new DpEvent.ApproximateDp(epsilon, delta);
    }

    @Override
    public List<String> assumptions() {
      return List.of("each local mechanism has the (epsilon, delta) that it claims");
    }

    @Override
    public Optional<PrivacyLossProfile> profile(NeighbouringRelation relation, View view) {
      return Optional.of(PrivacyLossProfile.approximateDp(epsilon, delta));
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return delta > 0
          ? Optional.empty()
          : Optional.of(Arrays.stream(orders).map(this::randomisedResponse).toArray());
    }

    /**
     * Randomised response dominates pure DP; its divergence is that of two coins, whose moment is
     * cosh((α − ½)·ε) / cosh(½·ε).
     */
    private double randomisedResponse(double order) {
      return (logCosh((order - 0.5) * epsilon) - logCosh(0.5 * epsilon)) / (order - 1);
    }

    /** log cosh x, right to the last digits for small x too. */
    private static double logCosh(double x) {
      double half = Math.sinh(x / 2);
      return x < 1 ? Math.log1p(2 * half * half) : x + Math.log1p(Math.exp(-2 * x)) - Math.log(2);
    }

    @Override
    public Optional<OptimalComposition> repeated(long count) {
      return count <= OptimalComposition.MOST_RUNS
          ? Optional.of(new OptimalComposition(epsilon, delta, count))
          : Optional.empty();
    }
  }

  /** The clients' own discrete Gaussian noise. */
  record DiscreteGaussianNoise(DiscreteGaussianSum event) implements Term {
    @Override
    public List<String> assumptions() {
      return List.of(ALL_ADD_NOISE);
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return Optional.of(event.renyi(relation.sensitivity(), orders));
    }
  }

  /** Skellam noise. */
  record SkellamNoise(SkellamSum event) implements Term {
    @Override
    public List<String> assumptions() {
      return List.of(ALL_ADD_NOISE);
    }

    @Override
    public Optional<double[]> renyi(NeighbouringRelation relation, double... orders) {
      return Optional.of(event.renyi(relation.sensitivity(), orders));
    }
  }
}
