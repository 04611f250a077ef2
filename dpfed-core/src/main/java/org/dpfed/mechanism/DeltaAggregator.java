package org.dpfed.mechanism;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.kernel.NormalDraws;
import org.dpfed.nativememory.NativeFloats;
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
 * <p>With a clip norm, sums are integers on a public grid and exact in any order, so each thread
 * that adds deltas has a sum of its own. Without one there is no privacy; sums are then floats,
 * whose last bits depend on the order of the deltas.
 *
 * <p>Not thread-safe but for {@link #accumulate}.
 */
public final class DeltaAggregator implements AutoCloseable {
  private final MechanismRun run;
  private final Mechanism mechanism;
  private final int[] cohort;
  private final RoundBounds bounds;
  private final double[] grids;
  private final List<ClippingState.Count> counts;
  private final NoiseStream[] noise;
  private final double noiseStddev;
  private final int[] sizes;
  private final int dimension;
  private final Set<Integer> admitted = ConcurrentHashMap.newKeySet();
  private final Set<Integer> added = ConcurrentHashMap.newKeySet();

  /** Sums that no thread is adding to. */
  private final Queue<PartialSum> free = new ConcurrentLinkedQueue<>();

  /** Whoever adds a delta shares it, whoever ends the round has it alone. */
  private final ReadWriteLock adding = new ReentrantReadWriteLock();

  private final AtomicBoolean charging = new AtomicBoolean();
  private final AtomicBoolean charged = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  DeltaAggregator(
      MechanismRun run,
      int[] cohort,
      double[] clipNorms,
      double zeroAbove,
      List<ClippingState.Count> counts) {
    this.run = run;
    this.mechanism = run.mechanism();
    this.cohort = cohort;
    this.grids = FixedPointSum.grids(clipNorms);
    this.counts = counts;
    this.sizes = run.partSizes();
    this.bounds =
        new RoundBounds(
            Arrays.stream(sizes).boxed().toList(),
            Arrays.stream(clipNorms).boxed().toList(),
            zeroAbove,
            counts.stream().map(ClippingState.Count::threshold).toList());
    this.noise = run.noise(clipNorms);
    this.noiseStddev = stddev();
    this.dimension = Arrays.stream(sizes).sum();
  }

  /** The clients whose deltas this round sums, ascending; may be empty. A copy for the caller. */
  public int[] cohort() {
    return cohort.clone();
  }

  /** What a process has to know that sums deltas of this round. Public. */
  public RoundBounds bounds() {
    return bounds;
  }

  /** The clip norm of each part of the delta in this round: one, or one for each layer. Public. */
  public List<Double> clipNorms() {
    return bounds.clipNorms();
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
   * release to the server, so {@link #accumulate} asks for it; otherwise {@link #release} charges.
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
   * Adds one client's clipped delta; with local trust, what the client sends of it: clipped and
   * noised. A delta with NaN or infinite coordinates contributes zero.
   *
   * <p>Any number of threads may call this at once, each adding to a sum of its own. Without a clip
   * norm their order shows in the last bits; {@link #accumulateInTurn} keeps it.
   *
   * @param client of the cohort; adds once
   * @param delta shape {@code [d]}, float; neither changed nor kept. It must not change during the
   *     call, or what is added is not what was measured
   * @return what became of the delta; depends on the client's data and is not private
   * @throws IllegalStateException with local trust before {@link #charge}, since a message is
   *     released when it is made
   */
  public Contribution accumulate(int client, INDArray delta) {
    admit(client, delta);
    return add(client, delta);
  }

  /**
   * As {@link #accumulate}, with the same mean bit for bit however many threads call this, if the
   * suppliers are called on one thread in the order of the cohort. Adds the delta at once if the
   * order does not show, otherwise a copy of it when the supplier is called.
   */
  public Supplier<Contribution> accumulateInTurn(int client, INDArray delta) {
    if (mechanism.clipping().isBounded()) {
      Contribution fate = accumulate(client, delta);
      return () -> fate;
    }
    admit(client, delta);
    INDArray copy = delta.dup();
    Nd4j.getExecutioner().commit();
    return () -> {
      try (copy) {
        return add(client, copy);
      }
    };
  }

  private Contribution add(int client, INDArray delta) {
    adding.readLock().lock();
    try {
      requireOpen();
      PartialSum sum = free.poll();
      if (sum == null) {
        sum = emptySum();
      }
      try {
        Contribution fate = sum.add(delta);
        if (mechanism.trust().isLocal()) {
          addNoise(client, sum);
        }
        added.add(client);
        return fate;
      } finally {
        free.add(sum);
      }
    } finally {
      adding.readLock().unlock();
    }
  }

  /**
   * Adds what another process has summed of some clients: a {@link ShareSum} of this round's
   * bounds. Its integers are checked against what so many clipped deltas can add up to. What no
   * clients can have sent is refused whole, and then none of it is in the round.
   *
   * @param clients of the cohort, whose share this is; none of them may add anything else
   * @param failed how many of them gave no delta
   * @param share as {@link ShareSum#toBytes} gives it; not to be changed during the call
   * @return what became of the deltas; depends on clients' data and is not private
   * @throws IllegalArgumentException when the share is not one of these clients in this round
   * @throws IllegalStateException without a clip norm, as sums of floats depend on their order, and
   *     with local trust, where each client's message has noise of its own
   */
  public ShareSum.Fates accumulate(int[] clients, int failed, byte[] share) {
    if (!bounds.areFinite() || mechanism.trust().isLocal()) {
      throw new IllegalStateException(
          "shares can be added only where a clip norm bounds them and the server adds the noise; add one delta after the other");
    }
    if (failed < 0 || failed > clients.length) {
      throw new IllegalArgumentException(
          "a share cannot have more failed clients than clients, nor less than none");
    }
    adding.readLock().lock();
    try {
      requireOpen();
      admitAll(clients);
      PartialSum sum = free.poll();
      if (sum == null) {
        sum = emptySum();
      }
      try {
        return sum.add(ByteBuffer.wrap(share), clients.length - failed);
      } catch (IllegalArgumentException refused) {
        Arrays.stream(clients).forEach(admitted::remove);
        throw refused;
      } finally {
        free.add(sum);
      }
    } finally {
      adding.readLock().unlock();
    }
  }

  private void admit(int client, INDArray delta) {
    requireOpen();
    requireDelta(delta);
    if (mechanism.trust().isLocal() && !charged.get()) {
      throw new IllegalStateException(
          "with local trust a message is released when it is made; charge the round first");
    }
    admit(client);
  }

  private void admit(int client) {
    if (Arrays.binarySearch(cohort, client) < 0) {
      throw new IllegalArgumentException(
          "a delta must come from a client of this round's cohort; the cost assumes that cohort");
    }
    if (!admitted.add(client)) {
      throw new IllegalArgumentException(
          "a client may add one delta a round; the noise hides one clip norm");
    }
  }

  /** All of them or none. */
  private void admitAll(int[] clients) {
    int done = 0;
    try {
      while (done < clients.length) {
        admit(clients[done]);
        done++;
      }
    } catch (IllegalArgumentException refused) {
      Arrays.stream(clients, 0, done).forEach(admitted::remove);
      throw refused;
    }
  }

  private void requireDelta(INDArray delta) {
    if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "a delta must be float of shape [%d], was %s %s"
              .formatted(dimension, delta.dataType(), Arrays.toString(delta.shape())));
    }
  }

  /** Adds a client's own noise, which with local trust goes into its message. */
  void addNoise(int client, PartialSum sum) {
    NormalDraws draws = draws(Randomness.Purpose.LOCAL, client);
    for (int part = 0; part < sizes.length; part++) {
      ((FixedPointSum) sum.sum(part)).addNoise(draws, noise[part]);
    }
  }

  /** A sum for clients of this round. */
  PartialSum emptySum() {
    return PartialSum.empty(bounds, run.kernel());
  }

  private NormalDraws draws(Randomness.Purpose purpose, int part) {
    return run.kernel().draws(mechanism.randomness().key(purpose, run.round(), part));
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
    PartialSum sum = end();
    boolean local = mechanism.trust().isLocal() && mechanism.noiseMultiplier() > 0;
    if (local) {
      addMissingMessages(sum);
    }
    float[] mean = new float[dimension];
    double factor = 1 / mechanism.expectedCohortSize();
    for (int part = 0, from = 0; part < sizes.length; from += sizes[part++]) {
      NoiseStream added = local ? new NoiseStream.Independent(0) : noise[part];
      sum.sum(part).release(draws(Randomness.Purpose.NOISE, part), added, factor, mean, from);
    }
    run.finished(noisyShares(sum.counts()));
    return NativeFloats.array(mean, dimension);
  }

  /** Ends adding, waits for the threads that still do, and merges what they added. */
  private PartialSum end() {
    adding.writeLock().lock();
    try {
      if (!closed.compareAndSet(false, true)) {
        throw new IllegalStateException("this round is being released");
      }
      PartialSum all = free.poll();
      if (all == null) {
        return emptySum();
      }
      free.forEach(all::add);
      return all;
    } finally {
      adding.writeLock().unlock();
    }
  }

  /** Clients of the cohort that sent nothing count as having sent zero, with its noise. */
  private void addMissingMessages(PartialSum sum) {
    for (int client : cohort) {
      if (!added.contains(client)) {
        addNoise(client, sum);
      }
    }
  }

  private double[] noisyShares(NoisyCounts counted) {
    return counted.isEmpty()
        ? new double[0]
        : counted.shares(
            run.kernel(),
            mechanism.randomness().key(Randomness.Purpose.COUNT, run.round()),
            mechanism.expectedCohortSize(),
            counts.stream().mapToDouble(this::countStddev).toArray());
  }

  private double countStddev(ClippingState.Count count) {
    return mechanism.noiseMultiplier() > 0
        ? count.estimation().countStddev(mechanism.expectedCohortSize())
        : 0;
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
