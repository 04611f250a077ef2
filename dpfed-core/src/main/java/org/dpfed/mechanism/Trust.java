package org.dpfed.mechanism;

import java.util.Optional;
import org.dpfed.accounting.NeighbouringRelation;

/**
 * Who adds the noise, and so against whom the guarantee holds. Secure aggregation, where the server
 * learns sums alone, will be a third member.
 */
public sealed interface Trust {
  /** Its name in settings and documents. */
  String label();

  /** Whether each client noises its own delta before it leaves. */
  boolean isLocal();

  /** Why it cannot be had with the other choices; empty when it can. */
  Optional<String> refusal(Sampling sampling, Clipping clipping, Noise noise);

  /** Why it has no guarantee under that relation; empty when it has one. */
  Optional<String> refusal(NeighbouringRelation relation);

  /** What it asks of a run, as a sentence for a guarantee. */
  String assumption();

  /**
   * The server adds noise, once, to the sum. It is trusted: it sees every client's delta. The
   * guarantee holds against anyone who sees only the released models.
   */
  record Central() implements Trust {
    @Override
    public String label() {
      return "central";
    }

    @Override
    public boolean isLocal() {
      return false;
    }

    @Override
    public Optional<String> refusal(Sampling sampling, Clipping clipping, Noise noise) {
      return Optional.empty();
    }

    @Override
    public Optional<String> refusal(NeighbouringRelation relation) {
      return Optional.empty();
    }

    @Override
    public String assumption() {
      return "the server is trusted: it sees every client's delta";
    }
  }

  /**
   * Every client clips its delta and adds noise to it before it leaves (local differential
   * privacy). The guarantee holds against the server too, which may know who takes part; the sum of
   * a cohort hides a client better than its own message does. Noise multipliers are those of one
   * client's message.
   *
   * <p>A client that fails or has no data sends its noise alone, so that no cohort's sum has less
   * noise than it is charged for.
   */
  record Local() implements Trust {
    @Override
    public String label() {
      return "local";
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public Optional<String> refusal(Sampling sampling, Clipping clipping, Noise noise) {
      if (!noise.isIndependent()) {
        return Optional.of(
            "local trust needs independent noise: noise that cancels between rounds would have to be kept in one place; choose independent noise or central trust");
      }
      if (!clipping.isBounded()) {
        return Optional.of(
            "local trust needs a clip norm: there is no grid for messages without one");
      }
      if (ClippingState.hasCounts(clipping)) {
        return Optional.of(
            "local trust needs public clip norms: the counts behind adaptive ones are not hidden from the server; choose a fixed clip norm and threshold, or central trust");
      }
      return Optional.empty();
    }

    @Override
    public Optional<String> refusal(NeighbouringRelation relation) {
      return relation == NeighbouringRelation.ADD_OR_REMOVE_ONE
          ? Optional.of(
              "local trust has no guarantee under add-or-remove-one: the server sees who sends a message; choose replace-one or zero-out")
          : Optional.empty();
    }

    @Override
    public String assumption() {
      return "every client clips and noises its own delta where it trains, sends noise alone if it"
          + " fails or has no data, and the server learns nothing else (a simulation in one process"
          + " shows its operator everything)";
    }
  }
}
