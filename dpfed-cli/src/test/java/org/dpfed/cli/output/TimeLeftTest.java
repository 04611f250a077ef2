package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeLeftTest {
  private final AtomicLong nanos = new AtomicLong(-3);
  private final TimeLeft time = new TimeLeft(nanos::get);

  @Test
  void seconds_beforeTheFirstRound_areNotKnown() {
    nanos.addAndGet(5_000_000_000L);
    assertThat(time.seconds(10)).isEmpty();
  }

  /** Two rounds in 10 seconds, whatever number they have in a resumed run. */
  @Test
  void seconds_someRounds_areThoseOfTheRoundsToCome() {
    time.finished();
    time.finished();
    nanos.addAndGet(10_000_000_000L);
    assertThat(time.seconds(3)).hasValue(15);
    assertThat(time.seconds(0)).hasValue(0);
    assertThat(time.seconds(-1)).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 1 s left",
    "59.2, 1 min 0 s left",
    "80, 1 min 20 s left",
    "3599.5, 1 h 0 min left",
    "86400, 1 d 0 h left",
    "180000, 2 d 2 h left"
  })
  void text_seconds_isRoundedUpToTheSecond(double seconds, String text) {
    assertThat(TimeLeft.text(OptionalDouble.of(seconds))).isEqualTo(Optional.of(text));
  }

  @Test
  void text_nothingLeftOrNotKnown_isEmpty() {
    assertThat(TimeLeft.text(OptionalDouble.of(0))).isEmpty();
    assertThat(TimeLeft.text(OptionalDouble.empty())).isEmpty();
  }
}
