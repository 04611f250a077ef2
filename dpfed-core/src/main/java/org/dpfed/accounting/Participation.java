package org.dpfed.accounting;

/**
 * How often one client may take part in a run without sampling.
 *
 * <p>The separation is the difference of round indices: with a separation of 4, a client that took
 * part in round 0 may do so again in round 4. Some libraries count the rounds strictly between two
 * participations instead; {@link #withRoundsBetween} converts.
 *
 * @param rounds rounds in all, at least 1
 * @param maxParticipations the most rounds that one client joins, at least 1
 * @param minSeparation the smallest difference between the indices of two of them, at least 1
 */
public record Participation(int rounds, int maxParticipations, int minSeparation) {
  public Participation {
    Bounds.atLeast("rounds", 1, rounds);
    Bounds.atLeast("maxParticipations", 1, maxParticipations);
    Bounds.atLeast("minSeparation", 1, minSeparation);
  }

  /** A participation given by the rounds strictly between two of them, at least 0. */
  public static Participation withRoundsBetween(
      int rounds, int maxParticipations, int roundsBetween) {
    Bounds.atLeast("roundsBetween", 0, roundsBetween);
    return new Participation(rounds, maxParticipations, Math.addExact(roundsBetween, 1));
  }

  /** One participation in the whole run. */
  public static Participation once(int rounds) {
    return new Participation(rounds, 1, rounds);
  }

  /** The same rule over the first rounds alone. */
  Participation firstRounds(int first) {
    return new Participation(Math.min(first, rounds), maxParticipations, minSeparation);
  }

  /** The most participations that the separation leaves room for. */
  public int attainable() {
    return Math.min(maxParticipations, 1 + (rounds - 1) / minSeparation);
  }

  /** What it asks of a run, as a sentence for a guarantee. */
  String rule() {
    return attainable() == 1
        ? "no client joins more than one round"
        : "no client joins more than "
            + attainable()
            + " rounds, whose indices differ by at least "
            + minSeparation;
  }
}
