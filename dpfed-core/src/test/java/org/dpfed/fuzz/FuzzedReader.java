package org.dpfed.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader, the files to damage, and what it may do with them.
 *
 * @param name for messages
 * @param fileName of the damaged file
 * @param seeds valid files
 * @param beside other files in the same directory, by name, which stay whole
 * @param envelope of the file
 * @param documented the exceptions that the reader documents; no other may come out, nor an error
 * @param bytesPerByte that it may allocate on the heap for each byte of the file
 * @param reading reads a file, with everything that is read lazily, and frees what it holds
 */
public record FuzzedReader(
    String name,
    String fileName,
    List<byte[]> seeds,
    Map<String, byte[]> beside,
    Envelope envelope,
    List<Class<? extends Exception>> documented,
    int bytesPerByte,
    Reading reading) {
  /** What every reader may allocate on the heap, whatever the file: buffers, decoders, parsers. */
  static final long FIXED_BYTES = 4 << 20;

  /** What a reader may allocate for each byte of a file, unless it says otherwise. */
  private static final int USUAL_BYTES_PER_BYTE = 256;

  /** Reads one file. */
  @FunctionalInterface
  public interface Reading {
    /**
     * Reads one file.
     *
     * @throws Exception a documented one when the file is refused
     */
    void read(Path file) throws Exception;
  }

  public FuzzedReader {
    seeds = List.copyOf(seeds);
    beside = Map.copyOf(beside);
    documented = List.copyOf(documented);
  }

  /**
   * A reader of files that stand alone.
   *
   * @param documented the exception with which it refuses a file
   */
  public static FuzzedReader of(
      String name,
      String fileName,
      List<byte[]> seeds,
      Class<? extends Exception> documented,
      Reading reading) {
    return new FuzzedReader(
        name,
        fileName,
        seeds,
        Map.of(),
        Envelope.NONE,
        List.of(documented),
        USUAL_BYTES_PER_BYTE,
        reading);
  }

  /** The same reader, of files in an envelope. */
  public FuzzedReader in(Envelope other) {
    return new FuzzedReader(
        name, fileName, seeds, beside, other, documented, bytesPerByte, reading);
  }

  /** The same reader, with another file in the directory. */
  public FuzzedReader beside(String file, byte[] content) {
    Map<String, byte[]> files = new LinkedHashMap<>(beside);
    files.put(file, content);
    return new FuzzedReader(
        name, fileName, seeds, files, envelope, documented, bytesPerByte, reading);
  }

  /** The same reader, which may allocate so much for each byte of the file. */
  public FuzzedReader allocating(int bytes) {
    return new FuzzedReader(name, fileName, seeds, beside, envelope, documented, bytes, reading);
  }

  boolean documents(Throwable thrown) {
    return documented.stream().anyMatch(type -> type.isInstance(thrown));
  }

  long mostHeapBytes(long fileBytes) {
    return FIXED_BYTES + bytesPerByte * fileBytes;
  }

  /** Damages a file: what is in the envelope, or the file itself, envelope and all. */
  byte[] mutated(long seed, long number) throws IOException {
    Mutation mutation = new Mutation(seed, number, seeds);
    byte[] file = seeds.get(mutation.below(seeds.size()));
    return mutation.below(3) > 0 ? envelope.mutate(file, mutation) : mutation.of(file);
  }

  @Override
  public String toString() {
    return name;
  }
}
