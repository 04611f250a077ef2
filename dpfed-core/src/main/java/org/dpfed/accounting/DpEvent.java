package org.dpfed.accounting;

import java.util.List;

/**
 * What a mechanism did, as data. Accountants compose events; an event says nothing of how its cost
 * is computed.
 */
public sealed interface DpEvent {

  /**
   * Gaussian noise added to a sum.
   *
   * @param noiseMultiplier noise standard deviation divided by the L2 bound of one client's
   *     contribution (the clip norm); positive, zero meaning no noise and infinite loss
   */
  record Gaussian(double noiseMultiplier) implements DpEvent {
    public Gaussian {
      if (!(noiseMultiplier >= 0) || Double.isInfinite(noiseMultiplier)) {
        throw new IllegalArgumentException(
            "noiseMultiplier must be finite and at least 0, was " + noiseMultiplier);
      }
    }
  }

  /**
   * A mechanism run on a Poisson sample: each client independently with the same probability.
   *
   * @param samplingProbability in (0, 1]
   * @param event what was run on the sample
   */
  record PoissonSampled(double samplingProbability, DpEvent event) implements DpEvent {
    public PoissonSampled {
      if (!(samplingProbability > 0 && samplingProbability <= 1)) {
        throw new IllegalArgumentException(
            "samplingProbability must be in (0, 1], was " + samplingProbability);
      }
    }
  }

  /**
   * The same event several times, adaptively.
   *
   * @param event what was repeated
   * @param count how often, at least 1
   */
  record SelfComposed(DpEvent event, long count) implements DpEvent {
    public SelfComposed {
      if (count < 1) {
        throw new IllegalArgumentException("count must be at least 1, was " + count);
      }
    }
  }

  /**
   * Several events, adaptively, in this order.
   *
   * @param events what happened
   */
  record Composed(List<DpEvent> events) implements DpEvent {
    public Composed {
      events = List.copyOf(events);
    }
  }

  /** Something released without any protection: every accountant answers an infinite epsilon. */
  record NonPrivate() implements DpEvent {}
}
