package org.dpfed.imaging.nifti;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.PossiblyGzipped;
import org.dpfed.imaging.volume.Affine;
import org.dpfed.imaging.volume.Volume;
import org.jspecify.annotations.Nullable;

/**
 * Reads NIfTI-1: single files ({@code .nii}) and pairs ({@code .hdr} with {@code .img}), each plain
 * or gzipped, in both byte orders. Values are scaled as the file says ({@code scl_slope}, {@code
 * scl_inter}) and rounded to {@code float}; integers beyond 2²⁴ lose their last bits. Positions in
 * metres or micrometres become millimetres; those without a unit ({@code xyzt_units} 0) are taken
 * for millimetres, as other readers do. A gzipped file is read to its end, where its checksum is.
 */
public final class NiftiReader {
  private NiftiReader() {}

  /**
   * The only volume of a file.
   *
   * @param file a single file, or either file of a pair
   * @throws MalformedDataException when the file is damaged, holds several volumes, or is of a kind
   *     that is refused; the message says what to do
   */
  public static Volume read(Path file) throws IOException {
    return read(file, null);
  }

  /**
   * One volume of a file that holds several, such as the time steps of a functional MR image.
   *
   * @param file a single file, or either file of a pair
   * @param number of the volume, from 0
   * @throws MalformedDataException as above, and when there is no volume of that number
   */
  public static Volume read(Path file, int number) throws IOException {
    if (number < 0) {
      throw new IllegalArgumentException("number of the volume must be at least 0, was " + number);
    }
    return read(file, Integer.valueOf(number));
  }

  private static Volume read(Path file, @Nullable Integer number) throws IOException {
    Path header = sibling(file, ".img", ".hdr");
    boolean isPair = header.getFileName().toString().matches("(?s).*\\.hdr(\\.gz)?");
    MalformedDataException.Place place = MalformedDataException.in(header.toString());
    try (InputStream raw = Files.newInputStream(header);
        InputStream stream = PossiblyGzipped.plain(raw, place)) {
      NiftiHeader read = NiftiHeader.of(stream.readNBytes(NiftiHeader.LENGTH), isPair, place);
      Affine affine = NiftiAffine.of(read.bytes(), place);
      long start = read.offset() + (long) index(read, number, place) * read.volumeBytes();
      if (isPair) {
        readToEnd(stream);
        return readVoxels(sibling(header, ".hdr", ".img"), start, read, affine);
      }
      return volume(stream, start - NiftiHeader.LENGTH, read, affine, place);
    }
  }

  /** Verifies the checksum of a gzipped file; how far that expands is limited. */
  private static void readToEnd(InputStream stream) throws IOException {
    stream.transferTo(OutputStream.nullOutputStream());
  }

  /** The other file of a pair, gzipped or not; the file itself if its name is not that of one. */
  private static Path sibling(Path file, String from, String to) throws NoSuchFileException {
    String name = String.valueOf(file.getFileName());
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (!plain.endsWith(from)) {
      return file;
    }
    String other = plain.substring(0, plain.length() - from.length()) + to;
    for (String candidate : List.of(other, other + ".gz")) {
      if (Files.exists(file.resolveSibling(candidate))) {
        return file.resolveSibling(candidate);
      }
    }
    throw new NoSuchFileException(
        file.resolveSibling(other).toString(), null, "expected both files of a pair, found one");
  }

  private static int index(
      NiftiHeader header, @Nullable Integer number, MalformedDataException.Place place)
      throws MalformedDataException {
    if (number == null && header.volumes() > 1) {
      throw place.problem("expected one volume, found several; say the number of the one to read");
    }
    int index = number == null ? 0 : number;
    if (index >= header.volumes()) {
      throw place.problem("expected a volume with number %d, found fewer".formatted(index));
    }
    return index;
  }

  private static Volume readVoxels(Path file, long start, NiftiHeader header, Affine affine)
      throws IOException {
    MalformedDataException.Place place = MalformedDataException.in(file.toString());
    try (InputStream raw = Files.newInputStream(file);
        InputStream stream = PossiblyGzipped.plain(raw, place)) {
      return volume(stream, start, header, affine, place);
    }
  }

  private static Volume volume(
      InputStream stream,
      long skipped,
      NiftiHeader header,
      Affine affine,
      MalformedDataException.Place place)
      throws IOException {
    byte[] bytes = new byte[0];
    try {
      stream.skipNBytes(skipped);
      // Grows as bytes arrive, so that a header that lies costs no memory.
      bytes = stream.readNBytes(header.volumeBytes());
    } catch (EOFException e) {
      // As if no byte of a voxel were there.
    }
    if (bytes.length < header.volumeBytes()) {
      throw place.problem("expected as many voxels as the header says, found fewer");
    }
    readToEnd(stream);
    ByteBuffer stored = ByteBuffer.wrap(bytes).order(header.bytes().order());
    NiftiType type = header.type();
    double slope = header.slope();
    double intercept = header.intercept();
    float[] values = new float[bytes.length / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (type.at(stored, i * type.bytes()) * slope + intercept);
      if (!Float.isFinite(values[i])) {
        throw place.problem(
            "expected finite voxels, found others; replace them by a number that means nothing was measured, such as with numpy.nan_to_num");
      }
    }
    int[] shape = header.shape().stream().mapToInt(Integer::intValue).toArray();
    return new Volume(shape, values, affine);
  }
}
