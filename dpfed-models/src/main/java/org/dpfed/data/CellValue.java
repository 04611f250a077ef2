package org.dpfed.data;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * A value in the form in which it is compared: the one rule for keys, labels, categories and
 * markers of missing values. Blanks at both ends are ignored. Decimal numbers are equal if their
 * exact values are: {@code 7}, {@code 7.0}, {@code 007} and {@code +7e0} are one value. Any other
 * text equals only itself.
 *
 * <p>For keys this is the safe choice: two people under one key are one client, which protects
 * both; one person under two keys would be two clients, which protects neither.
 *
 * @param canonical the same text for all texts that are equal under the rule
 */
record CellValue(String canonical) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");

  /** Longer texts are never numbers: the time to read one grows with the square of its length. */
  private static final int LONGEST_NUMBER = 1000;

  /** The value that {@code text} stands for. */
  static CellValue of(String text) {
    String stripped = text.strip();
    return new CellValue(isNumber(stripped) ? canonicalNumber(stripped) : stripped);
  }

  /** Whether {@code text}, stripped, is a decimal number. */
  static boolean isNumber(String text) {
    return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches();
  }

  /** The value of a decimal number; empty for every other text, NaN and infinities among them. */
  static OptionalDouble number(String text) {
    return isNumber(text) ? OptionalDouble.of(Double.parseDouble(text)) : OptionalDouble.empty();
  }

  private static String canonicalNumber(String text) {
    BigDecimal value = new BigDecimal(text).stripTrailingZeros();
    return Math.abs((long) value.scale()) <= LONGEST_NUMBER
        ? value.toPlainString()
        : value.toString();
  }

  /**
   * What is left when case, blanks, invisible characters, kinds of dashes and the forms that
   * Unicode has for one character are taken away. Two values with one form are most likely one
   * value that was typed in two ways.
   */
  CellValue form() {
    StringBuilder form = new StringBuilder();
    Normalizer.normalize(canonical, Normalizer.Form.NFKC)
        .codePoints()
        .filter(CellValue::isVisible)
        .map(CellValue::plain)
        .forEach(form::appendCodePoint);
    // Both ways, since some letters have several in the other case.
    String caseless = form.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return of(Normalizer.normalize(caseless, Normalizer.Form.NFKC));
  }

  /** In what two different values of one form differ, with an example that is none of them. */
  String differenceFrom(CellValue other) {
    if (canonical.equalsIgnoreCase(other.canonical)) {
      return "case, as 'ab1' and 'AB1' do";
    }
    if (withoutBlanks(canonical).equals(withoutBlanks(other.canonical))) {
      return "blanks, as 'A 1' and 'A1' do";
    }
    return "case, blanks or the form of characters, as 'A1' and a full-width 'A1' do";
  }

  private static String withoutBlanks(String text) {
    return text.codePoints()
        .filter(CellValue::isVisible)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isVisible(int codePoint) {
    return !Character.isWhitespace(codePoint)
        && !Character.isSpaceChar(codePoint)
        && Character.getType(codePoint) != Character.FORMAT;
  }

  private static int plain(int codePoint) {
    if (Character.isDigit(codePoint)) {
      return '0' + Character.digit(codePoint, 10);
    }
    boolean dash = Character.getType(codePoint) == Character.DASH_PUNCTUATION;
    return dash || codePoint == '\u2212' ? '-' : codePoint;
  }
}
