package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SummaryTableTest {
  @Test
  void wrapped_longText_breaksBetweenWordsAndLosesNothing() {
    String text =
        "kernel vector; cuda passed over: no device was found on this machine at all, ".repeat(4);
    String wrapped = SummaryTable.wrapped(text);
    assertThat(wrapped.lines()).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 80);
    assertThat(wrapped.replace('\n', ' ')).isEqualTo(text);
  }

  @Test
  void wrapped_wordLongerThanALine_standsAlone() {
    String word = "x".repeat(100);
    assertThat(SummaryTable.wrapped("a " + word + " b")).isEqualTo("a\n" + word + "\nb");
  }
}
