package org.dpfed.imaging.dicom;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is left of an ID when case, blanks, invisible characters, kinds of dashes, the forms that
 * Unicode has for one character and the ways to write one number are taken away. Two IDs with one
 * form are most likely one patient who was typed in two ways.
 */
final class WrittenId {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");

  /** Longer texts are no numbers: the time to read one grows with the square of its length. */
  private static final int LONGEST_NUMBER = 1000;

  private WrittenId() {}

  /** The form of an ID; empty when nothing of it is visible. */
  static String form(String id) {
    StringBuilder visible = new StringBuilder();
    Normalizer.normalize(id, Normalizer.Form.NFKC)
        .codePoints()
        .filter(WrittenId::isVisible)
        .map(WrittenId::plain)
        .forEach(visible::appendCodePoint);
    // Both ways, since some letters have several in the other case.
    String caseless = visible.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String form = Normalizer.normalize(caseless, Normalizer.Form.NFKC);
    boolean isNumber = form.length() <= LONGEST_NUMBER && NUMBER.matcher(form).matches();
    return isNumber ? new BigDecimal(form).stripTrailingZeros().toString() : form;
  }

  private static boolean isVisible(int codePoint) {
    int type = Character.getType(codePoint);
    return !Character.isWhitespace(codePoint)
        && !Character.isSpaceChar(codePoint)
        && type != Character.FORMAT
        && type != Character.CONTROL;
  }

  private static int plain(int codePoint) {
    if (Character.isDigit(codePoint)) {
      return '0' + Character.digit(codePoint, 10);
    }
    boolean isDash = Character.getType(codePoint) == Character.DASH_PUNCTUATION;
    return isDash || codePoint == '\u2212' ? '-' : codePoint;
  }
}
