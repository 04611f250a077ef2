package org.dpfed.imaging.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpfed.data.MalformedDataException;

/** Images in a folder without labels, to be judged by a model. */
public final class ImageFiles {
  private ImageFiles() {}

  /**
   * All images below a folder, at any depth, by their paths within it, with slashes. Files and
   * folders whose names begin with a dot are ignored; everything else that is no image is refused.
   *
   * @throws MalformedDataException when there is none, or a file that is none
   */
  public static SortedMap<String, Path> in(Path root) throws IOException {
    SortedMap<String, Path> images = new TreeMap<>();
    if (!Files.isDirectory(root)) {
      throw MalformedDataException.in(root.toString())
          .problem("expected a folder of images, found none");
    }
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        String name = root.relativize(file).toString().replace('\\', '/');
        if (Files.isDirectory(file) || ("/" + name).contains("/.")) {
          continue;
        }
        if (!FolderTree.isImage(file)) {
          throw MalformedDataException.in(file.toString())
              .problem("expected PNG, JPEG or TIFF images alone, found something else");
        }
        images.put(name, file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (images.isEmpty()) {
      throw MalformedDataException.in(root.toString())
          .problem("expected PNG, JPEG or TIFF images, found none");
    }
    return images;
  }
}
