package org.dpfed.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file completely or not at all, also when the machine stops: whoever reads it meanwhile
 * sees the old one.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes it.
     *
     * @param file a new one
     * @throws IOException when it cannot be written
     */
    void to(Path file) throws IOException;
  }

  /**
   * Writes the file beside its place, then moves it there.
   *
   * @param file is replaced if it exists
   * @param content of the file
   * @throws IOException when it cannot be written; names the file, which is then unchanged
   */
  public static void write(Path file, Content content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    try {
      // Somebody's link of that name would be written through.
      Files.deleteIfExists(unfinished);
      content.to(unfinished);
      force(unfinished, StandardOpenOption.WRITE);
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
      Path directory = file.toAbsolutePath().resolveSibling("");
      if (FileSystems.getDefault().getSeparator().equals("/")) {
        // Elsewhere no directory can be opened. The outer one holds the name of this one.
        force(directory, StandardOpenOption.READ);
        force(directory.resolveSibling(""), StandardOpenOption.READ);
      }
    } catch (IOException e) {
      throw new IOException("%s was not written: %s".formatted(file, Causes.words(e)), e);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static void force(Path path, StandardOpenOption way) throws IOException {
    try (FileChannel written = FileChannel.open(path, way)) {
      written.force(true);
    }
  }
}
