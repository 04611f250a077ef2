package org.dpfed.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingReport;
import picocli.CommandLine;

/** Explains on one line, in plain words, why something failed. */
public final class Causes {
  /** What operating systems say, and what it means. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("No space left on device", "the disk is full"),
          Map.entry("not enough space on the disk", "the disk is full"),
          Map.entry("Disk quota exceeded", "the disk quota is used up"),
          Map.entry("File too large", "the file would be larger than the system allows"),
          Map.entry("Read-only file system", "the disk is read-only"),
          Map.entry("Permission denied", "dpfed may not read or write it"),
          Map.entry("Operation not permitted", "dpfed may not read or write it"),
          Map.entry("Is a directory", "is a directory, not a file"),
          Map.entry("Not a directory", "a part of the path is a file, not a directory"),
          Map.entry("No such file or directory", "there is no such file or directory"),
          Map.entry("File name too long", "the name is too long"),
          Map.entry("Too many levels of symbolic links", "symbolic links lead in a circle"),
          Map.entry("Too many open files", "too many files are open"));

  /** A path and, in brackets, what {@code java.io} learned of it. */
  private static final Pattern BRACKETS = Pattern.compile("(.*) \\((.*)\\)", Pattern.DOTALL);

  private Causes() {}

  /** The reason for {@code error}, on one line. */
  public static String words(Throwable error) {
    return describe(error).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** The exit status of a command that ended with {@code error}. */
  public static int exitStatus(Throwable error) {
    return error instanceof UsageException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static String describe(Throwable error) {
    if (error instanceof RoundFailedException failed && failed.getCause() != null) {
      TrainingReport report = failed.result().report();
      return "the run ended after %d of %d rounds: %s"
          .formatted(report.rounds().size(), report.plan().rounds(), describe(failed.getCause()));
    }
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (at instanceof OutOfMemoryError) {
        return memory(at);
      }
    }
    Throwable cause = error.getCause();
    boolean saysNoMore =
        error.getMessage() == null
            || error instanceof ExecutionException
            || error instanceof CompletionException
            || (cause != null && error.getMessage().equals(cause.toString()));
    if (cause != null && saysNoMore) {
      return describe(cause);
    }
    if (error instanceof Error failure) {
      return failure(failure);
    }
    if (error instanceof IOException failure) {
      return file(failure);
    }
    String message = String.valueOf(error.getMessage());
    if (error instanceof UncheckedIOException && cause != null) {
      boolean saysAll = message.contains(String.valueOf(cause.getMessage()));
      return saysAll ? reason(message) : message + ": " + describe(cause);
    }
    if (error instanceof ArithmeticException) {
      return "a number is too large to compute with (%s); choose smaller ones".formatted(message);
    }
    return error.getMessage() == null ? internal(error) : message;
  }

  private static String memory(Throwable error) {
    return "memory ran out (%s); the heap may take %d MiB: allow more with DPFED_JAVA_OPTS=-Xmx8g, or take fewer workers or a smaller network"
        .formatted(error.getMessage(), Runtime.getRuntime().maxMemory() >> 20);
  }

  private static String failure(Error error) {
    if (error instanceof StackOverflowError) {
      return "the stack overflowed: something is nested too deeply; --verbose shows where";
    }
    if (error instanceof LinkageError) {
      return "a library cannot be loaded: %s; is dpfed installed for this system and Java version?"
          .formatted(error.getMessage());
    }
    return internal(error);
  }

  private static String internal(Throwable error) {
    return "internal error: %s; --verbose shows where".formatted(error);
  }

  private static String file(IOException error) {
    if (error instanceof FileSystemException known) {
      String path = known.getFile();
      return path == null ? reason(String.valueOf(known.getReason())) : path + ": " + reason(known);
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    Matcher brackets = BRACKETS.matcher(message);
    return error instanceof FileNotFoundException && brackets.matches()
        ? brackets.group(1) + ": " + reason(brackets.group(2))
        : reason(message);
  }

  private static String reason(FileSystemException error) {
    if (error instanceof NoSuchFileException) {
      boolean isLink = Files.isSymbolicLink(Path.of(error.getFile()));
      return isLink ? "the symbolic link leads nowhere" : "there is no such file or directory";
    }
    if (error instanceof AccessDeniedException) {
      return "dpfed may not read or write it";
    }
    if (error instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (error instanceof NotDirectoryException) {
      return "is not a directory";
    }
    if (error instanceof FileSystemLoopException) {
      return "symbolic links lead in a circle";
    }
    return reason(String.valueOf(error.getReason()));
  }

  /** In a message that says more, such as which file, only the system's words are replaced. */
  private static String reason(String system) {
    return REASONS.entrySet().stream()
        .filter(known -> system.contains(known.getKey()))
        .map(
            known ->
                system.contains(": " + known.getKey())
                    ? system.replace(known.getKey(), known.getValue())
                    : known.getValue())
        .findFirst()
        .orElse(system);
  }
}
