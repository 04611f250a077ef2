package org.dpfed.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A directory whose entries are made durable too: a file that nobody finds after a crash is lost,
 * whatever it contains.
 *
 * @param path absolute
 */
record DurableDirectory(Path path) {
  /** The directory in which {@code file} is or will be. */
  static DurableDirectory of(Path file) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    return new DurableDirectory(parent == null ? absolute : parent);
  }

  /** Makes it and those that it is in, where they are missing. */
  void create() throws IOException {
    if (!Files.exists(path)) {
      DurableDirectory outer = of(path);
      outer.create();
      Files.createDirectories(path);
      outer.force();
    }
  }

  /** Forces its entries to disk, where the system allows to open a directory. */
  void force() throws IOException {
    if (FileSystems.getDefault().getSeparator().equals("/")) {
      try (FileChannel entries = FileChannel.open(path, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }
}
