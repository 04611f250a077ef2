package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the elements of a data set (Part 5, section 7), and where its pixels are. Of those that
 * nobody asks for, sequences and private ones included, only the lengths are read.
 */
final class DataSetReader {
  private static final int ITEM = 0xFFFE_E000;
  private static final int ITEM_END = 0xFFFE_E00D;
  private static final int SEQUENCE_END = 0xFFFE_E0DD;
  private static final int META_GROUP = 2;
  private static final long UNDEFINED = 0xFFFF_FFFFL;

  /** Files of scanners nest up to about ten deep. */
  private static final int MOST_NESTED = 64;

  /** Twice the largest lookup table. */
  private static final int LONGEST_VALUE = 1 << 18;

  private static final Set<String> SHORT_LENGTH =
      Set.of(
          "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL",
          "SS", "ST", "TM", "UI", "UL", "US");

  private static final Set<String> LONG_LENGTH =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

  private final String source;
  private final Cursor cursor;
  private boolean explicit;
  private final boolean big;
  private long at;
  private int nested;
  private @Nullable PixelElement pixels;

  /**
   * @param at where the first element starts
   */
  DataSetReader(String source, Cursor cursor, long at, boolean explicit, boolean big) {
    this.source = source;
    this.cursor = cursor;
    this.at = at;
    this.explicit = explicit;
    this.big = big;
  }

  /** The header of an element, whose value starts at {@link #at}. */
  private record Header(int number, String representation, long length) {
    boolean isUndefined() {
      return length == UNDEFINED;
    }
  }

  /** The elements of group 2; afterwards the position is behind them. */
  DataSet readMeta() throws IOException {
    DataSet meta = new DataSet(source);
    while (at + 8 <= cursor.size() && cursor.unsignedShort(at, big) == META_GROUP) {
      readValue(readHeader(), cursor.size(), meta);
    }
    return meta;
  }

  long position() {
    return at;
  }

  /**
   * All elements to the end of the file, passing over the pixels.
   *
   * @throws DicomException when there are no pixels or several, or elements do not ascend
   */
  DataSet readAll() throws IOException {
    DataSet found = new DataSet(source);
    int last = 0;
    while (at < cursor.size()) {
      Header header = readHeader();
      if (Integer.compareUnsigned(header.number, last) <= 0) {
        throw damaged("elements that are not in ascending order, which dcmconv mends");
      }
      last = header.number;
      readValue(header, cursor.size(), found);
    }
    if (pixels == null) {
      throw new DicomException(source, Tag.PIXELS, "is missing: this is no image");
    }
    return found;
  }

  PixelElement pixels() {
    if (pixels == null) {
      throw new IllegalStateException("no pixels before readAll");
    }
    return pixels;
  }

  private Header readHeader() throws IOException {
    int number = cursor.unsignedShort(at, big) << 16 | cursor.unsignedShort(at + 2, big);
    if (!explicit || number >>> 16 == 0xFFFE) {
      long length = cursor.unsignedInt(at + 4, big);
      at += 8;
      return new Header(number, "", length);
    }
    String representation = new String(cursor.bytes(at + 4, 2), StandardCharsets.ISO_8859_1);
    if (SHORT_LENGTH.contains(representation)) {
      int length = cursor.unsignedShort(at + 6, big);
      at += 8;
      return new Header(number, representation, length);
    }
    if (!LONG_LENGTH.contains(representation)) {
      throw damaged("an element with an unknown value representation");
    }
    long length = cursor.unsignedInt(at + 8, big);
    at += 12;
    return new Header(number, representation, length);
  }

