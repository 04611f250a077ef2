package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A library's warning reaches whoever runs the command line. */
final class LoggingTest {
  private static final Logger LOG = LoggerFactory.getLogger("org.example.Library");

  @Test
  void warn_severalLinesAndACause_isOneLineOnStandardError() {
    PrintStream before = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      LOG.info("not for everybody");
      LOG.warn(
          "the kernel {}\n  was passed\u001b[8m over\r\n",
          "vector",
          new IllegalStateException("cause"));
    } finally {
      System.setErr(before);
    }
    assertThat(captured.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("WARN  Library: the kernel vector was passed?[8m over ")
        .hasLineCount(1);
  }
}
