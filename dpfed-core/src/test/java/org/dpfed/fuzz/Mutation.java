package org.dpfed.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One mutation of a file, determined by a seed and a number: one to six changes, each of a kind
 * that readers of binary or of text files are known to trip over.
 */
public final class Mutation {
  /** No file grows beyond this. */
  static final int LARGEST = 1 << 20;

  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    7,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    1 << 24,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    0xFFFFFFFFL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "-1",
          "1.5",
          "2147483647",
          "2147483648",
          "-2147483649",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "9".repeat(40),
          "9".repeat(2000),
          "1e308",
          "1e309",
          "-1e309",
          "1e-400",
          "1e999999999",
          "NaN",
          "Infinity",
          "0x7f",
          "1_000",
          "00",
          "");

  private static final List<String> VALUES =
      List.of("null", "true", "{}", "[]", "\"\"", "[[]]", "{\"a\":{}}", "\"\\u0000\"", "~", "'");

  private static final List<String> OPENERS =
      List.of("[", "{", "{\"a\":", "[{\"type\":", "- ", "? ", "(", "\"", "&a [", "  ");

  /** Overlong, surrogates, beyond Unicode, cut short, byte order marks, controls. */
  private static final List<String> NOT_TEXT =
      List.of(
          "c080",
          "eda080",
          "f4908080",
          "ff",
          "fffe",
          "feff",
          "efbbbf",
          "00",
          "e2",
          "c2",
          "1b",
          "0d",
          "85",
          "e280a8",
          "1f8b");

  private final SplittableRandom random;
  private final List<byte[]> others;

  /**
   * @param number of the mutation; others of the same seed do not depend on it
   * @param others valid files, to splice from
   */
  Mutation(long seed, long number, List<byte[]> others) {
    this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    this.others = others;
  }

  /** An integer from 0 to {@code bound} − 1. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** The content with one to six changes. */
  public byte[] of(byte[] content) {
    byte[] changed = content;
    int changes = 1;
    while (changes < 6 && random.nextBoolean()) {
      changes++;
    }
    for (int i = 0; i < changes; i++) {
      changed = change(changed);
    }
    return changed.length <= LARGEST ? changed : Arrays.copyOf(changed, LARGEST);
  }

  private byte[] change(byte[] from) {
    return switch (below(18)) {
      case 0 -> flip(from);
      case 1 -> replace(from, place(from), Math.min(from.length, 1), random(1));
      case 2 -> replace(from, place(from), 0, random(1 + below(8)));
      case 3 -> cutOut(from);
      case 4 -> Arrays.copyOf(from, place(from));
      case 5 -> repeatBlock(from);
      case 6 -> splice(from);
      case 7, 8 -> putInteger(from);
      case 9, 10 -> replaceRun(from, true, pick(NUMBERS));
      case 11 -> replaceRun(from, false, pick(VALUES));
      case 12 -> replaceRun(from, false, word());
      case 13 -> nest(from);
      case 14 -> repeatNesting(from);
      case 15 -> moveLine(from, 1);
      case 16 -> moveLine(from, below(4) == 0 ? 200 : 2);
      default -> replace(from, place(from), 0, HexFormat.of().parseHex(pick(NOT_TEXT)));
    };
  }

  private byte[] flip(byte[] from) {
    byte[] to = from.clone();
    if (to.length > 0) {
      to[below(to.length)] ^= (byte) (1 << below(8));
    }
    return to;
  }

  private byte[] cutOut(byte[] from) {
    int at = place(from);
    int most = below(4) == 0 ? from.length - at : Math.min(from.length - at, 8);
    return replace(from, at, below(most + 1), new byte[0]);
  }

  private byte[] repeatBlock(byte[] from) {
    int start = place(from);
    int length = below(Math.min(from.length - start, 4096) + 1);
    byte[] block = Arrays.copyOfRange(from, start, start + length);
    return replace(from, place(from), 0, repeat(block, below(16) == 0 ? 1000 : 1 + below(3)));
  }

  private byte[] splice(byte[] from) {
    byte[] other = others.get(below(others.size()));
    int start = place(other);
    return replace(
        from,
        place(from),
        from.length,
        Arrays.copyOfRange(other, start, Math.min(other.length, start + LARGEST)));
  }

  private byte[] putInteger(byte[] from) {
    byte[] eight = new byte[8];
    int size = 1 << below(4);
    boolean isBig = random.nextBoolean();
    ByteBuffer.wrap(eight)
        .order(isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
        .putLong(INTEGERS[below(INTEGERS.length)] + below(3) - 1);
    byte[] integer = isBig ? Arrays.copyOfRange(eight, 8 - size, 8) : Arrays.copyOf(eight, size);
    // Headers are where lengths stand.
    int at = random.nextBoolean() ? place(from) : below(Math.min(from.length, 64) + 1);
    return replace(from, at, Math.min(size, from.length - at), integer);
  }

  /** Replaces a number, or a word or number, near a random place. */
  private byte[] replaceRun(byte[] from, boolean onlyDigits, String by) {
    int start = place(from);
    while (start < from.length && !isInRun(from[start], onlyDigits)) {
      start++;
    }
    while (start > 0 && start < from.length && isInRun(from[start - 1], onlyDigits)) {
      start--;
    }
    int end = start;
    while (end < from.length && isInRun(from[end], onlyDigits)) {
      end++;
    }
    boolean isQuoted = !onlyDigits && start > 0 && end < from.length && from[end] == '"';
    // A bare value takes the place of a text with its quotes.
    int quotes = isQuoted && from[start - 1] == '"' && random.nextBoolean() ? 1 : 0;
    return replace(from, start - quotes, end - start + 2 * quotes, ascii(by));
  }

  private static boolean isInRun(byte character, boolean onlyDigits) {
    boolean isDigit = character >= '0' && character <= '9';
    return onlyDigits
        ? isDigit || character == '.'
        : isDigit || Character.isLetter(character) || character == '-' || character == '_';
  }

  /** A word of a valid file. */
  private String word() {
    byte[] other = others.get(below(others.size()));
    int start = place(other);
    int end = start;
    while (end < other.length && end < start + 64 && isInRun(other[end], false)) {
      end++;
    }
    while (start > 0 && end - start < 64 && isInRun(other[start - 1], false)) {
      start--;
    }
    return new String(other, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private byte[] nest(byte[] from) {
    byte[] opener = ascii(pick(OPENERS));
    int depth = below(20) == 0 ? 100_000 : 1 + below(below(4) == 0 ? 3000 : 20);
    return replace(from, place(from), 0, repeat(opener, Math.min(depth, LARGEST / opener.length)));
  }

  /** Puts the part of a bracketed block around an inner one around it many times. */
  private byte[] repeatNesting(byte[] from) {
    int outer = next(from, place(from));
    int inner = next(from, outer + 1);
    for (int skip = below(4); skip > 0 && next(from, inner + 1) < from.length; skip--) {
      inner = next(from, inner + 1);
    }
    int outerEnd = end(from, outer);
    int innerEnd = end(from, inner);
    if (outerEnd < 0 || innerEnd < 0 || innerEnd >= outerEnd) {
      return nest(from);
    }
    int times = Math.min(below(4) == 0 ? 2000 : 2 + below(60), LARGEST / (outerEnd - outer));
    byte[] before = repeat(Arrays.copyOfRange(from, outer, inner), times);
    byte[] after = repeat(Arrays.copyOfRange(from, innerEnd + 1, outerEnd + 1), times);
    byte[] nested =
        replace(before, before.length, 0, Arrays.copyOfRange(from, inner, innerEnd + 1));
    return replace(from, outer, outerEnd + 1 - outer, replace(nested, nested.length, 0, after));
  }

  private static int next(byte[] from, int start) {
    int at = start;
    while (at < from.length && from[at] != '{' && from[at] != '[') {
      at++;
    }
    return at;
  }

  /** Where the bracket at {@code start} is closed; negative for nowhere. */
  private static int end(byte[] from, int start) {
    int depth = 0;
    for (int at = start; at < from.length; at++) {
      if (from[at] == '{' || from[at] == '[') {
        depth++;
      } else if ((from[at] == '}' || from[at] == ']') && --depth == 0) {
        return at;
      }
    }
    return -1;
  }

  /** Takes a line out and puts it in elsewhere, so many times. */
  private byte[] moveLine(byte[] from, int times) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    for (int at = 0; at < from.length; at++) {
      if (from[at] == '\n') {
        starts.add(at + 1);
      }
    }
    int index = below(starts.size());
    int start = starts.get(index);
    int end = index + 1 < starts.size() ? starts.get(index + 1) : from.length;
    byte[] line = Arrays.copyOfRange(from, start, end);
    byte[] without = replace(from, start, end - start, new byte[0]);
    int to = Math.min(starts.get(below(starts.size())), without.length);
    return replace(without, to, 0, repeat(line, Math.min(times, LARGEST / (line.length + 1))));
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) below(256);
    }
    return bytes;
  }

  private String pick(List<String> texts) {
    return texts.get(below(texts.size()));
  }

  private int place(byte[] in) {
    return below(in.length + 1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] repeat(byte[] block, int times) {
    byte[] all = new byte[(int) Math.min((long) block.length * times, LARGEST)];
    for (int at = 0; at < all.length; at++) {
      all[at] = block[at % block.length];
    }
    return all;
  }

  private static byte[] replace(byte[] from, int at, int length, byte[] by) {
    int start = Math.min(at, from.length);
    int end = Math.min(start + length, from.length);
    byte[] to = new byte[from.length - (end - start) + by.length];
    System.arraycopy(from, 0, to, 0, start);
    System.arraycopy(by, 0, to, start, by.length);
    System.arraycopy(from, end, to, start + by.length, from.length - end);
    return to;
  }
}
