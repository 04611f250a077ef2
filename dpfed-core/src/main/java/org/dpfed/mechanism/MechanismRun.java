package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.DeltaKernel;

/**
 * A run of a {@link Mechanism}, round after round: the state of its sampling, clipping and noise.
 * Not thread-safe.
 */
public final class MechanismRun {
  private final Mechanism mechanism;
  private final DeltaKernel kernel;
  private final int[] partSizes;
  private final double sumNoiseMultiplier;
  private final ClippingState clipping;
  private final Sampling.Cohorts cohorts;
  private final NoiseStream[] correlated;
  private final DpEvent firstEvent;
  private int round;
  private boolean inProgress;

  /**
   * @param resumed what the run had reached; empty for a new one
   */
  MechanismRun(
      Mechanism mechanism, DeltaKernel kernel, int[] layerSizes, Optional<MechanismState> resumed) {
    if (layerSizes.length == 0 || Arrays.stream(layerSizes).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "dimension must be at least 1 in every layer, was " + Arrays.toString(layerSizes));
    }
    this.mechanism = mechanism;
    this.kernel = kernel;
    this.partSizes =
        mechanism.clipping().layerShares().isPresent()
            ? layerSizes.clone()
            : new int[] {Arrays.stream(layerSizes).reduce(0, Math::addExact)};
    this.sumNoiseMultiplier = mechanism.sumNoiseMultiplier(partSizes);
    this.clipping = new ClippingState(mechanism.clipping(), partSizes);
    this.cohorts = cohorts(mechanism, resumed);
    this.correlated = correlated();
    this.firstEvent = mechanism.roundEvent(0);
    // Refuses noise beyond the range of exact sums now, before anything is trained.
    independent(clipping.clipNorms());
    resumed.ifPresent(this::restore);
  }

  private static Sampling.Cohorts cohorts(Mechanism mechanism, Optional<MechanismState> resumed) {
    Sampling sampling = mechanism.sampling();
    return resumed
        .map(
            state ->
                sampling.cohorts(mechanism.population(), mechanism.randomness(), state.order()))
        .orElseGet(() -> sampling.cohorts(mechanism.population(), mechanism.randomness()));
  }

  private void restore(MechanismState state) {
    if (state.round() < 0 || state.round() > mechanism.rounds()) {
      throw new IllegalArgumentException(
          "the state is of round %2$d, the run has %1$d rounds; resume it with at least %2$d"
              .formatted(mechanism.rounds(), state.round()));
    }
    clipping.restore(state.bounds());
    List<double[]> memory = memory(state.round());
    if (memory.size() != state.noise().size()) {
      throw new IllegalArgumentException(
          "the noise has %d vectors, the state %d".formatted(memory.size(), state.noise().size()));
    }
    for (int i = 0; i < memory.size(); i++) {
      requireLength(memory.get(i).length, state.noise().get(i).length);
      System.arraycopy(state.noise().get(i), 0, memory.get(i), 0, memory.get(i).length);
    }
    Arrays.stream(correlated).forEach(stream -> stream.resumeAt(state.round()));
    round = state.round();
  }

  private static void requireLength(int expected, int was) {
    if (expected != was) {
      throw new IllegalArgumentException(
          "a vector of the noise must have length %d, had %d".formatted(expected, was));
    }
  }

  /** Of a run whose rounds are over nothing: it needs no noise, which would only be a danger. */
  private List<double[]> memory(int round) {
    return round == mechanism.rounds()
        ? List.of()
        : Arrays.stream(correlated).flatMap(stream -> stream.memory().stream()).toList();
  }

  /**
   * What the next round depends on, for {@link Mechanism#resume}; a round in progress is not in it.
   */
  public synchronized MechanismState state() {
    return new MechanismState(round, clipping.bounds(), cohorts.order(), memory(round));
  }

  private NoiseStream[] correlated() {
    if (mechanism.noise().isIndependent() || mechanism.noiseMultiplier() == 0) {
      return new NoiseStream[0];
    }
    double[] clipNorms = clipping.clipNorms();
    double[] grids = FixedPointSum.grids(clipNorms);
    double[] stddevs = stddevs(clipNorms);
    NoiseStream[] streams = new NoiseStream[partSizes.length];
    for (int part = 0; part < streams.length; part++) {
      streams[part] =
          NoiseStream.correlated(
              mechanism.noise(),
              FixedPointSum.units(stddevs[part], grids[part], partSizes[part]),
              clipNorms[part] / FixedPointSum.spacing(grids[part], partSizes[part]),
              mechanism.rounds(),
              partSizes[part]);
    }
    return streams;
  }

  private double[] stddevs(double[] clipNorms) {
    return sumNoiseMultiplier == 0
        ? new double[clipNorms.length]
        : mechanism.clipping().layerNoise().stddevs(sumNoiseMultiplier, clipNorms, partSizes);
  }

  private NoiseStream[] independent(double[] clipNorms) {
    double[] grids = FixedPointSum.grids(clipNorms);
    double[] stddevs = stddevs(clipNorms);
    return IntStream.range(0, partSizes.length)
        .mapToObj(
            part ->
                new NoiseStream.Independent(
                    stddevs[part] == 0
                        ? 0
                        : FixedPointSum.units(stddevs[part], grids[part], partSizes[part])))
        .toArray(NoiseStream[]::new);
  }

  /**
   * The next round: draws its cohort, sums what the cohort's clients send, and releases the noisy
   * mean.
   *
   * @throws IllegalStateException when all rounds have run, or the last one was not released: its
   *     cohort, and noise that was drawn for it, would count twice
   */
  public synchronized DeltaAggregator nextRound() {
    if (inProgress || round == mechanism.rounds()) {
      throw new IllegalStateException(
          inProgress
              ? "the last round was not released, and the run cannot go on without it; start another"
              : "all " + round + " rounds have run; start another run");
    }
    inProgress = true;
    double[] clipNorms = clipping.clipNorms();
    return new DeltaAggregator(
        this, cohorts.of(round), clipNorms, clipping.zeroAbove(), clipping.counts());
  }

  Mechanism mechanism() {
    return mechanism;
  }

  DeltaKernel kernel() {
    return kernel;
  }

  /** Of the round in progress, from 0. */
  int round() {
    return round;
  }

  /** What the round in progress is recorded as. */
  DpEvent event() {
    return firstEvent instanceof DpEvent.RoundOf first
        ? new DpEvent.RoundOf(first.run(), round)
        : firstEvent;
  }

  int[] partSizes() {
    return partSizes.clone();
  }

  /** The noise of the round in progress, for each part. */
  NoiseStream[] noise(double[] clipNorms) {
    return correlated.length > 0 ? correlated : independent(clipNorms);
  }

  /** The round in progress was released, with these noisy shares. */
  synchronized void finished(double[] noisyShares) {
    clipping.update(noisyShares);
    round++;
    inProgress = false;
  }
}
