package org.dpfed.faults;

import java.nio.file.Path;

/**
 * What a program asked of the disk. Files have numbers, because they keep their bytes when moved.
 */
public sealed interface DiskOperation {
  /** The file or directory, as the program named it. */
  Path path();

  /**
   * Leaves the disk as it is.
   *
   * @param what is done, a verb
   */
  record Look(String what, Path path) implements DiskOperation {
    @Override
    public String toString() {
      return what + " " + path;
    }
  }

  /** Makes a directory. */
  record MakeDirectory(Path path) implements DiskOperation {}

  /** Makes an empty file. */
  record Create(Path path, int file) implements DiskOperation {}

  /** Writes bytes at a position. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(Path path, int file, long position, byte[] bytes) implements DiskOperation {
    @Override
    public String toString() {
      return "write %d bytes at %d of %s".formatted(bytes.length, position, path);
    }
  }

  /** Cuts a file to a size. */
  record Truncate(Path path, int file, long size) implements DiskOperation {}

  /** Makes the bytes of a file durable, not its name. */
  record Force(Path path, int file) implements DiskOperation {}

  /** Makes the names in a directory durable. */
  record ForceDirectory(Path path) implements DiskOperation {}

  /** Gives a file another name in its directory, in one step. */
  record Move(Path path, Path to, int file) implements DiskOperation {}

  /** Removes a name. */
  record Delete(Path path) implements DiskOperation {}
}
