package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.kernel.NormalDraws;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One round of a {@link MechanismRun}: its cohort, and the noisy mean of the cohort's clipped
 * deltas, {@code (Σ clip(delta) + noise) ÷ expectedCohortSize}.
 *
 * <p>Each client of the cohort adds at most one delta, which the caller can then discard, so memory
 * does not grow with the cohort. {@link #release} charges the ledger before it draws noise; it is
 * the only method that returns the sum. The divisor is a public constant, because the actual number
 * of clients would reveal one client's presence.
 *
 * <p>With a clip norm, sums are integers on a public grid and exact in any order, so they may come
 * from elsewhere in parts. Without one there is no privacy; sums are then floats, whose last bits
 * depend on the order of the deltas.
 *
 * <p>Not thread-safe but for {@link #encode}.
 */
public final class DeltaAggregator implements AutoCloseable {
  private final MechanismRun run;
  private final Mechanism mechanism;
  private final int[] cohort;
  private final RoundParts parts;
  private final double[] clipNorms;
  private final double[] grids;
  private final NoisyCounts counts;
  private final NoiseStream[] noise;
  private final double noiseStddev;
  private final int[] sizes;
  private final int dimension;
  private final BitSet added = new BitSet();
  private final RunningSum[] sums;
  private final Set<Integer> encoded = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean charging = new AtomicBoolean();
  private final AtomicBoolean charged = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  DeltaAggregator(
      MechanismRun run, int[] cohort, RoundParts parts, double[] clipNorms, NoisyCounts counts) {
    this.run = run;
    this.mechanism = run.mechanism();
    this.cohort = cohort;
    this.parts = parts;
    this.clipNorms = clipNorms;
    this.grids = FixedPointSum.grids(clipNorms);
    this.counts = counts;
    this.sizes = run.partSizes();
    this.noise = run.noise(clipNorms);
    this.noiseStddev = stddev();
    this.dimension = Arrays.stream(sizes).sum();
    this.sums = emptySums();
  }

  private RunningSum[] emptySums() {
    RunningSum[] empty = new RunningSum[sizes.length];
    for (int part = 0; part < sizes.length; part++) {
      empty[part] = RunningSum.of(grids[part], run.kernel(), sizes[part]);
    }
    return empty;
  }

  /** The clients whose deltas this round sums, ascending; may be empty. A copy for the caller. */
  public int[] cohort() {
    return cohort.clone();
  }

  /** The clip norm of each part of the delta in this round: one, or one for each layer. Public. */
  public List<Double> clipNorms() {
    return Arrays.stream(clipNorms).boxed().toList();
  }

  /**
   * Standard deviation of the noise in this round's mean, of the root mean square over coordinates
   * where layers differ; with local trust, of a cohort of the expected size. Public.
   */
  public double noiseStddev() {
    return noiseStddev;
  }

  private double stddev() {
    if (mechanism.noiseMultiplier() == 0) {
      return 0;
    }
    double squares = 0;
    for (int part = 0; part < sizes.length; part++) {
      double stddev = noise[part].stddev() * FixedPointSum.spacing(grids[part], sizes[part]);
      squares += stddev * stddev * sizes[part];
    }
    double all = Math.sqrt(squares / Arrays.stream(sizes).sum());
    double expected = mechanism.expectedCohortSize();
    return mechanism.trust().isLocal() ? all / Math.sqrt(expected) : all / expected;
  }

  /**
   * Charges the event of this round now, before clients train. With local trust a message is a
   * release to the server, so {@link #encode} asks for it; otherwise {@link #release} charges.
   *
   * @throws IllegalStateException at a second call, also from within the first
   */
  public void charge(PrivacyLedger ledger) {
    requireOpen();
    if (!charging.compareAndSet(false, true)) {
      throw new IllegalStateException("this round has been charged, or is being charged");
    }
    try {
      ledger.charge(run.event());
      // Only now: whoever comes while the ledger writes finds the round uncharged.
      charged.set(true);
    } finally {
      if (!charged.get()) {
        closed.set(true);
      }
    }
  }

  /**
   * What a client of the cohort sends, made on the client's side, once in a round: with local trust
   * its clipped, noised delta, otherwise the delta itself. May be called from any thread.
   *
   * @param client of the cohort
   * @param delta shape {@code [d]}, float; not changed, and kept by a message of a trusted server
   * @throws IllegalStateException with local trust before {@link #charge}
   */
  public ClientMessage encode(int client, INDArray delta) {
    requireOpen();
    requireDelta(delta);
    boolean local = mechanism.trust().isLocal();
    if (local && !charged.get()) {
      throw new IllegalStateException(
          "with local trust a message is released when it is made; charge the round first");
    }
    if (Arrays.binarySearch(cohort, client) < 0) {
      throw new IllegalArgumentException(
          "a delta must come from a client of this round's cohort; the cost assumes that cohort");
    }
    if (!encoded.add(client)) {
      throw new IllegalArgumentException(
          "a client may add one delta a round; the noise hides one clip norm");
    }
    return local ? noisy(client, delta) : new ClientMessage.Plain(this, client, delta);
  }

  private void requireDelta(INDArray delta) {
    if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "a delta must be float of shape [%d], was %s %s"
              .formatted(dimension, delta.dataType(), Arrays.toString(delta.shape())));
    }
  }

  private ClientMessage.Noisy noisy(int client, INDArray delta) {
    RunningSum[] own = emptySums();
    RoundParts.Norms norms = parts.norms(delta);
    float scale = parts.add(delta, norms, own);
    return new ClientMessage.Noisy(
        this, client, noised(client, own), new Contribution(norms.whole(), scale));
  }

  private long[] noised(int client, RunningSum[] own) {
    NormalDraws draws = draws(Randomness.Purpose.LOCAL, client);
    long[] units = new long[dimension];
    for (int part = 0, from = 0; part < own.length; from += sizes[part++]) {
      FixedPointSum sum = (FixedPointSum) own[part];
      sum.addNoise(draws, noise[part]);
      sum.copyTo(units, from);
    }
    return units;
  }

  private NormalDraws draws(Randomness.Purpose purpose, int part) {
    return run.kernel().draws(mechanism.randomness().key(purpose, run.round(), part));
  }

  /**
   * Adds one client's clipped delta. A delta with NaN or infinite coordinates contributes zero.
   *
   * @param client of the cohort; adds once
   * @param delta shape {@code [d]}, float; neither changed nor kept
   * @return what became of the delta; depends on the client's data and is not private
   */
  public Contribution accumulate(int client, INDArray delta) {
    return accumulate(encode(client, delta));
  }

  /** As {@link #accumulate(int, INDArray)}, of a message that this round's {@link #encode} made. */
  public Contribution accumulate(ClientMessage message) {
    requireOpen();
    if (message.maker != this) {
      throw new IllegalArgumentException(
          "a message counts in the round that it was encoded for; encode the delta again");
    }
    int place = Arrays.binarySearch(cohort, message.client);
    if (added.get(place)) {
      throw new IllegalArgumentException("a message counts once");
    }
    added.set(place);
    if (message instanceof ClientMessage.Noisy noisy) {
      add(noisy.units);
      return noisy.fate;
    }
    INDArray delta = ((ClientMessage.Plain) message).delta;
    RoundParts.Norms norms = parts.norms(delta);
    float scale = parts.add(delta, norms, sums);
    counts.add(norms);
    return new Contribution(norms.whole(), scale);
  }

  private void add(long[] units) {
    for (int part = 0, from = 0; part < sums.length; from += sizes[part++]) {
      sums[part].add(units, from);
    }
  }

  /**
   * Charges the event of this round, unless {@link #charge} has, then returns the noisy mean. Can
   * be called once, whether or not it succeeds: a sum whose charge failed can no longer be
   * released.
   *
   * @param ledger is charged before noise is drawn
   * @return shape {@code [d]}, owned by the caller
   */
  public INDArray release(PrivacyLedger ledger) {
    requireOpen();
    if (!charged.get()) {
      charge(ledger);
    }
    if (!closed.compareAndSet(false, true)) {
      throw new IllegalStateException("this round is being released");
    }
    boolean local = mechanism.trust().isLocal() && mechanism.noiseMultiplier() > 0;
    if (local) {
      addMissingMessages();
    }
    float[] mean = new float[dimension];
    double factor = 1 / mechanism.expectedCohortSize();
    for (int part = 0, from = 0; part < sums.length; from += sizes[part++]) {
      NoiseStream added = local ? new NoiseStream.Independent(0) : noise[part];
      sums[part].release(draws(Randomness.Purpose.NOISE, part), added, factor, mean, from);
    }
    run.finished(noisyShares());
    return Nd4j.createFromArray(mean);
  }

  /** Clients of the cohort that sent nothing count as having sent zero, with its noise. */
  private void addMissingMessages() {
    for (int place = added.nextClearBit(0); place < cohort.length; ) {
      add(noised(cohort[place], emptySums()));
      place = added.nextClearBit(place + 1);
    }
  }

  private double[] noisyShares() {
    return counts.isEmpty()
        ? new double[0]
        : counts.shares(
            run.kernel(),
            mechanism.randomness().key(Randomness.Purpose.COUNT, run.round()),
            mechanism.expectedCohortSize(),
            mechanism.noiseMultiplier() > 0);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          "this aggregator was released or closed; each round needs its own");
    }
  }

  /** Ends a round that is not released; the run then ends too. */
  @Override
  public void close() {
    closed.set(true);
  }

  /**
   * What became of one delta.
   *
   * @param norm L2 norm before clipping; NaN or infinite when a coordinate is
   * @param scale the least factor that was applied to a part of it: 1 unclipped, 0 dropped
   */
  public record Contribution(double norm, float scale) {
    /** Whether some of the delta was longer than the clip norm. */
    public boolean isClipped() {
      return isFinite() && scale < 1;
    }

    /** Whether every coordinate was finite; a delta that was not contributes zero. */
    public boolean isFinite() {
      return Double.isFinite(norm);
    }
  }
}
