package org.dpfed.imaging.medmnist;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.dpfed.data.MalformedDataException;

/**
 * A NumPy archive: a zip file with one array for each entry, stored or deflated, as {@code
 * numpy.savez} and {@code savez_compressed} write it. Checksums are verified.
 */
final class NpzFile implements AutoCloseable {
  /** Deflate reaches 1,032; images that show something stay far below this. */
  static final int MOST_EXPANSION = 200;

  /** How far an entry of any size may expand, in bytes: labels compress well. */
  static final int ALWAYS_ALLOWED = 1 << 20;

  private final String file;
  private final ZipFile zip;

  private NpzFile(String file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  /**
   * Opens an archive.
   *
   * @throws MalformedDataException when it is no zip file, or a damaged one
   */
  static NpzFile open(Path path) throws IOException {
    try {
      return new NpzFile(path.toString(), new ZipFile(path.toFile()));
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw MalformedDataException.in(path.toString())
          .problem("expected a whole zip file of NumPy arrays (.npz), found something else");
    }
  }

  /** An entry, for errors. */
  MalformedDataException.Place place(String name) {
    return new MalformedDataException.Place(file, "array " + name);
  }

  /**
   * One array.
   *
   * @param name without the suffix {@code .npy}
   * @throws MalformedDataException when it is missing, damaged or of a kind that cannot be read
   */
  NpyArray read(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name + ".npy");
    if (entry == null) {
      throw place(name).problem("expected this array, found none of that name");
    }
    try (InputStream raw = zip.getInputStream(entry);
        CheckedInputStream checked = new CheckedInputStream(raw, new CRC32());
        InputStream stream = new Bounded(checked, mostBytes(entry), place(name))) {
      NpyArray array = NpyArray.read(stream, place(name));
      if (checked.getChecksum().getValue() != entry.getCrc()) {
        throw damaged(name);
      }
      return array;
    } catch (ZipException | EOFException e) {
      throw damaged(name);
    }
  }

  private MalformedDataException damaged(String name) {
    return place(name).problem("expected a whole entry with its checksum, found a damaged one");
  }

  private static long mostBytes(ZipEntry entry) {
    return Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * Math.max(entry.getCompressedSize(), 0));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Refuses more than so many bytes. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private final MalformedDataException.Place place;
    private long left;

    Bounded(InputStream in, long most, MalformedDataException.Place place) {
      this.in = in;
      this.left = most;
      this.place = place;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int count = in.read(to, offset, length);
      left -= Math.max(count, 0);
      if (left < 0) {
        throw place.problem(
            "expected an entry that expands at most %d-fold, found one that expands further; if it is what it should be, save it with numpy.savez, which does not compress"
                .formatted(MOST_EXPANSION));
      }
      return count;
    }
  }
}
