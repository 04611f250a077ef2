package org.dpfed.federated;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The cohort of a round cut into shares, for engines that train in other processes: what each needs
 * to know, and the check of what each reports. Not thread-safe.
 */
public final class CohortShares {
  private final long run;
  private final CohortEngine.Round round;
  private final int count;
  private final BitSet reported = new BitSet();

  /**
   * Shares of equal size, but for one client.
   *
   * @param run a number that no other run has, so that a late report of one is not taken for this
   *     one's
   * @param most shares, at least 1; never more than clients
   */
  public CohortShares(long run, CohortEngine.Round round, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("there must be at least 1 share, were " + most);
    }
    this.run = run;
    this.round = round;
    this.count = Math.min(most, round.cohort().length);
  }

  /** How many there are; none of an empty cohort. */
  public int count() {
    return count;
  }

  /** The clients of a share; a copy. Every so many clients, so that shares take equally long. */
  private int[] clients(int share) {
    int[] cohort = round.cohort();
    int[] clients = new int[(cohort.length - share + count - 1) / count];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = cohort[share + i * count];
    }
    return clients;
  }

  /**
   * What {@link ShareTrainer#train} needs of a share: run, round, clients and bounds.
   *
   * @param share from 0
   */
  public byte[] task(int share) {
    return new ShareTask(run, round.number(), share, clients(share), round.bounds()).toBytes();
  }

  /**
   * Checks what a share reported and hands it on.
   *
   * @param share whose report it is, as the engine knows
   * @param report as {@link ShareTrainer#train} gives it
   * @throws IllegalArgumentException when it is of another run, round or share, the second of its
   *     share, or not what its clients can have sent; the round must then end
   */
  public void report(int share, byte[] report, CohortEngine.Receiver receiver) {
    ShareReport read = ShareReport.ofBytes(report);
    if (share < 0 || share >= count) {
      throw new IllegalArgumentException("the round has %d shares, not %d".formatted(count, share));
    }
    int[] clients = clients(share);
    if (read.run() != run
        || read.round() != round.number()
        || read.share() != share
        || read.clients() != clients.length) {
      throw new IllegalArgumentException(
          "a report must be of the run, round and share that it was asked for; it is of another");
    }
    if (reported.get(share)) {
      throw new IllegalArgumentException("share %d has been reported before".formatted(share));
    }
    receiver.share(clients, read.failed(), read.sum());
    reported.set(share);
  }

  /** Whether every share was reported. */
  public boolean isComplete() {
    return reported.cardinality() == count;
  }

  @Override
  public String toString() {
    return "shares of run %x, round %s, reported %s"
        .formatted(run, round.number(), Arrays.toString(reported.stream().toArray()));
  }
}