  /**
   * Reads or passes over what follows the header.
   *
   * @param into null for passing over
   */
  private void readValue(Header header, long end, @Nullable DataSet into) throws IOException {
    Tag tag = into == null ? null : Tag.of(header.number);
    if (header.number >>> 16 == 0xFFFE) {
      throw damaged("a delimiter that closes nothing");
    }
    if (!header.isUndefined() && header.length > end - at) {
      throw tooLong(tag);
    }
    if (into != null && tag != null && tag.isPixels() && nested == 0) {
      into.put(tag, new Element(header.representation, new byte[0], isBig(header)));
      placePixels(tag, header, end);
    } else if (isSequence(header, tag)) {
      boolean keep = tag != null && tag.isSequence();
      List<DataSet> items = readSequence(header, end, keep);
      if (into != null && tag != null && keep) {
        into.put(tag, items);
      }
    } else if (header.isUndefined()) {
      skipFragments(end);
    } else if (into == null || tag == null) {
      at += header.length;
    } else if (header.length > LONGEST_VALUE) {
      throw new DicomException(source, tag, "is longer than any value of its kind");
    } else {
      byte[] value = cursor.bytes(at, (int) header.length);
      into.put(tag, new Element(header.representation, value, isBig(header)));
      at += header.length;
    }
  }

  private void placePixels(Tag tag, Header header, long end) throws IOException {
    if (pixels != null) {
      throw new DicomException(source, tag, "stands beside other pixels");
    }
    long length = header.isUndefined() ? -1 : header.length;
    pixels = new PixelElement(tag, header.representation, isBig(header), at, length);
    if (header.isUndefined()) {
      skipFragments(end);
    } else {
      at += header.length;
    }
  }

  /** Values of unknown representation are little-endian, whatever the file (Part 5, 6.2.2). */
  private boolean isBig(Header header) {
    return big && !header.representation.equals("UN");
  }

  /** Of a defined length, only those that somebody asks for are looked into. */
  private static boolean isSequence(Header header, @Nullable Tag tag) {
    boolean isPixels = header.number == Tag.PIXELS.number();
    boolean maybe =
        header.representation.isEmpty()
            || header.representation.equals("SQ")
            || header.representation.equals("UN");
    return maybe && (header.isUndefined() ? !isPixels : tag != null && tag.isSequence());
  }

  private List<DataSet> readSequence(Header header, long end, boolean keep) throws IOException {
    if (nested == MOST_NESTED) {
      throw damaged("sequences nested more than " + MOST_NESTED + " deep");
    }
    boolean wasExplicit = explicit;
    if (header.representation.equals("UN")) {
      if (big) {
        throw damaged("a sequence of unknown value representation in big-endian order");
      }
      // Its items are implicit, whatever the file (Part 5, 6.2.2).
      explicit = false;
    }
    nested++;
    long sequenceEnd = header.isUndefined() ? end : at + header.length;
    List<DataSet> items = new ArrayList<>();
    while (header.isUndefined() || at < sequenceEnd) {
      requireRoom(8, sequenceEnd);
      Header item = readHeader();
      if (header.isUndefined() && item.number == SEQUENCE_END) {
        break;
      }
      if (item.number != ITEM) {
        throw damaged("a sequence that does not consist of items");
      }
      DataSet content = keep ? new DataSet(source) : null;
      readItem(item, sequenceEnd, content);
      if (content != null) {
        items.add(content);
      }
    }
    nested--;
    explicit = wasExplicit;
    return items;
  }

  private void readItem(Header item, long end, @Nullable DataSet into) throws IOException {
    if (!item.isUndefined() && item.length > end - at) {
      throw tooLong(null);
    }
    long itemEnd = item.isUndefined() ? end : at + item.length;
    while (item.isUndefined() || at < itemEnd) {
      requireRoom(8, itemEnd);
      Header header = readHeader();
      if (item.isUndefined() && header.number == ITEM_END) {
        return;
      }
      readValue(header, itemEnd, into);
    }
  }

  /** Passes over pixels in pieces, such as those of an icon. */
  private void skipFragments(long end) throws IOException {
    for (Header item = readHeader(); item.number != SEQUENCE_END; item = readHeader()) {
      if (item.number != ITEM || item.length > end - at) {
        throw damaged("pixels in pieces that do not end");
      }
      at += item.length;
    }
  }

  private void requireRoom(int bytes, long end) throws DicomException {
    if (bytes > end - at) {
      throw tooLong(null);
    }
  }

  private DicomException tooLong(@Nullable Tag tag) {
    String problem = "is longer than what contains it: the file is damaged or not complete";
    return tag == null
        ? damaged("an element that " + problem)
        : new DicomException(source, tag, problem);
  }

  private DicomException damaged(String problem) {
    return new DicomException(source, "has " + problem + ", at byte " + at);
  }
}
