package org.dpfed.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of which no two are one file or have one content: a copy would be a second client, or a
 * test on the rows that were trained on.
 */
final class DistinctFiles {
  private final Map<Path, Path> byRealPath = new HashMap<>();
  private final Map<Long, List<Path>> bySize = new HashMap<>();

  private DistinctFiles() {}

  /**
   * @throws IllegalArgumentException when two of the files are one, through a link for instance, or
   *     have the same content
   */
  static void require(Iterable<Path> files) throws IOException {
    DistinctFiles distinct = new DistinctFiles();
    for (Path file : files) {
      if (Files.exists(file)) {
        distinct.add(file);
      }
    }
  }

  private void add(Path file) throws IOException {
    Path other = byRealPath.putIfAbsent(file.toRealPath(), file);
    if (other != null) {
      throw new IllegalArgumentException(
          "files must be distinct, %s is repeated: it is the same file as %s"
              .formatted(file, other));
    }
    List<Path> alike = bySize.computeIfAbsent(Files.size(file), size -> new ArrayList<>());
    for (Path candidate : alike) {
      if (Files.mismatch(candidate, file) < 0) {
        throw new IllegalArgumentException(
            "files must be distinct, %s and %s have the same content; leave out the copy"
                .formatted(candidate, file));
      }
    }
    alike.add(file);
  }
}
