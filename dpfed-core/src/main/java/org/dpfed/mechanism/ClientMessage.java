package org.dpfed.mechanism;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one client of a cohort hands to the server. Only {@link DeltaAggregator#encode} makes it, so
 * that nothing unclipped can be passed off as a clipped delta.
 */
public abstract sealed class ClientMessage {
  /** The aggregator whose grid and noise it was made for, the only one that takes it. */
  final DeltaAggregator maker;

  /** Whose it is. */
  final int client;

  private ClientMessage(DeltaAggregator maker, int client) {
    this.maker = maker;
    this.client = client;
  }

  /** A delta as it is, for a server that is trusted to clip it and to add noise to the sum. */
  static final class Plain extends ClientMessage {
    final INDArray delta;

    Plain(DeltaAggregator maker, int client, INDArray delta) {
      super(maker, client);
      this.delta = delta;
    }
  }

  /** A delta that was clipped and noised on the client's side. */
  static final class Noisy extends ClientMessage {
    /** One integer for each parameter, in units of the round's grid. */
    final long[] units;

    /** What became of the delta: for diagnostics, and not part of what the server may see. */
    final DeltaAggregator.Contribution fate;

    Noisy(DeltaAggregator maker, int client, long[] units, DeltaAggregator.Contribution fate) {
      super(maker, client);
      this.units = units;
      this.fate = fate;
    }
  }
}
