package org.dpfed.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What is on a disk, and what may be left of it when the power fails.
 *
 * <p>The model is as unkind as POSIX allows: the bytes of a file are certain once the file was
 * forced, a name once its directory was. Of everything else any part may be lost, in whatever order
 * it was done; a write may be torn at any byte, and zeros may stand in place of the rest.
 */
final class DiskImage {
  private final Path root;
  private final Map<Path, Integer> files = new TreeMap<>();
  private final Set<Path> directories = new TreeSet<>();
  private final Map<Integer, byte[]> contents = new HashMap<>();

  private DiskImage(Path root) {
    this.root = root;
  }

  /** Everything below a directory, which itself is never lost. */
  static DiskImage of(Path root) throws IOException {
    DiskImage image = new DiskImage(root);
    for (Path path : below(root)) {
      if (Files.isDirectory(path)) {
        image.directories.add(path);
      } else {
        int file = image.contents.size() + 1;
        image.files.put(path, file);
        image.contents.put(file, Files.readAllBytes(path));
      }
    }
    return image;
  }

  private static List<Path> below(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> !path.equals(root)).sorted().toList();
    }
  }

  /** The number of each file, by its name. */
  Map<Path, Integer> files() {
    return files;
  }

  /** One of the states that a power failure may leave after these operations. */
  DiskImage afterPowerCut(List<DiskOperation> operations, RandomGenerator random) {
    DiskImage left = new DiskImage(root);
    left.files.putAll(files);
    left.directories.addAll(directories);
    left.contents.putAll(contents);
    BitSet certain = certain(operations);
    double kept = random.nextInt(3) / 2.0;
    for (int i = 0; i < operations.size(); i++) {
      DiskOperation operation = operations.get(i);
      if (certain.get(i) || random.nextDouble() < kept) {
        left.apply(operation);
      } else if (operation instanceof DiskOperation.Write write) {
        left.apply(torn(write, random));
      }
    }
    return left;
  }

  /** Which operations a later one forced to the disk. */
  private static BitSet certain(List<DiskOperation> operations) {
    BitSet certain = new BitSet();
    Set<Object> forced = new HashSet<>();
    for (int i = operations.size() - 1; i >= 0; i--) {
      DiskOperation operation = operations.get(i);
      if (operation instanceof DiskOperation.Force force) {
        forced.add(force.file());
      } else if (operation instanceof DiskOperation.ForceDirectory force) {
        forced.add(force.path());
      } else if (operation instanceof DiskOperation.Write write) {
        certain.set(i, forced.contains(write.file()));
      } else if (operation instanceof DiskOperation.Truncate truncate) {
        certain.set(i, forced.contains(truncate.file()));
      } else {
        certain.set(i, forced.contains(operation.path().getParent()));
      }
    }
    return certain;
  }

  private static DiskOperation torn(DiskOperation.Write write, RandomGenerator random) {
    byte[] bytes = Arrays.copyOf(write.bytes(), random.nextInt(write.bytes().length + 1));
    boolean isLengthKept = random.nextBoolean();
    return new DiskOperation.Write(
        write.path(),
        write.file(),
        write.position(),
        isLengthKept ? Arrays.copyOf(bytes, write.bytes().length) : bytes);
  }

  private void apply(DiskOperation operation) {
    if (operation instanceof DiskOperation.MakeDirectory made) {
      directories.add(made.path());
    } else if (operation instanceof DiskOperation.Create create) {
      files.put(create.path(), create.file());
    } else if (operation instanceof DiskOperation.Write write && write.bytes().length > 0) {
      int end = Math.toIntExact(write.position() + write.bytes().length);
      byte[] before = content(write.file());
      byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
      System.arraycopy(write.bytes(), 0, after, (int) write.position(), write.bytes().length);
      contents.put(write.file(), after);
    } else if (operation instanceof DiskOperation.Truncate cut) {
      byte[] before = content(cut.file());
      contents.put(cut.file(), Arrays.copyOf(before, (int) Math.min(before.length, cut.size())));
    } else if (operation instanceof DiskOperation.Move move) {
      files.remove(move.path());
      files.put(move.to(), move.file());
    } else if (operation instanceof DiskOperation.Delete delete) {
      files.remove(delete.path());
      directories.remove(delete.path());
    }
  }

  private byte[] content(int file) {
    return contents.getOrDefault(file, new byte[0]);
  }

  /** Makes the directory hold this and nothing else. */
  void restore() throws IOException {
    for (Path path : below(root).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(path);
    }
    for (Path directory : directories) {
      if (Files.isDirectory(directory.resolveSibling(""))) {
        Files.createDirectory(directory);
      }
    }
    for (Map.Entry<Path, Integer> file : files.entrySet()) {
      if (Files.isDirectory(file.getKey().resolveSibling(""))) {
        Files.write(file.getKey(), content(file.getValue()));
      }
    }
  }
}
