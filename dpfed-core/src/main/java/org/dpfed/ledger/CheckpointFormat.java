package org.dpfed.ledger;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A checkpoint in a file: a line with the version, a line of JSON with the texts and the kind and
 * length of each array, the arrays themselves (little-endian, one after the other), and the SHA-256
 * of all bytes before.
 *
 * <p>A file is read only after its hash was found right, and never asks for more memory than its
 * own length.
 */
final class CheckpointFormat {
  /** The newest version that this one reads, and the one that it writes. */
  static final int VERSION = 1;

  private static final String MAGIC = "dpfed checkpoint ";
  private static final int LONGEST_FIRST_LINE = 40;
  private static final int HASH_BYTES = 32;
  private static final int CHUNK_BYTES = 1 << 16;

  /** Takes a header for what it says and for nothing else; texts may have any length. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
          .build();

  /** The second line of a file. */
  record Header(int round, Map<String, String> texts, List<Described> arrays) {}

  /** An array, as the header describes it. */
  record Described(String name, String kind, long length) {}

  private CheckpointFormat() {}

  /**
   * Writes all of it.
   *
   * @param channel at the start of an empty file
   */
  static void write(Checkpoint checkpoint, FileChannel channel) throws IOException {
    MessageDigest hash = sha256();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    byte[] head =
        (MAGIC + VERSION + "\n" + header(checkpoint) + "\n").getBytes(StandardCharsets.UTF_8);
    write(ByteBuffer.wrap(head), hash, channel);
    for (Object array : checkpoint.arrays().values()) {
      ArrayKind kind = ArrayKind.of(array);
      int most = CHUNK_BYTES / kind.bytes();
      for (int from = 0; from < kind.length(array); from += most) {
        int count = Math.min(most, kind.length(array) - from);
        kind.put(array, from, count, chunk.clear());
        write(chunk.limit(count * kind.bytes()), hash, channel);
      }
    }
    write(ByteBuffer.wrap(hash.digest()), hash, channel);
  }

  private static void write(ByteBuffer bytes, MessageDigest hash, FileChannel channel)
      throws IOException {
    hash.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String header(Checkpoint checkpoint) throws JsonProcessingException {
    List<Described> arrays = new ArrayList<>();
    checkpoint
        .arrays()
        .forEach(
            (name, array) -> {
              ArrayKind kind = ArrayKind.of(array);
              String label = kind.name().toLowerCase(Locale.ROOT);
              arrays.add(new Described(name, label, kind.length(array)));
            });
    return JSON.writeValueAsString(new Header(checkpoint.round(), checkpoint.texts(), arrays));
  }

  /**
   * Reads a checkpoint.
   *
   * @throws DamagedCheckpointException when it is not as it was written
   * @throws IllegalArgumentException when a newer dpfed wrote it
   */
  static Checkpoint read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      requireKnownVersion(file, channel);
      requireIntact(file, channel);
      return parsed(file, channel);
    }
  }

  private static void requireKnownVersion(Path file, FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(LONGEST_FIRST_LINE);
    fill(start, channel, 0);
    String text = new String(start.array(), 0, start.position(), StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (!text.startsWith(MAGIC) || end < 0) {
      throw new DamagedCheckpointException(file, "it is no checkpoint");
    }
    String version = text.substring(MAGIC.length(), end);
    if (!version.matches("[1-9][0-9]{0,8}")) {
      throw new DamagedCheckpointException(file, "it has no version");
    } else if (Integer.parseInt(version) > VERSION) {
      throw new IllegalArgumentException(
          "%s has version %s, which a newer dpfed wrote, this one reads up to %d; use the newer one"
              .formatted(file, version, VERSION));
    }
  }

  private static void requireIntact(Path file, FileChannel channel) throws IOException {
    long content = channel.size() - HASH_BYTES;
    if (content < 0) {
      throw new DamagedCheckpointException(file, "it is too short");
    }
    MessageDigest hash = sha256();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    for (long at = 0; at < content; at += chunk.position()) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, content - at));
      fill(chunk, channel, at);
      if (chunk.position() == 0) {
        break;
      }
      hash.update(chunk.array(), 0, chunk.position());
    }
    ByteBuffer written = ByteBuffer.allocate(HASH_BYTES);
    fill(written, channel, content);
    if (!MessageDigest.isEqual(hash.digest(), written.array())) {
      throw new DamagedCheckpointException(file, "its hash does not match: it was changed or cut");
    }
  }

  private static void fill(ByteBuffer bytes, FileChannel channel, long at) throws IOException {
    int start = bytes.position();
    while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position() - start) >= 0) {
      // Goes on until the buffer is full or the file ends.
    }
  }

  private static Checkpoint parsed(Path file, FileChannel channel) throws IOException {
    long headerAt = MAGIC.length() + Integer.toString(VERSION).length() + 1L;
    byte[] line = line(file, channel, headerAt);
    try {
      // As text, since of bytes Jackson would guess the encoding.
      Header header = JSON.readValue(new String(line, StandardCharsets.UTF_8), Header.class);
      if (header == null) {
        throw new DamagedCheckpointException(file, "its header is empty");
      }
      Map<String, Object> arrays = new LinkedHashMap<>();
      long at = headerAt + line.length + 1;
      for (Described described : header.arrays()) {
        ArrayKind kind = ArrayKind.valueOf(described.kind().toUpperCase(Locale.ROOT));
        long most = (channel.size() - HASH_BYTES - at) / kind.bytes();
        if (described.length() < 0 || described.length() > Math.min(most, Integer.MAX_VALUE)) {
          throw new DamagedCheckpointException(file, "an array is longer than the file");
        }
        Object array = kind.make((int) described.length());
        if (arrays.put(described.name(), array) != null) {
          throw new DamagedCheckpointException(file, "two arrays have one name");
        }
        at = readArray(kind, array, channel, at);
      }
      if (at != channel.size() - HASH_BYTES) {
        throw new DamagedCheckpointException(file, "it holds more than its header says");
      }
      return new Checkpoint(header.round(), header.texts(), arrays);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new DamagedCheckpointException(file, "its header cannot be read");
    }
  }

  /** The bytes up to the end of a line. */
  private static byte[] line(Path file, FileChannel channel, long from) throws IOException {
    long end = from;
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    while (true) {
      chunk.clear();
      fill(chunk, channel, end);
      for (int i = 0; i < chunk.position(); i++) {
        if (chunk.get(i) == '\n') {
          ByteBuffer line = ByteBuffer.allocate(Math.toIntExact(end + i - from));
          fill(line, channel, from);
          return line.array();
        }
      }
      if (chunk.position() == 0) {
        throw new DamagedCheckpointException(file, "its header has no end");
      }
      end += chunk.position();
    }
  }

  /** Fills the array, and returns where the next one starts. */
  private static long readArray(ArrayKind kind, Object array, FileChannel channel, long at)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long next = at;
    int most = CHUNK_BYTES / kind.bytes();
    for (int from = 0; from < kind.length(array); from += most) {
      int count = Math.min(most, kind.length(array) - from);
      fill(chunk.clear().limit(count * kind.bytes()), channel, next);
      next += chunk.position();
      kind.get(array, from, count, chunk.flip());
    }
    return next;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
