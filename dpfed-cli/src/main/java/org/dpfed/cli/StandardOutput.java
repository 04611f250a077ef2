package org.dpfed.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The standard output of the process, which remembers why it could not be written. */
final class StandardOutput extends OutputStream {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private volatile @Nullable IOException failure;

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** Why it could not be written; empty where it could, or where nobody reads any more. */
  Optional<String> problem() {
    return Optional.ofNullable(failure)
        .filter(error -> !isPipeClosed(error))
        .map(error -> "standard output cannot be written: " + Causes.words(error));
  }

  /** Whoever reads has seen enough, as {@code head} has: no error of the writer. */
  private static boolean isPipeClosed(IOException error) {
    return String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }
}
