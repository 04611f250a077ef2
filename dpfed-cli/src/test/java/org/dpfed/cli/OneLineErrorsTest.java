package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** Whatever a command throws becomes one line and an exit status. */
final class OneLineErrorsTest {
  private final StringWriter err = new StringWriter();

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new UsageException("x must be 1, was 2"), 2, "dpfed fail: x must be 1, was 2"),
        Arguments.of(new IllegalStateException("broken"), 1, "dpfed fail: broken"),
        Arguments.of(new OutOfMemoryError("heap"), 1, "dpfed fail: memory ran out (heap)"),
        Arguments.of(new StackOverflowError(), 1, "dpfed fail: the stack overflowed"),
        Arguments.of(
            new UnsatisfiedLinkError("no lib"), 1, "dpfed fail: a library cannot be loaded"),
        Arguments.of(new AssertionError("odd"), 1, "dpfed fail: internal error"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void execute_failure_isOneLineAndItsStatus(Throwable failure, int status, String line) {
    assertThat(execute(failure, "fail")).isEqualTo(status);
    assertThat(err.toString()).startsWith(line).doesNotContain("\tat ");
    assertThat(err.toString().strip().lines()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void execute_verbose_showsTheStackTraceOfErrorsToo(Throwable failure, int status, String line) {
    assertThat(execute(failure, "fail", "--verbose")).isEqualTo(status);
    assertThat(err.toString()).startsWith(line).contains("\tat ", failure.getClass().getName());
  }

  private int execute(Throwable failure, String... arguments) {
    return DpfedCommand.commandLine()
        .addSubcommand(new Fail(failure))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Command(name = "fail")
  private record Fail(Throwable failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    }
  }
}
