package org.dpfed.data.indexed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the file {@value #FILE} begins with. Then comes an entry of {@value #ENTRY} bytes for each
 * client, in the order of their numbers, and a trailer.
 *
 * <pre>
 * header   magic 8, version 4, id 8, length of the text 4, text (JSON)
 * entry    part and offset 8 (24 and 40 bits), length of the record 4, number of examples 4
 * trailer  number of clients 4, number of parts 4, CRC-32C of all before 4
 * </pre>
 *
 * <p>All numbers are little-endian.
 *
 * @param id of the index, which its parts and records carry too
 * @param text what is known of the population as a whole
 */
record IndexHeader(long id, Text text) {
  static final String FILE = "clients.index";
  static final int VERSION = 2;
  static final int ENTRY = 16;
  static final int TRAILER = 12;
  static final int OFFSET_BITS = 40;

  /** What a part begins with, before its records: this number and the id of the index. */
  static final int PART_MAGIC = 0x50445044;

  static final int PART_HEAD = Integer.BYTES + Long.BYTES;

  private static final long MAGIC = 0x31584449_44455044L;
  private static final int FIXED = 2 * Long.BYTES + 2 * Integer.BYTES;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is known of the population as a whole.
   *
   * @param unit what one client is
   * @param assumptions under which it is
   * @param about what the writer adds for its readers
   */
  record Text(String unit, List<String> assumptions, String about) {}

  byte[] toBytes() {
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written", e);
    }
    return RecordFormat.littleEndian(FIXED + json.length)
        .putLong(MAGIC)
        .putInt(VERSION)
        .putLong(id)
        .putInt(json.length)
        .put(json)
        .array();
  }

  /**
   * Reads it and moves to the first entry.
   *
   * @return null when that is no header of this version
   */
  static @Nullable IndexHeader read(ByteBuffer in) {
    try {
      if (in.getLong() != MAGIC || in.getInt() != VERSION) {
        return null;
      }
      long id = in.getLong();
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        return null;
      }
      byte[] json = new byte[length];
      in.get(json);
      Text text = JSON.readValue(new String(json, StandardCharsets.UTF_8), Text.class);
      boolean isWhole =
          text != null && text.unit != null && text.assumptions != null && text.about != null;
      return isWhole && isPlain(text) ? new IndexHeader(id, text) : null;
    } catch (BufferUnderflowException | JsonProcessingException e) {
      return null;
    }
  }

  /** Whether terminals can show it. */
  private static boolean isPlain(Text text) {
    return Stream.concat(Stream.of(text.unit), text.assumptions.stream())
        .noneMatch(shown -> shown == null || shown.chars().anyMatch(Character::isISOControl));
  }

  /** Name of the file with that part of the records. */
  static String part(int number) {
    return "part-%05d".formatted(number);
  }
}
