package org.dpfed.cli.output;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** How long the rounds to come will take: as long as those that this process has done. */
public final class TimeLeft {
  private final LongSupplier nanoTime;
  private final long started;
  private long done;

  /** From now on. */
  public TimeLeft() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime the time, as {@link System#nanoTime} tells it
   */
  TimeLeft(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
  }

  /** A round is over. */
  public void finished() {
    done++;
  }

  /**
   * The seconds that so many rounds will take.
   *
   * @param rounds to come; none where negative
   * @return empty before the first round is over
   */
  public OptionalDouble seconds(long rounds) {
    return done == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((nanoTime.getAsLong() - started) / 1e9 / done * Math.max(0, rounds));
  }

  /**
   * For people, rounded up.
   *
   * @param seconds as {@link #seconds} gives them
   * @return such as {@code 1 min 20 s left}; empty where that is not known or nothing is left
   */
  public static Optional<String> text(OptionalDouble seconds) {
    if (seconds.orElse(0) <= 0) {
      return Optional.empty();
    }
    Duration left = Duration.ofSeconds((long) Math.ceil(seconds.getAsDouble()));
    if (left.toDays() > 0) {
      return Optional.of("%d d %d h left".formatted(left.toDays(), left.toHoursPart()));
    } else if (left.toHours() > 0) {
      return Optional.of("%d h %d min left".formatted(left.toHours(), left.toMinutesPart()));
    } else if (left.toMinutes() > 0) {
      return Optional.of("%d min %d s left".formatted(left.toMinutes(), left.toSecondsPart()));
    }
    return Optional.of("%d s left".formatted(left.toSeconds()));
  }
}
