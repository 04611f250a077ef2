package org.dpfed.ledger;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The directory of a ledger, whose entries are made durable too: a file that nobody finds after a
 * crash is lost, whatever it contains.
 *
 * @param path absolute
 */
record LedgerDirectory(Path path) {
  /** The directory in which {@code file} is or will be. */
  static LedgerDirectory of(Path file) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    return new LedgerDirectory(parent == null ? absolute : parent);
  }

  /** Makes it and those that it is in, where they are missing. */
  void create() throws IOException {
    if (!Files.exists(path)) {
      LedgerDirectory outer = of(path);
      outer.create();
      Files.createDirectories(path);
      outer.force();
    }
  }

  /** Forces its entries to disk, where the system allows to open a directory. */
  void force() throws IOException {
    if (File.separatorChar == '/') {
      try (FileChannel entries = FileChannel.open(path, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }
}
