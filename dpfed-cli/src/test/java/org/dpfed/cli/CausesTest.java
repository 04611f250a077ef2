package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CausesTest {
  @TempDir Path directory;

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new OutOfMemoryError("Java heap space"), "memory ran out (Java heap space)"),
        Arguments.of(
            new IllegalStateException("training failed", new OutOfMemoryError("x")),
            "memory ran out (x)"),
        Arguments.of(new StackOverflowError(), "the stack overflowed"),
        Arguments.of(
            new UnsatisfiedLinkError("no jnind4jcpu"), "a library cannot be loaded: no jnind4jcpu"),
        Arguments.of(
            new NoClassDefFoundError("org/nd4j/X"), "a library cannot be loaded: org/nd4j/X"),
        Arguments.of(
            new ExceptionInInitializerError(new IllegalStateException("no backend")), "no backend"),
        Arguments.of(new AssertionError("odd"), "internal error: java.lang.AssertionError: odd"),
        Arguments.of(
            new ArithmeticException("integer overflow"),
            "too large to compute with (integer overflow)"),
        Arguments.of(new NullPointerException(), "internal error: java.lang.NullPointerException"),
        Arguments.of(new CompletionException(new StackOverflowError()), "the stack overflowed"),
        Arguments.of(new IOException("No space left on device"), "the disk is full"),
        Arguments.of(
            new UncheckedIOException(
                "no charge in l.tsv", new IOException("No space left on device")),
            "no charge in l.tsv: the disk is full"),
        Arguments.of(
            new UncheckedIOException(
                "no charge in l.tsv: No space left on device; make room",
                new IOException("No space left on device")),
            "no charge in l.tsv: the disk is full; make room"),
        Arguments.of(
            new IOException("l.tsv cannot be opened: l.tsv.lock: Read-only file system; mend it"),
            "l.tsv cannot be opened: l.tsv.lock: the disk is read-only; mend it"),
        Arguments.of(
            new UncheckedIOException(new IOException("Disk quota exceeded")),
            "the disk quota is used up"),
        Arguments.of(
            new FileSystemException("a", null, "Read-only file system"),
            "a: the disk is read-only"),
        Arguments.of(
            new FileSystemException("a", null, "Is a directory"), "a: is a directory, not a file"),
        Arguments.of(
            new FileSystemException("a/b", null, "Not a directory"),
            "a/b: a part of the path is a file"),
        Arguments.of(new NotDirectoryException("a"), "a: is not a directory"),
        Arguments.of(new NoSuchFileException("a"), "a: there is no such file or directory"),
        Arguments.of(new AccessDeniedException("a"), "a: dpfed may not read or write it"),
        Arguments.of(new FileAlreadyExistsException("a"), "a: exists already"),
        Arguments.of(
            new FileNotFoundException("a (b).zip (Permission denied)"), "a (b).zip: dpfed may not"),
        Arguments.of(new IllegalArgumentException("two\n  lines\r\nhere"), "two lines here"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void words_failure_isOneLineInPlainWords(Throwable failure, String words) {
    assertThat(Causes.words(failure)).contains(words).doesNotContain("\n");
  }

  @Test
  void words_brokenLink_saysSo() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
    assertThat(Causes.words(new NoSuchFileException(link.toString())))
        .isEqualTo(link + ": the symbolic link leads nowhere");
  }
}
