package org.dpfed.faults;

/**
 * What goes wrong with the disk, and when.
 *
 * @param at the number of the operation that it meets, from 1; 0 for none
 * @param part share of its bytes that a write has written by then, from 0 to 1
 */
public record Fault(int at, Effect effect, double part) {
  /** What an operation meets. */
  public enum Effect {
    /** It fails, and the next one works. */
    FAILS,
    /** It fails, and so does every later one that would change the disk. */
    FAILS_FROM_THEN_ON,
    /** The machine stops: nothing works any more, and what was not forced may be lost. */
    POWER_CUT,
    /** The process is killed by the signal that it cannot catch. */
    SIGKILL
  }

  /** Nothing goes wrong. */
  public static Fault none() {
    return new Fault(0, Effect.FAILS, 0);
  }

  boolean meets(int number, DiskOperation operation) {
    boolean isLater = number > at && !(operation instanceof DiskOperation.Look);
    return number == at || (at > 0 && effect == Effect.FAILS_FROM_THEN_ON && isLater);
  }
}
