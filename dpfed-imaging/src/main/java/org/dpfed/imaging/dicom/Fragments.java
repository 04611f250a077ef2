package org.dpfed.imaging.dicom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Frames in fragments (Part 5, A.4): where each fragment is, and which frame it belongs to. */
final class Fragments {
  private static final int ITEM = 0xFFFE_E000;
  private static final int END = 0xFFFE_E0DD;
  private static final int ITEM_HEADER = 8;

  private final String source;
  private final List<Fragment> fragments = new ArrayList<>();
  private final List<Integer> firstOfFrame = new ArrayList<>();

  /**
   * @param start of the fragment's bytes
   * @param offset of its item from the first fragment's, as the offset table counts
   */
  private record Fragment(long start, int length, long offset) {}

  /**
   * Finds the fragments, and reads none.
   *
   * @param start of the offset table's item
   */
  static Fragments find(Cursor cursor, String source, long start, int frames) throws IOException {
    Fragments found = new Fragments(source);
    int tableLength = found.itemLength(cursor, start);
    long first = start + ITEM_HEADER + Math.max(tableLength, 0);
    long at = first;
    for (int length = found.itemLength(cursor, at);
        tableLength >= 0 && length >= 0;
        length = found.itemLength(cursor, at)) {
      found.fragments.add(new Fragment(at + ITEM_HEADER, length, at - first));
      at += ITEM_HEADER + length;
    }
    if (tableLength > 0) {
      found.assignByTable(cursor.bytes(start + ITEM_HEADER, tableLength), frames);
    } else {
      found.assign(frames);
    }
    return found;
  }

  private Fragments(String source) {
    this.source = source;
  }

  /** The length of the item here; negative for the end. */
  private int itemLength(Cursor cursor, long at) throws IOException {
    int tag = cursor.unsignedShort(at, false) << 16 | cursor.unsignedShort(at + 2, false);
    long length = cursor.unsignedInt(at + 4, false);
    if (tag == END) {
      return -1;
    }
    if (tag != ITEM || length > cursor.size() - at - ITEM_HEADER || length > Integer.MAX_VALUE) {
      throw error("are not in fragments that end: the file is damaged or not complete");
    }
    return (int) length;
  }

  private void assign(int frames) throws DicomException {
    boolean one = frames == 1 && !fragments.isEmpty();
    if (!one && fragments.size() != frames) {
      throw error("have another number of fragments than frames, and no offset table");
    }
    for (int frame = 0; frame < frames; frame++) {
      firstOfFrame.add(frame);
    }
  }

  private void assignByTable(byte[] table, int frames) throws DicomException {
    if (table.length != 4L * frames) {
      throw error("have an offset table for another number of frames");
    }
    Element offsets = new Element("", table, false);
    int fragment = 0;
    for (int frame = 0; frame < frames; frame++) {
      long offset =
          offsets.unsignedShort(2 * frame) | (long) offsets.unsignedShort(2 * frame + 1) << 16;
      while (fragment < fragments.size() && fragments.get(fragment).offset < offset) {
        fragment++;
      }
      boolean found = fragment < fragments.size() && fragments.get(fragment).offset == offset;
      boolean follows = frame == 0 ? fragment == 0 : fragment > firstOfFrame.get(frame - 1);
      if (!found || !follows) {
        throw error("have an offset table that does not point at fragments in order");
      }
      firstOfFrame.add(fragment);
    }
  }

  /** The bytes of a frame, its fragments one after the other. */
  byte[] frame(Cursor cursor, int frame) throws IOException {
    int first = firstOfFrame.get(frame);
    int end = frame + 1 < firstOfFrame.size() ? firstOfFrame.get(frame + 1) : fragments.size();
    if (end == first + 1) {
      return cursor.bytes(fragments.get(first).start, fragments.get(first).length);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Fragment fragment : fragments.subList(first, end)) {
      bytes.write(cursor.bytes(fragment.start, fragment.length));
    }
    return bytes.toByteArray();
  }

  private DicomException error(String problem) {
    return new DicomException(source, Tag.PIXELS, problem);
  }
}
